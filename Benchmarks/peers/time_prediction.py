#!/usr/bin/env python3
"""Times a peer's forward pass of 784-30-10, sigmoid, in Float on one thread, and prints one JSON document.

    time_prediction.py --peer onnxruntime --batch 1,256

A sample is at least 0.2 s of consecutive calls on the same made-up images, in µs a call. Before the clock runs the result has
to agree with NumPy's in Double within 1e-5.
"""
import argparse
import json
import platform
import sys
import time

from time_peer import LEAST_SECONDS, limit_threads, peak_resident_bytes, positive, sampled
from workloads import WORKLOADS

PEERS = ("numpy", "torch-eager", "torch-compiled", "jax", "onnxruntime")
ALLOWED = 1e-5


def measure(call, seconds, least=LEAST_SECONDS):
    """Samples in µs a call."""
    def run(calls):
        start = time.perf_counter()
        for _ in range(calls):
            call()
        return time.perf_counter() - start

    calls, taken = 1, run(1)
    while (taken := run(calls)) < least:
        calls = int(calls * min(10, 1.1 * least / taken)) + 1
    return sampled(run, calls, seconds, least)[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", required=True, choices=PEERS)
    parser.add_argument("--batch", default="1,256", help="images in a call (default: 1,256)")
    parser.add_argument("--seconds", type=positive(float), default=1, help="how long each is timed in all (default: 1)")
    options = parser.parse_args()
    try:
        batches = [positive(int)(text) for text in options.batch.split(",")]
    except (ValueError, argparse.ArgumentTypeError):
        parser.error(f"--batch is '{options.batch}', expected numbers of images such as 1,256")

    limit_threads(1)
    import numpy as np
    from network import forward, initial
    from predictors import PREDICTORS

    workload = WORKLOADS["nielsen-30-f32"]
    parameters, results = initial(workload), []
    for batch in batches:
        x = np.random.default_rng(1).random((batch, 784), np.float32)
        try:
            call, versions = PREDICTORS[options.peer](parameters, x)
        except ImportError as error:
            sys.exit(f"time_prediction: a package is missing ({error}); install Benchmarks/peers/requirements.txt")
        in_double = [(w.astype(np.float64), b.astype(np.float64)) for w, b in parameters]
        found = float(np.max(np.abs(np.asarray(call()) - forward(workload, in_double, x.astype(np.float64)))))
        if not found <= ALLOWED:
            sys.exit(f"time_prediction: {options.peer} is {found:.0e} from NumPy in Double at batch {batch}, allowed {ALLOWED:.0e}")
        samples = measure(call, options.seconds)
        results.append({
            "batch": batch, "unit": "us", "samples": samples, "difference": found,
            "microsecondsPerCall": {"min": min(samples), "median": float(np.median(samples))}})
    print(json.dumps({
        "schema": 1, "peer": options.peer, "threads": 1, "versions": dict(versions, python=platform.python_version()),
        "results": results, "peakResidentBytes": peak_resident_bytes()}))


if __name__ == "__main__":
    main()
