#!/usr/bin/env python3
"""Times the training steps of a peer on a workload, and prints one JSON document.

    time_peer.py --peer numpy-tuned --workload nielsen-30 --data DIR --threads 1

Shuffle, gather, forward, cost, backward and update are inside the clock; compiling and a warm-up are not. A sample is at least
0.2 s of consecutive steps. The cost is that of the last of them, the count of right answers that of the test images after it.
Exit code 3 when the peer cannot train the workload, with the reason on standard error.
"""
import argparse
import importlib
import json
import os
import platform
import resource
import sys
import time

from workloads import WORKLOADS

# Where the class of each peer is; a module is loaded only when its peer is timed.
PEERS = {
    "book": ("book", "Book"),
    "numpy-plain": ("numpy_plain", "NumPyPlain"),
    "numpy-tuned": ("numpy_tuned", "NumPyTuned"),
    "sklearn": ("sklearn_mlp", "Sklearn"),
    "torch-eager": ("torch_eager", "TorchEager"),
    "torch-compiled": ("torch_compiled", "TorchCompiled"),
    "jax-step": ("jax_step", "JAXStep"),
    "jax-scan": ("jax_scan", "JAXScan"),
}
CANNOT = 3
LEAST_SECONDS = 0.2


def limit_threads(threads):
    """Sets the number of threads for every library; has to come before they are loaded."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NPROC"):
        os.environ[name] = str(threads)
    if threads == 1:
        os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false".strip()


def peak_resident_bytes():
    """The most memory this process has had resident: its own, not that of whoever started it."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def peer_class(name):
    module, cls = PEERS[name]
    try:
        return getattr(importlib.import_module(module), cls)
    except ImportError as error:
        sys.exit(f"time_peer: {name} needs a package that is missing ({error}); install Benchmarks/peers/requirements.txt")


def sampled(run, count, seconds, least=LEAST_SECONDS):
    """Samples in µs a step, together of so many seconds, each of as many runs of `count` steps as take the least time; the steps in all;
    and what the last run returned.

    A sample that turns out too short goes on: to leave it out would be to leave out fast ones.
    """
    samples, total, done = [], 0.0, 0
    while total < seconds or not samples:
        taken, steps = 0.0, 0
        while taken < least:
            start = time.perf_counter()
            last = run(count)
            taken += time.perf_counter() - start
            steps += count
        samples.append(taken / steps * 1e6)
        total, done = total + taken, done + steps
    return samples, done, last


def measure(peer, seconds, least=LEAST_SECONDS):
    """Samples in µs a step, the mean costs of the first and of the last steps, and the steps in all."""
    first = peer.run(peer.chunk)
    steps, trained = peer.chunk, peer.chunk
    while True:
        start = time.perf_counter()
        peer.run(steps)
        taken = time.perf_counter() - start
        trained += steps
        if taken >= least:
            break
        # A little more than needed, at most ten times as many as before.
        steps = peer.chunk * -(-int(steps * min(10, 1.1 * least / taken) + 1) // peer.chunk)
    samples, timed, cost = sampled(peer.run, steps, seconds, least)
    return samples, first, cost, trained + timed


def positive(of_type):
    def parse(text):
        value = of_type(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return value
    return parse


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", required=True, choices=PEERS)
    parser.add_argument("--workload", required=True, choices=WORKLOADS)
    parser.add_argument("--data", required=True, help="the folder with the four files of MNIST")
    parser.add_argument("--threads", type=positive(int), default=1, help="of the peer's libraries (default: 1)")
    parser.add_argument("--seconds", type=positive(float), default=2, help="how long is timed in all (default: 2)")
    parser.add_argument("--seed", type=int, default=1, help="of the first parameters and of the order (default: 1)")
    options = parser.parse_args()

    limit_threads(options.threads)
    workload, cls = WORKLOADS[options.workload], peer_class(options.peer)
    import numpy as np
    from mnist import DataError, read_digits
    from network import forward, initial
    from peer import Order

    reason = cls.cannot(workload)
    if reason:
        print(f"time_peer: {options.peer} cannot train {workload.name}: {reason}", file=sys.stderr)
        return CANNOT
    # exp(−z) may be infinite in Float; the sigmoid is then 0, as it should.
    np.seterr(over="ignore")
    try:
        digits = read_digits(options.data, workload.dtype)
    except DataError as error:
        sys.exit(f"time_peer: {error}")
    order = Order(len(digits.inputs), workload.batch, options.seed)
    peer = cls(workload, digits, initial(workload, options.seed), order)
    samples, first, cost, trained = measure(peer, options.seconds)
    answers = np.argmax(forward(workload, peer.parameters(), digits.test_inputs), axis=1)
    print(json.dumps({
        "schema": 1, "peer": options.peer, "workload": workload.name, "threads": options.threads,
        "versions": dict(cls.versions(), python=platform.python_version()), "unit": "us", "samples": samples,
        "microsecondsPerStep": {"min": min(samples), "median": float(np.median(samples))},
        "firstCost": first, "cost": cost, "steps": trained, "correct": int(np.sum(answers == digits.test_labels)),
        "test": len(digits.test_labels), "peakResidentBytes": peak_resident_bytes()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
