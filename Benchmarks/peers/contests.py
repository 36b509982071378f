"""What is compared: the training of each workload, training until an accuracy, and prediction, each as something that runs one
process of ours or of a peer and returns its document.

The command lines of nnbench are in `epoch_command`, `until_command` and `prediction_command`, and nowhere else.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
from importlib.metadata import version

from time_peer import CANNOT, PEERS
from time_prediction import PEERS as PREDICTION_PEERS
from time_to_accuracy import timed

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT = 900
PRECISIONS = {"f64": "Double", "f32": "Float"}


class Failure(Exception):
    """A process that gave no figures; its text is what it said."""


def epoch_command(nnbench, workload, data, threads, seconds=None, steps=None, profile=False):
    """Times a workload for so many seconds, or steps; with what each worker's time goes to."""
    command = [nnbench, "epoch", "--workload", workload, "--data", data, "--threads", threads]
    return command + (["--steps", steps] if steps else ["--seconds", seconds]) + ["--profile"] * profile + ["--json", "-"]


def until_command(nnbench, workload, data, threads, seed, accuracy, epochs):
    """Trains a workload until so much of the test images is recognized at the end of an epoch."""
    cost = {"softmax": "softmax-cross-entropy"}.get(workload.cost, workload.cost)
    return [
        nnbench, "train", "--layers", ",".join(map(str, workload.sizes)), "--activation", workload.hidden, "--cost", cost,
        "--optimizer", workload.optimizer, "--learning-rate", workload.rate, "--batch", workload.batch, "--precision",
        workload.precision, "--data", data, "--threads", threads, "--seed", seed, "--until-accuracy", accuracy, "--epochs", epochs]


def prediction_command(nnbench, batch, seconds):
    return [nnbench, "predict-speed", "--batch", batch, "--seconds", seconds, "--json", "-"]


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


def check_learning(document):
    """Throws `Failure` for a training, ours or a peer's, that has not learned.

    A few steps of a large network change its cost less than mini-batches differ; where it has fallen, it has learned.
    """
    first, last = document["firstCost"], document["cost"]
    if not last < 1.01 * first or (last < 0.9 * first and document["correct"] < 0.2 * document["test"]):
        raise Failure(
            f"does not learn: cost {first:.3g}, then {last:.3g}, {document['correct']} of "
            f"{document['test']} right after {document['steps']} steps")


def median_of(document):
    """The middle of a document's samples, in µs."""
    return statistics.median(document["samples"])


class Training:
    """Steps of a workload."""

    unit, counts = "µs a step", True

    def __init__(self, nnbench, workload, data, seconds):
        self.name, self.title, self.network = workload.name, describe(workload), shape(workload)
        self.nnbench, self.data, self.seconds = nnbench, data, seconds
        self.peers = tuple(PEERS)

    def ours(self, threads, profile=False):
        """One process of nnbench."""
        document = run(epoch_command(self.nnbench, self.name, self.data, threads, self.seconds, profile=profile))
        result = dict(document["results"][0], context=document["context"])
        check_learning(result)
        return result

    def profile(self, threads):
        """Microseconds a step in each phase, for each worker."""
        return self.ours(threads, profile=True)["phases"]

    def theirs(self, peer, threads, seconds=None):
        document = run([
            sys.executable, HERE / "time_peer.py", "--peer", peer, "--workload", self.name, "--data", self.data,
            "--threads", threads, "--seconds", seconds or self.seconds])
        check_learning(document)
        return document


class UntilAccuracy:
    """Whole processes that train `mlp-512` until an accuracy; the seed of a round is its number."""

    unit, counts, peers, profile = "a process", True, ("torch-eager",), None
    epochs, turn = 20, 0

    def __init__(self, nnbench, workload, data, accuracy=0.97):
        self.name = f"until-{100 * accuracy:g}"
        self.title = f"{describe(workload)}; from a process's start to {100 * accuracy:g} % of the test images, evaluated each epoch"
        self.network = f"{shape(workload)}, to {100 * accuracy:g} %"
        self.nnbench, self.workload, self.data, self.accuracy = nnbench, workload, data, accuracy
        self.context = None

    def ours(self, threads):
        # Of what the figures depend on only the timing of steps tells.
        self.context = self.context or run(epoch_command(self.nnbench, self.workload.name, self.data, 1, steps=1))["context"]
        command = until_command(
            self.nnbench, self.workload, self.data, threads, self.turn + 1, self.accuracy, self.epochs)
        return dict(self.process(command), context=self.context)

    def theirs(self, peer, threads, seconds=None):
        document = self.process([
            sys.executable, HERE / "train_until.py", "--data", self.data, "--seed", self.turn + 1, "--threads", threads,
            "--accuracy", self.accuracy, "--epochs", self.epochs])
        return dict(document, versions={name: version(name) for name in ("torch", "numpy")})

    def process(self, command):
        try:
            seconds, memory, code, last = timed([str(word) for word in command])
        except OSError as error:
            raise Failure(f"{command[0]} does not start: {error.strerror}") from None
        if code != 0:
            raise Failure(last or f"exit code {code}")
        return {"samples": [1e6 * seconds], "peakResidentBytes": memory, "last": last}


class Prediction:
    """Forward passes of 784-30-10 in Float, on one thread."""

    unit, counts, profile = "µs a call", False, None

    def __init__(self, nnbench, batch, seconds):
        self.name, self.title = f"predict-{batch}", f"forward pass of 784-30-10, sigmoid, Float, {batch} at once, one thread"
        self.network = f"784-30-10, {batch}, Float"
        self.nnbench, self.batch, self.seconds, self.peers = nnbench, batch, seconds, PREDICTION_PEERS

    def ours(self, threads):
        document = run(prediction_command(self.nnbench, self.batch, self.seconds))
        return dict(document["results"][0], context=document.get("context"))

    def theirs(self, peer, threads, seconds=None):
        document = run([
            sys.executable, HERE / "time_prediction.py", "--peer", peer, "--batch", self.batch,
            "--seconds", seconds or self.seconds])
        return dict(document["results"][0], versions=document["versions"], peakResidentBytes=document["peakResidentBytes"])


def shape(workload):
    """A workload's network, mini-batch and precision."""
    return f"{'-'.join(map(str, workload.sizes))}, {workload.batch}, {PRECISIONS[workload.precision]}"


def describe(workload):
    """A workload's settings in words."""
    kind = {"softmax": "softmax cross-entropy"}.get(workload.cost, workload.cost)
    activation = {"relu": "ReLU"}.get(workload.hidden, workload.hidden)
    optimizer = {"sgd": "SGD", "adam": "Adam"}[workload.optimizer]
    layers = "-".join(map(str, workload.sizes))
    return f"{layers}, {activation}, {kind}, {optimizer} {workload.rate:g}, mini-batches of {workload.batch}, {PRECISIONS[workload.precision]}"


def cores():
    """How many this process may use."""
    return len(os.sched_getaffinity(0))
