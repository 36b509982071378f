#!/usr/bin/env python3
"""Times nnbench and NumPy in turns on the same workloads, and reports the median of the ratios.

A round is one process of each, one after the other, so that a slow minute of the machine slows all. NumPy runs with one
and with two threads in every round; the count whose median over all rounds is the lower is the peer. Standard library only;
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


def document_of(command, **options):
    """The JSON that a command prints; where the command fails, its own words end this script."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(done.stderr.rstrip())
    return json.loads(done.stdout)


def ours(nnbench, data, workload, epochs):
    command = [nnbench, "epoch", "--workload", workload, "--data", data, "--epochs", str(epochs), "--json", "-"]
    return document_of(command)


def numpy(python, data, workload, epochs, threads):
    command = [python, str(HERE / "numpy_batched.py"), "--data", data, "--workload", workload, "--epochs", str(epochs)]
    environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(threads))
    return document_of(command, env=environment)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nnbench", required=True, help="the built tool")
    parser.add_argument("--python", default=sys.executable, help="the Python that has NumPy")
    parser.add_argument("--data", required=True, help="the folder with the four files of MNIST")
    parser.add_argument("--workloads", default="nielsen-30,nielsen-30-f32,nielsen-100,online-30")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--epochs", type=int, default=4, help="timed epochs in each process")
    parser.add_argument("--results", help="the folder for <date>-<cpu>-numpy.json")
    options = parser.parse_args()

    if options.results:
        pathlib.Path(options.results).mkdir(parents=True, exist_ok=True)
    document = {"schema": 1, "context": None, "rounds": options.rounds, "results": []}
    print(f"{'workload':<16}{'nnbench µs':>12}{'GFLOP/s':>9}{'NumPy µs':>10}{'threads':>9}{'ratio':>8}{'least':>7}{'most':>7}")
    for workload in options.workloads.split(","):
        own, rates, peers = [], [], {1: [], 2: []}
        for round_ in range(options.rounds):
            if sys.stderr.isatty():
                print(f"\r\033[K{workload}: round {round_ + 1}/{options.rounds}", end="", file=sys.stderr, flush=True)
            mine = ours(options.nnbench, options.data, workload, options.epochs)
            result = mine["results"][0]
            own.append(result["microsecondsPerStep"]["median"])
            rates.append(result["gflops"])
            for threads, times in peers.items():
                theirs = numpy(options.python, options.data, workload, options.epochs, threads)
                times.append(theirs["microsecondsPerStep"]["median"])
                document["context"] = document["context"] or dict(mine["context"], numpy=theirs["numpy"])
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)
        best = min(peers, key=lambda threads: statistics.median(peers[threads]))
        ratios = [theirs / mine for theirs, mine in zip(peers[best], own)]
        row = {
            "workload": workload, "unit": "us", "nnblas": own, "numpy": peers, "numpyThreads": best, "ratios": ratios,
            "medianRatio": statistics.median(ratios), "gflops": statistics.median(rates)}
        document["results"].append(row)
        print(
            f"{workload:<16}{statistics.median(own):>12.1f}{row['gflops']:>9.1f}{statistics.median(peers[best]):>10.1f}"
            f"{best:>9}{row['medianRatio']:>8.2f}{min(ratios):>7.2f}{max(ratios):>7.2f}", flush=True)

    context = document["context"]
    load = ", ".join(f"{value:.2f}" for value in context["load"])
    print(f"\n{context['machine']['cpu']}, {context['machine']['cores']} cores; {context['versions']['openblas']}, "
          f"core {context['openblasCore']}; NumPy {context['numpy']}; load {load}; {options.rounds} rounds")
    if options.results:
        cpu = re.sub(r"[^a-z0-9]+", "-", context["machine"]["cpu"].lower()).strip("-")
        path = pathlib.Path(options.results) / f"{time.strftime('%Y-%m-%d')}-{cpu}-numpy.json"
        path.write_text(json.dumps(document, indent=1) + "\n")
        print(f"Written: {path.name}")


if __name__ == "__main__":
    main()
