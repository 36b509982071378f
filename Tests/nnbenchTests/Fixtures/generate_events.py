#!/usr/bin/env python3
"""Writes events.json: records of event files as TensorBoard's own writer makes them, with what is in them.

    python3 generate_events.py           write events.json beside this script
    python3 generate_events.py --check   compare with the committed file, exit 1 where it differs

Versions are pinned in requirements-events.txt; TensorFlow is not needed.
"""
import io
import json
import pathlib
import sys

import tensorboard
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

HERE = pathlib.Path(__file__).resolve().parent
WALL_TIME = 1764253810.123456


def record(name, kind, event, scalars=()):
    stream = io.BytesIO()
    RecordWriter(stream).write(event.SerializeToString())
    return {
        "name": name, "kind": kind, "wallTime": event.wall_time, "step": event.step,
        # Values as text: JSON has no nan.
        "scalars": [{"tag": tag, "value": repr(value)} for tag, value in scalars],
        "bytes": stream.getvalue().hex()}


def scalars(name, step, *values, wall_time=WALL_TIME):
    summary = Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values])
    return record(name, "scalars", Event(wall_time=wall_time, step=step, summary=summary), values)


def start(name, step):
    event = Event(wall_time=WALL_TIME, step=step, session_log=SessionLog(status=SessionLog.START))
    return record(name, "start", event)


def document():
    return {"generator": "generate_events.py", "tensorboard": tensorboard.__version__, "records": [
        record("version", "version", Event(wall_time=WALL_TIME, file_version="brain.Event:2")),
        record("version at no time", "version", Event(file_version="brain.Event:2")),
        scalars("one scalar", 1, ("train/cost", 0.5)),
        scalars("zero at step zero", 0, ("train/cost", 0.0)),
        scalars("negative zero", 1, ("train/cost", -0.0)),
        scalars("rounded", 127, ("train/learning_rate", 0.1)),
        scalars("an epoch", 300, ("train/cost", 0.123), ("train/learning_rate", 1e-3), ("evaluation/cost", 0.25),
                ("evaluation/accuracy", 0.9046), ("training/cost", 0.2), ("training/accuracy", 1.0)),
        scalars("two bytes of step", 128, ("a", 1e-45)),
        scalars("many bytes of step", 2**40 + 5, ("a", 3.4028234663852886e38)),
        scalars("the last step", 2**63 - 1, ("a", -1.0)),
        scalars("beyond Float", 2, ("a", 1e300), ("b", -1e300), ("c", 1e-300)),
        scalars("no numbers", 3, ("a", float("nan")), ("b", float("inf")), ("c", float("-inf"))),
        scalars("letters", 4, ("größe/Ж👍", 1.0), ("", 2.0)),
        scalars("a long tag", 5, ("x" * 200, 1.0)),
        scalars("nothing", 6),
        start("start", 301),
        start("start at zero", 0),
    ]}


def main():
    path = HERE / "events.json"
    made = json.dumps(document(), indent=1, ensure_ascii=True) + "\n"
    if sys.argv[1:] == ["--check"]:
        same = made == path.read_text()
        print(f"events.json: {'as committed' if same else 'differs from the committed file'}")
        return 0 if same else 1
    path.write_text(made)
    print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
