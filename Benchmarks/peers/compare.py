#!/usr/bin/env python3
"""Times nnbench and its peers in turns, and writes what it found as JSON, as a Markdown table and as a bar chart.

A pair is one process of ours and one of a peer's, one right after the other, so that a slow minute of the machine slows both;
a round is one pair for each peer. A ratio is the median over the pairs. Before the rounds, a short run of each thread count
finds everybody's best. What a workload or a peer cannot do is skipped, with the reason; what was measured is written after each
workload and when the comparison is interrupted. Standard library only; `Benchmarks/run` calls it.
"""
import argparse
import json
import pathlib
import statistics
import sys

from contests import Failure, Prediction, Training, UntilAccuracy, cores, median_of
from machine import context, load, slug
from render import render, summary
from time_peer import PEERS, positive
from time_prediction import PEERS as PREDICTION_PEERS
from workloads import WORKLOADS

KEPT = ("versions", "firstCost", "cost", "correct", "test", "steps", "peakResidentBytes", "gflops",
        "allocationsPerStep", "allocationsPerCall", "productsOnly", "difference")
PAIRED = ("peakResidentBytes", "last")
OURS = ("peakGFLOPS", "aloneShare", "productsOnly", "allocationsPerStep", "allocationsPerCall")
# What is more than the steps of a workload, or less.
OTHERS = ("until-97", "predict")


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def best_threads(name, counts, timing):
    """The µs of the best short run with each thread count, and the best count; throws `Failure` where none gave figures."""
    found, failure = {}, None
    for threads in counts:
        progress(f"{name}, {threads} threads: finding the best count")
        try:
            found[threads] = median_of(timing(threads))
        except Failure as error:
            failure = error
    if not found:
        raise failure
    # Where some are close, a bad moment of the machine must not decide: twice more, in turns, the best of each.
    for _ in range(2):
        close = [threads for threads in found if found[threads] < 1.4 * min(found.values())]
        for threads in close if len(close) > 1 else ():
            found[threads] = min(found[threads], median_of(timing(threads)))
    return found, min(found, key=found.get)


class Contest:
    """One workload's rounds; `entry` is what is known so far."""

    def __init__(self, task, options):
        self.task, self.options, self.pairs, self.kept = task, options, {}, {}
        self.entry = {
            "name": task.name, "title": task.title, "network": task.network, "unit": task.unit, "skipped": [], "peers": []}

    def prepare(self):
        counts = self.options.our_threads.split(",") if self.task.counts else ["1"]
        self.entry["nnblas"] = {}
        workers, alone = {}, set()

        def ours(threads):
            document = self.task.ours(threads)
            workers[threads] = str(document.get("threads"))
            if document.get("aloneShare"):
                alone.add(threads)
            return document

        found, self.our_threads = best_threads(f"{self.task.name}, NNBlas", counts, ours)
        if "auto" in found:
            # Nobody took steps alone: it is what as many threads are.
            is_same = workers["auto"] == self.our_threads and "auto" not in alone
            if is_same or found["auto"] <= 1.03 * min(found.values()):
                # What differs is the moment, or what short runs cannot tell apart.
                self.our_threads = "auto"
        threads = int(self.our_threads) if self.our_threads.isdigit() else self.our_threads
        self.entry["nnblas"].update(threads=threads, calibration=found)
        if workers[self.our_threads].isdigit():
            self.entry["nnblas"]["workers"] = int(workers[self.our_threads])
        for peer in self.task.peers:
            if peer not in self.options.peers:
                continue
            counts = [count for count in (1, 2) if count <= cores()] if self.task.counts else [1]
            try:
                found, threads = best_threads(
                    f"{self.task.name}, {peer}", counts, lambda threads: self.task.theirs(peer, threads, 0.4))
                self.pairs[peer] = (threads, found, [])
            except Failure as failure:
                self.entry["skipped"].append({"peer": peer, "reason": str(failure)})

    def run(self):
        stopped = set()
        for turn in range(self.options.rounds):
            for peer, (threads, _, pairs) in self.pairs.items():
                if peer in stopped:
                    continue
                progress(f"{self.task.name}, round {turn + 1}/{self.options.rounds}: {peer}")
                self.task.turn = turn
                try:
                    mine = self.task.ours(self.our_threads)
                except Failure as failure:
                    # Without ours there is nothing to compare; what is there stays.
                    raise Failure(f"stopped in round {turn + 1}: {failure}") from None
                try:
                    theirs = self.task.theirs(peer, threads)
                except Failure as failure:
                    self.entry["skipped"].append({"peer": peer, "reason": f"stopped in round {turn + 1}: {failure}"})
                    stopped.add(peer)
                    continue
                self.kept[None], self.kept[peer] = mine, theirs
                pair = {"nnblas": mine["samples"], "peer": theirs["samples"]}
                pair |= {key: {"nnblas": mine[key], "peer": theirs[key]} for key in PAIRED if key in mine and key in theirs}
                pair |= {key: mine[key] for key in OURS if key in mine}
                if "productsOnly" in mine:
                    # Both of one process: they share its moment of the machine.
                    pair["overProducts"] = median_of(mine) / mine["productsOnly"]["microseconds"]
                pairs.append(pair)
        if self.kept and self.task.profile:
            progress(f"{self.task.name}: where NNBlas's time goes")
            try:
                self.entry["nnblas"]["phases"] = self.task.profile(self.our_threads)
            except Failure as failure:
                self.entry["skipped"].append({"peer": None, "reason": f"no profile: {failure}"})

    def finish(self):
        """Puts figures in the place of what was collected."""
        own = []
        for peer, (threads, found, pairs) in self.pairs.items():
            if not pairs:
                continue
            mine, theirs = ([statistics.median(pair[side]) for pair in pairs] for side in ("nnblas", "peer"))
            own += mine
            ratios = [b / a for a, b in zip(mine, theirs)]
            document = self.kept[peer]
            self.entry["peers"].append({
                "peer": peer, "threads": threads, "calibration": found, "median": statistics.median(theirs), "ratios": ratios,
                "medianRatio": statistics.median(ratios), "pairs": pairs, **{key: document[key] for key in KEPT if key in document},
                **peak(pairs, "peer")})
        if own:
            mine = self.kept[None]
            middle = statistics.median(own)
            every = [pair for _, _, pairs in self.pairs.values() for pair in pairs]
            self.entry["nnblas"].update(
                {key: mine[key] for key in KEPT if key in mine}, median=middle, context=mine["context"],
                **peak(every, "nnblas"))
            middles = [(key, statistics.median) for key in ("overProducts", "peakGFLOPS", "aloneShare")]
            for key, of in (*middles, ("allocationsPerStep", max), ("allocationsPerCall", max)):
                if values := [pair[key] for pair in every if pair.get(key) is not None]:
                    self.entry["nnblas"][key] = of(values)
            if mine.get("gflops"):
                # The last process's, brought to the median of all; of as many peaks the median, for any one can be disturbed.
                rate = self.entry["nnblas"]["gflops"] = mine["gflops"] * median_of(mine) / middle
                self.entry["nnblas"]["percentOfPeak"] = 100 * rate / self.entry["nnblas"]["peakGFLOPS"]
        return self.entry


