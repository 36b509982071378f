#!/usr/bin/env python3
"""What checkpoints cost: `mlp-1024` with Adam, with and without one every 10 s, in turns.

    measure.py NNBENCH [--rounds N] [--epochs N] [--every TIME]

Each round trains the same epochs once without checkpoints and once with them, in an order that changes from round to round; the seconds
of an epoch are nnbench's own, evaluations aside. Prints the median of all epochs of either, and of the rounds' ratios, with their least
and most, and what nnbench says of its checkpoints. The machine should do nothing else.
"""
import argparse
import pathlib
import re
import statistics
import subprocess
import tempfile


def train(nnbench, folder, epochs, every):
    command = [
        nnbench, "train", "--layers", "784,1024:relu,1024:relu,1024:relu,10", "--cost", "softmax-cross-entropy", "--optimizer",
        "adam", "--learning-rate", "0.001", "--batch", "256", "--precision", "f32", "--epochs", str(epochs),
    ]
    if every:
        command += ["--run", str(folder), "--checkpoint-every", every]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds = [float(match) for match in re.findall(r"^Epoch .* ([\d.]+) s, ", output, re.M)]
    cost = re.search(r"^Checkpoints: (.*)$", output, re.M)
    # The first epoch warms up.
    return seconds[1:], cost and cost.group(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nnbench")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--every", default="10s")
    arguments = parser.parse_args()
    plain, kept, ratios = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.rounds):
            found = {}
            for every in ("", arguments.every) if number % 2 == 0 else (arguments.every, ""):
                run = pathlib.Path(folder, f"run-{number}")
                found[every], cost = train(arguments.nnbench, run, arguments.epochs, every)
                if every:
                    print(f"round {number + 1}: {cost}", flush=True)
            plain += found[""]
            kept += found[arguments.every]
            ratios.append(sum(found[arguments.every]) / sum(found[""]))
    print(f"an epoch: {statistics.median(plain):.3f} s without, {statistics.median(kept):.3f} s with a checkpoint every {arguments.every}")
    print(f"as long: {statistics.median(ratios):.4f} ({min(ratios):.4f} to {max(ratios):.4f}) in {len(ratios)} rounds")


if __name__ == "__main__":
    main()
