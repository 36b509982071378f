#!/usr/bin/env python3
"""The workloads of nnbench epoch in NumPy: the same step on whole mini-batches, tuned as a NumPy user would.

Rows are gathered into a buffer that is reused, products and exponentials write where they are wanted, and nothing is
allocated that NumPy lets one keep. Shuffle, gather, cost, forward, backward and update are inside the clock.

    numpy_batched.py --data DIR --workload nielsen-30 --epochs 4      prints one JSON document

The number of threads is OPENBLAS_NUM_THREADS, which has to be set before Python starts.
"""
import argparse
import gzip
import json
import pathlib
import time

import numpy as np

WORKLOADS = {
    "nielsen-30": ([784, 30, 10], 10, 3.0, "quadratic", np.float64),
    "nielsen-30-f32": ([784, 30, 10], 10, 3.0, "quadratic", np.float32),
    "nielsen-100": ([784, 100, 10], 10, 0.5, "cross-entropy", np.float64),
    "online-30": ([784, 30, 10], 1, 0.5, "quadratic", np.float64),
}


def read(folder, name, offset):
    path = pathlib.Path(folder) / name
    if path.exists():
        data = path.read_bytes()
    else:
        data = gzip.decompress(path.with_name(name + ".gz").read_bytes())
    return np.frombuffer(data, np.uint8, offset=offset)


class Trainer:
    def __init__(self, sizes, batch, rate, cost, dtype, seed=1):
        generator = np.random.default_rng(seed)
        self.weights = [generator.standard_normal((n, m)).astype(dtype) for m, n in zip(sizes[:-1], sizes[1:])]
        self.biases = [generator.standard_normal(n).astype(dtype) for n in sizes[1:]]
        self.gradients = [np.empty_like(w) for w in self.weights]
        self.batch, self.rate, self.cost, self.dtype = batch, dtype(rate), cost, dtype
        self.activations = [np.empty((batch, n), dtype) for n in sizes]
        self.deltas = [np.empty((batch, n), dtype) for n in sizes[1:]]
        self.targets = np.empty((batch, sizes[-1]), dtype)
        self.generator = generator

    def step(self, inputs, targets, rows):
        a, d = self.activations, self.deltas
        np.take(inputs, rows, axis=0, out=a[0], mode="clip")
        np.take(targets, rows, axis=0, out=self.targets, mode="clip")
        for layer, (w, b) in enumerate(zip(self.weights, self.biases)):
            z = a[layer + 1]
            np.dot(a[layer], w.T, out=z)
            z += b
            if layer == len(self.weights) - 1 and self.cost == "cross-entropy":
                cost = np.sum(np.maximum(z, 0) - z * self.targets + np.log1p(np.exp(-np.abs(z))))
            np.negative(z, out=z)
            np.exp(z, out=z)
            z += 1
            np.reciprocal(z, out=z)
        np.subtract(a[-1], self.targets, out=d[-1])
        if self.cost == "quadratic":
            cost = np.vdot(d[-1], d[-1]) / 2
            d[-1] *= a[-1] * (1 - a[-1])
        scale = self.rate / self.dtype(self.batch)
        for layer in range(len(self.weights) - 1, -1, -1):
            if layer > 0:
                np.dot(d[layer], self.weights[layer], out=d[layer - 1])
                d[layer - 1] *= a[layer] * (1 - a[layer])
            # Scaling the small δ instead of the large gradient saves a pass over it.
            d[layer] *= scale
            np.dot(d[layer].T, a[layer], out=self.gradients[layer])
            self.weights[layer] -= self.gradients[layer]
            self.biases[layer] -= d[layer].sum(axis=0)
        return cost / self.batch

    def epoch(self, inputs, targets):
        """Seconds, steps and mean cost of an epoch; the count of examples divides evenly in all workloads."""
        start = time.perf_counter()
        order = self.generator.permutation(len(inputs))
        total, steps = 0.0, len(inputs) // self.batch
        for step in range(steps):
            total += self.step(inputs, targets, order[step * self.batch:(step + 1) * self.batch])
        return time.perf_counter() - start, steps, float(total / steps)

    def correct(self, inputs, labels):
        a = inputs
        for w, b in zip(self.weights, self.biases):
            a = 1 / (1 + np.exp(-(a @ w.T + b)))
        return int(np.sum(np.argmax(a, axis=1) == labels))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder with the four files of MNIST")
    parser.add_argument("--workload", choices=WORKLOADS, default="nielsen-30")
    parser.add_argument("--epochs", type=int, default=4, help="epochs that are timed, after one that is not")
    options = parser.parse_args()

    sizes, batch, rate, cost, dtype = WORKLOADS[options.workload]
    # Already scaled scalars: gathering bytes and scaling them takes NumPy longer.
    pixels = read(options.data, "train-images-idx3-ubyte", 16).reshape(-1, 784)[:50_000]
    inputs = pixels.astype(dtype) / dtype(255)
    targets = np.eye(10, dtype=dtype)[read(options.data, "train-labels-idx1-ubyte", 8)[:50_000]]
    test = read(options.data, "t10k-images-idx3-ubyte", 16).reshape(-1, 784).astype(dtype) / dtype(255)
    labels = read(options.data, "t10k-labels-idx1-ubyte", 8)

    trainer = Trainer(sizes, batch, rate, cost, dtype)
    trainer.epoch(inputs, targets)
    samples, last = [], 0.0
    for _ in range(options.epochs):
        seconds, steps, last = trainer.epoch(inputs, targets)
        samples.append(seconds / steps * 1e6)
    print(json.dumps({
        "workload": options.workload, "numpy": np.__version__, "samples": samples, "unit": "us",
        "microsecondsPerStep": {"min": min(samples), "median": float(np.median(samples))},
        "cost": last, "correct": trainer.correct(test, labels)}))


if __name__ == "__main__":
    main()
