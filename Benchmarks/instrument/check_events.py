#!/usr/bin/env python3
"""Holds the event files of a run against its metrics.jsonl.

    check_events.py FOLDER      the folder of a run

Reads the event files as TensorBoard does, all of them and in both of its ways, and compares tags, steps and every number, to Float's precision, with the lines of
metrics.jsonl beside them. What is null there, JSON has no nan, must be no finite number in the event files, or be missing. Needs the
packages of Tests/nnbenchTests/Fixtures/requirements-events.txt. Exits with 0 where they agree, else with 1.
"""
import json
import logging
import math
import pathlib
import struct
import sys

from tensorboard.backend.event_processing import plugin_event_accumulator
from tensorboard.backend.event_processing.event_accumulator import SCALARS, EventAccumulator
from tensorboard.backend.event_processing.plugin_event_accumulator import TENSORS
from tensorboard.util.tensor_util import make_ndarray


def counted(count, name):
    return f"{count} {name}{'' if count == 1 else 's'}"


def rounded(number):
    """The nearest float, as a Python number; infinite beyond the largest."""
    try:
        return struct.unpack("<f", struct.pack("<f", number))[0]
    except OverflowError:
        return math.copysign(math.inf, number)


def scalars(line):
    """The tags of a line with their numbers."""
    if "batch_cost" in line:
        return {"train/batch_cost": line["batch_cost"]}
    numbers = {"train/cost": line["cost"], "train/learning_rate": line["learning_rate"]}
    for group in ["evaluation", "training"]:
        for name in ["cost", "accuracy"]:
            if name in (line.get(group) or {}):
                numbers[f"{group}/{name}"] = line[group][name]
    return numbers


def expected(path):
    """Tag, then step, then number, by metrics.jsonl, with what is wrong with its lines."""
    found, problems = {}, []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            line = json.loads(text)
            for tag, value in scalars(line).items():
                if line["step"] in found.setdefault(tag, {}):
                    problems.append(f"line {number}: another {tag} of step {line['step']}")
                found[tag][line["step"]] = value
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append(f"line {number}: {type(error).__name__}: {error}")
    return found, problems


def scalar_events(folder):
    """Tag, then steps and numbers in their order, as the package's users read them."""
    # 0 is for all of them: it would keep a sample of 10,000.
    accumulator = EventAccumulator(str(folder), size_guidance={SCALARS: 0}).Reload()
    return {tag: [(scalar.step, scalar.value) for scalar in accumulator.Scalars(tag)] for tag in accumulator.Tags()["scalars"]}


def tensor_events(folder):
    """The same as TensorBoard's server does, which turns them into tensors, and takes a start of a session for another one's end."""
    accumulator = plugin_event_accumulator.EventAccumulator(str(folder), size_guidance={TENSORS: 0}).Reload()
    return {tag: [(tensor.step, make_ndarray(tensor.tensor_proto).item()) for tensor in accumulator.Tensors(tag)]
            for tag in accumulator.Tags()["tensors"]}


def differences(found, wanted):
    for tag in sorted(wanted.keys() | found.keys()):
        numbers = wanted.get(tag, {})
        ours = dict(found.get(tag, []))
        if len(ours) < len(found.get(tag, [])):
            yield f"{tag}: steps come twice in the event files"
        for step in sorted(numbers.keys() | ours.keys()):
            value = ours.get(step)
            if step not in numbers:
                yield f"{tag}: step {step} is {value} in the event files, and not in metrics.jsonl"
            elif numbers[step] is None:
                if value is not None and math.isfinite(value):
                    yield f"{tag}: step {step} is {value} in the event files, null in metrics.jsonl"
            elif value is None:
                yield f"{tag}: step {step} is {numbers[step]} in metrics.jsonl, and not in the event files"
            elif value != rounded(numbers[step]):
                yield f"{tag}: step {step} is {value} in the event files, {numbers[step]} in metrics.jsonl"


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    # It warns of a run that continues.
    logging.getLogger("tensorboard").setLevel(logging.ERROR)
    folder = pathlib.Path(sys.argv[1])
    files = sorted(folder.glob("events.out.tfevents.*"))
    if not files or not (folder / "metrics.jsonl").is_file():
        sys.exit(f"{folder}: expected metrics.jsonl and event files, events.out.tfevents.*")
    wanted, problems = expected(folder / "metrics.jsonl")
    for name, read in [("", scalar_events), ("TensorBoard's server: ", tensor_events)]:
        problems += [name + difference for difference in differences(read(folder), wanted)]
    if not wanted and not problems:
        problems.append("metrics.jsonl has no number")
    for problem in problems[:20]:
        print(problem)
    if problems:
        print(f"{folder}: {counted(len(problems), 'difference')}")
        return 1
    count = sum(len(steps) for steps in wanted.values())
    print(f"{folder}: {counted(count, 'number')} of {counted(len(wanted), 'tag')} as in {counted(len(files), 'event file')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