def peak(pairs, side):
    """The median over processes of the most memory each had resident, where both sides tell."""
    found = [pair["peakResidentBytes"][side] for pair in pairs if "peakResidentBytes" in pair]
    return {"peakResidentBytes": int(statistics.median(found))} if found else {}


def hide_folder(entry):
    """Takes the name of the data's folder out: it is nobody's business."""
    data = ((entry.get("nnblas") or {}).get("context") or {}).get("data")
    if data:
        data["name"] = "MNIST"


def free_path(folder, stem):
    """The JSON file to write; a run of the same day is not overwritten."""
    number, path = 1, folder / f"{stem}.json"
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.json"
    return path


def compare(tasks, options, document, path):
    """Fills and writes the document; returns the exit code."""
    for task in tasks:
        contest, stopped = Contest(task, options), False
        try:
            contest.prepare()
            contest.run()
        except Failure as failure:
            contest.entry["skipped"].append({"peer": None, "reason": str(failure)})
        except KeyboardInterrupt:
            stopped = True
        progress("")
        entry = contest.finish()
        hide_folder(entry)
        document["results"].append(entry)
        document["loadAfter"] = load()
        print(summary(entry), flush=True)
        path.write_text(json.dumps(document, indent=1) + "\n")
        render(path)
        if stopped:
            print(f"Stopped; what was measured is in {path.name}", file=sys.stderr)
            return 130
    print(f"Written: {path.name}, {path.with_suffix('.md').name}, {path.with_suffix('.svg').name}")
    return 0


def main():
    everything = list(dict.fromkeys([*PEERS, *PREDICTION_PEERS]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nnbench", required=True, help="the built tool")
    parser.add_argument("--data", required=True, help="the folder with the four files of MNIST")
    parser.add_argument("--results", required=True, help="the folder for <date>-<cpu>.json, .md and .svg")
    parser.add_argument("--workloads", default=",".join([*WORKLOADS, *OTHERS]), help="which (default: %(default)s)")
    parser.add_argument("--peers", default=",".join(everything), help="which (default: %(default)s)")
    parser.add_argument("--rounds", type=positive(int), default=5, help="pairs for each peer (default: 5)")
    parser.add_argument("--seconds", type=positive(float), default=2, help="timed in each process (default: 2)")
    parser.add_argument(
        "--our-threads", default="auto,1,2", help="nnbench's thread counts to choose from (default: %(default)s)")
    options = parser.parse_args()
    names, options.peers = options.workloads.split(","), options.peers.split(",")
    for kind, given, known in (("workload", names, [*WORKLOADS, *OTHERS]), ("peer", options.peers, everything)):
        if unknown := [name for name in given if name not in known]:
            parser.error(f"unknown {kind} {', '.join(unknown)}; there are {', '.join(known)}")
    if not pathlib.Path(options.nnbench).is_file():
        parser.error(f"--nnbench is '{options.nnbench}', which is no file; build it with swift build -c release")

    tasks = [Training(options.nnbench, WORKLOADS[name], options.data, options.seconds) for name in names if name in WORKLOADS]
    if "until-97" in names:
        tasks.append(UntilAccuracy(options.nnbench, WORKLOADS["mlp-512"], options.data))
    if "predict" in names:
        tasks += [Prediction(options.nnbench, batch, options.seconds) for batch in (1, 256)]
    document = {"schema": 2, **context(), "rounds": options.rounds, "secondsEach": options.seconds, "results": []}
    folder = pathlib.Path(options.results)
    folder.mkdir(parents=True, exist_ok=True)
    return compare(tasks, options, document, free_path(folder, f"{document['date'][:10]}-{slug(document['machine']['cpu'])}"))


if __name__ == "__main__":
    sys.exit(main())
