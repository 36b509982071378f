#!/usr/bin/env python3
"""Times whole processes that train until an accuracy is reached: PyTorch's, and other commands in turns with it.

    time_to_accuracy.py --data DIR
    time_to_accuracy.py --data DIR --command 'NNBlas=nnbench … --seed {seed}'

For seeds 1 to 5, from the start of the process to its end: interpreter, imports, reading the data, training, and evaluation at
the end of each epoch. A command is a name, = and what to run, with {seed} and {data} for theirs; it has to end with code 0 only
when it is there. Prints wall time and peak memory of each, and their medians; --json writes them.
"""
import argparse
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import time
from importlib.metadata import version

from machine import context, load

HERE = pathlib.Path(__file__).resolve().parent


def timed(command):
    """Wall seconds, peak resident bytes, exit code and last line, of output or errors, of a process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = process.stdout.read().strip().splitlines()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - start, usage.ru_maxrss * 1024, process.returncode, lines[-1] if lines else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder with the four files of MNIST")
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--accuracy", type=float, default=0.97, help="for PyTorch (default: 0.97)")
    parser.add_argument("--threads", type=int, default=2, help="of PyTorch (default: 2)")
    parser.add_argument("--command", action="append", default=[], metavar="NAME=COMMAND", help="another one to time in turns")
    parser.add_argument("--json", metavar="FILE", help="write the results as JSON")
    options = parser.parse_args()
    torch = [sys.executable, HERE / "train_until.py", "--data", options.data, "--seed", "{seed}"]
    torch += ["--accuracy", options.accuracy, "--threads", options.threads]
    commands = {}
    for text in options.command:
        name, _, command = text.partition("=")
        if not command:
            parser.error(f"--command is '{text}', expected NAME=COMMAND")
        commands[name] = shlex.split(command)
    commands["PyTorch"] = [str(word) for word in torch]

    document = {"schema": 1, **context(), "accuracy": options.accuracy, "threads": options.threads}
    runs = {name: [] for name in commands}
    try:
        for seed in options.seeds.split(","):
            for name, words in commands.items():
                words = [word.replace("{seed}", seed).replace("{data}", options.data) for word in words]
                seconds, memory, code, last = timed(words)
                if code != 0:
                    print(f"{name}, seed {seed}: not there, exit code {code}: {last}")
                    continue
                runs[name].append({"seed": int(seed), "seconds": seconds, "peakResidentBytes": memory, "last": last})
                print(f"{name}, seed {seed}: {seconds:.2f} s, {memory / 2**20:.0f} MiB; {last}", flush=True)
    except KeyboardInterrupt:
        print("Stopped; what was measured follows", file=sys.stderr)
    except OSError as error:
        sys.exit(f"time_to_accuracy: {error}")
    results = []
    for name, own in runs.items():
        if own:
            seconds, memory = (statistics.median(run[key] for run in own) for key in ("seconds", "peakResidentBytes"))
            results.append({"name": name, "medianSeconds": seconds, "medianPeakResidentBytes": memory, "runs": own})
            print(f"{name}, median of {len(own)}: {seconds:.2f} s, {memory / 2**20:.0f} MiB")
    if options.json:
        document.update(loadAfter=load(), versions={"torch": version("torch"), "numpy": version("numpy")}, results=results)
        pathlib.Path(options.json).write_text(json.dumps(document, indent=1) + "\n")
    return 0 if all(len(own) == len(options.seeds.split(",")) for own in runs.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
