"""What is compared: the training of each workload, and prediction, each as something that runs one process of ours or of a peer
and returns its document.

The command lines of nnbench are in `epoch_command` and `prediction_command`, and nowhere else.
"""
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys

from time_peer import CANNOT, PEERS
from time_prediction import PEERS as PREDICTION_PEERS

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT = 900


class Failure(Exception):
    """A process that gave no figures; its text is what it said."""


def epoch_command(nnbench, workload, data, threads, epochs=None, steps=None):
    """Times a workload for so many epochs, or for so many steps where an epoch is long."""
    command = [nnbench, "epoch", "--workload", workload, "--data", data, "--threads", threads]
    return command + (["--steps", steps] if steps else ["--epochs", epochs]) + ["--json", "-"]


def prediction_command(nnbench, batch):
    return [nnbench, "predict-speed", "--batch", batch, "--json", "-"]


def run(command):
    """The JSON document that a command prints; throws `Failure` with the first line of what it says instead."""
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise Failure(f"no figures within {TIMEOUT} s") from None
    except OSError as error:
        raise Failure(f"{command[0]} does not start: {error.strerror}") from None
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or [f"exit code {done.returncode}"]
        if done.returncode == CANNOT:
            # "time_peer: PEER cannot train WORKLOAD: reason", of which the reader knows the first two.
            raise Failure(lines[-1].split(": ", 2)[-1])
        # Our tools say it first; of a traceback of Python's the last line tells.
        raise Failure(lines[-1 if any(line.startswith("Traceback") for line in lines) else 0])
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError as error:
        raise Failure(f"printed no JSON: {error}") from None


def median_of(document):
    """The middle of a document's samples, in µs."""
    return statistics.median(document["samples"])


class Training:
    """Steps of a workload."""

    unit, counts = "µs a step", True

    def __init__(self, nnbench, workload, data, seconds):
        self.name, self.title = workload.name, describe(workload)
        self.nnbench, self.workload, self.data, self.seconds = nnbench, workload, data, seconds
        self.peers = tuple(PEERS)
        help_text = subprocess.run([nnbench, "epoch", "--help"], capture_output=True, text=True).stdout
        self.takes_steps, self.per_epoch = "--steps" in help_text, math.ceil(50_000 / workload.batch)
        self.guess = None

    def ours(self, threads):
        """One process of nnbench; how much it times follows from how long steps took the time before."""
        few = {"epochs": 1}
        if self.guess:
            steps = math.ceil(self.seconds * 1e6 / self.guess)
            few = {"steps": steps} if self.takes_steps and steps < self.per_epoch else {"epochs": max(1, round(steps / self.per_epoch))}
        elif self.takes_steps and self.workload.operations > 1e9:
            few = {"steps": 5}
        document = run(epoch_command(self.nnbench, self.name, self.data, threads, **few))
        result = dict(document["results"][0], context=document["context"])
        self.guess = median_of(result)
        return result

    def theirs(self, peer, threads, seconds=None):
        document = run([
            sys.executable, HERE / "time_peer.py", "--peer", peer, "--workload", self.name, "--data", self.data,
            "--threads", threads, "--seconds", seconds or self.seconds])
        # A few steps of a large network change its cost less than mini-batches differ; where it has fallen, it has learned.
        first, last = document["firstCost"], document["cost"]
        if not last < 1.01 * first or (last < 0.9 * first and document["correct"] < 0.2 * document["test"]):
            raise Failure(
                f"does not learn: cost {first:.3g}, then {last:.3g}, {document['correct']} of "
                f"{document['test']} right after {document['steps']} steps")
        return document


class Prediction:
    """Forward passes of 784-30-10 in Float, on one thread."""

    unit, counts = "µs a call", False

    def __init__(self, nnbench, batch, seconds):
        self.name, self.title = f"predict-{batch}", f"forward pass of 784-30-10, sigmoid, Float, {batch} at once, one thread"
        self.nnbench, self.batch, self.seconds, self.peers = nnbench, batch, seconds, PREDICTION_PEERS

    def ours(self, threads):
        document = run(prediction_command(self.nnbench, self.batch))
        return dict(document["results"][0], context=document.get("context"))

    def theirs(self, peer, threads, seconds=None):
        document = run([
            sys.executable, HERE / "time_prediction.py", "--peer", peer, "--batch", self.batch,
            "--seconds", seconds or self.seconds])
        return dict(document["results"][0], versions=document["versions"], peakResidentBytes=document["peakResidentBytes"])


def describe(workload):
    """A workload's settings in words."""
    kind = {"softmax": "softmax cross-entropy"}.get(workload.cost, workload.cost)
    activation = {"relu": "ReLU"}.get(workload.hidden, workload.hidden)
    optimizer = {"sgd": "SGD", "adam": "Adam"}[workload.optimizer]
    precision = {"f64": "Double", "f32": "Float"}[workload.precision]
    layers = "-".join(map(str, workload.sizes))
    return f"{layers}, {activation}, {kind}, {optimizer} {workload.rate:g}, mini-batches of {workload.batch}, {precision}"


def cores():
    """How many this process may use."""
    return len(os.sched_getaffinity(0))
