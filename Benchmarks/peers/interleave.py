#!/usr/bin/env python3
"""Times nnbench and NumPy in turns on the same workloads, and reports the median of the ratios.

A round is one process of each, one after the other, so that a slow minute of the machine slows all. NumPy runs in two
styles, plain and tuned, each with one and with two threads in every round; of these the count whose median over all rounds
is the lower is the peer. Both sides have to recognize as many test images. Standard library only;
`Benchmarks/against-numpy` calls it.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
STYLES = ("plain", "tuned")
THREADS = (1, 2)
# Of 10,000 test images, after a few epochs; a step that computes something else does not get there.
LEAST_CORRECT = 9_000


def run(command, **options):
    """The JSON that a command prints, and its diagnostics; where the command fails, its own words end this script."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(done.stderr.rstrip())
    return json.loads(done.stdout), done.stderr


def checked(correct, who):
    if correct < LEAST_CORRECT:
        sys.exit(f"{who} recognizes {correct} of 10000 images, expected at least {LEAST_CORRECT}: it is not the same training")
    return correct


def ours(nnbench, data, workload, epochs):
    document, text = run(
        [nnbench, "epoch", "--workload", workload, "--data", data, "--epochs", str(epochs), "--json", "-"])
    checked(int(re.search(r"(\d+)/10000 correct", text)[1]), "nnbench")
    return document


def numpy(python, data, workload, epochs, style, threads):
    command = [python, str(HERE / "numpy_batched.py"), "--data", data, "--workload", workload, "--style", style]
    environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(threads))
    document, _ = run(command + ["--epochs", str(epochs)], env=environment)
    checked(document["correct"], f"NumPy ({style})")
    return document


def count(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not at least 1")
    return number


def compare(workload, options):
    """The rounds of one workload: its entry of `results`, and the context of both sides."""
    own, rates, times = [], [], {style: {threads: [] for threads in THREADS} for style in STYLES}
    for turn in range(options.rounds):
        if sys.stderr.isatty():
            print(f"\r\033[K{workload}: round {turn + 1}/{options.rounds}", end="", file=sys.stderr, flush=True)
        mine = ours(options.nnbench, options.data, workload, options.epochs)
        own.append(mine["results"][0]["microsecondsPerStep"]["median"])
        rates.append(mine["results"][0]["gflops"])
        for style in STYLES:
            for threads in THREADS:
                theirs = numpy(options.python, options.data, workload, options.epochs, style, threads)
                times[style][threads].append(theirs["microsecondsPerStep"]["median"])
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    peers = {}
    for style in STYLES:
        best = min(THREADS, key=lambda threads: statistics.median(times[style][threads]))
        ratios = [theirs / mine for theirs, mine in zip(times[style][best], own)]
        peers[style] = {"times": times[style], "threads": best, "ratios": ratios, "medianRatio": statistics.median(ratios)}
    # The data's folder is nobody's business.
    context = dict(mine["context"], data=dict(mine["context"]["data"], name="MNIST"))
    context["peer"] = {key: theirs[key] for key in ("numpy", "python", "blas")}
    return {
        "workload": workload, "unit": "us", "nnblas": own, "gflops": statistics.median(rates), "numpy": peers}, context


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nnbench", required=True, help="the built tool")
    parser.add_argument("--python", default=sys.executable, help="the Python that has NumPy")
    parser.add_argument("--data", required=True, help="the folder with the four files of MNIST")
    parser.add_argument("--workloads", default="nielsen-30,nielsen-30-f32,nielsen-100,online-30")
    parser.add_argument("--rounds", type=count, default=7)
    parser.add_argument("--epochs", type=count, default=2, help="timed epochs in each process")
    parser.add_argument("--results", help="the folder for <date>-<cpu>-numpy.json")
    options = parser.parse_args()

    if options.results:
        pathlib.Path(options.results).mkdir(parents=True, exist_ok=True)
    document = {"schema": 1, "contexts": [], "rounds": options.rounds, "results": []}
    print(f"{'':<16}{'nnbench':>8}{'':>9}" + "".join(f"   | {'NumPy, ' + style:<30}" for style in STYLES))
    heads = f"   | {'µs':>8}{'threads':>9}{'ratio':>6}  least-most"
    print(f"{'workload':<16}{'µs':>8}{'GFLOP/s':>9}" + heads * len(STYLES))
    for workload in options.workloads.split(","):
        row, context = compare(workload, options)
        document["results"].append(row)
        document["contexts"].append(context)
        text = f"{workload:<16}{statistics.median(row['nnblas']):>8.1f}{row['gflops']:>9.1f}"
        for peer in row["numpy"].values():
            ratios = peer["ratios"]
            text += f"   | {statistics.median(peer['times'][peer['threads']]):>8.1f}{peer['threads']:>9}"
            text += f"{peer['medianRatio']:>6.2f}  {min(ratios):.2f}-{max(ratios):.2f}"
        print(text, flush=True)

    context = document["contexts"][-1]
    print(f"\n{context['machine']['cpu']}, {context['machine']['cores']} cores; nnbench: {context['versions']['openblas']}, core "
          f"{context['openblasCore']}, {context['threads']} thread; NumPy {context['peer']['numpy']} with its own OpenBLAS "
          f"{context['peer']['blas']}, Python {context['peer']['python']}; {options.rounds} rounds")
    if options.results:
        cpu = re.sub(r"[^a-z0-9]+", "-", context["machine"]["cpu"].lower()).strip("-")
        path = pathlib.Path(options.results) / f"{time.strftime('%Y-%m-%d')}-{cpu}-numpy.json"
        path.write_text(json.dumps(document, indent=1) + "\n")
        print(f"Written: {path.name}")


if __name__ == "__main__":
    main()
