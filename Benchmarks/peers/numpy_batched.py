#!/usr/bin/env python3
"""The workloads of nnbench epoch in NumPy: the same step on whole mini-batches, in two styles.

plain   as most people write it: one expression for each line of the algorithm.
tuned   as far as NumPy can be driven: every buffer and view is made once, and products, sums and exponentials write into
        them.

Shuffle, gather, cost, forward, backward and update are inside the clock.

    numpy_batched.py --data DIR --workload nielsen-30 --style tuned      prints one JSON document

The number of threads is OPENBLAS_NUM_THREADS, which has to be set before Python starts.
"""
import argparse
import gzip
import json
import pathlib
import platform
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


class Plain:
    """Weights (outputs × inputs) and biases, trained by a step that allocates what its expressions need."""

    def __init__(self, sizes, batch, rate, cost, dtype, seed=1):
        self.generator = np.random.default_rng(seed)
        self.weights = [self.generator.standard_normal((n, m)).astype(dtype) for m, n in zip(sizes[:-1], sizes[1:])]
        self.biases = [self.generator.standard_normal(n).astype(dtype) for n in sizes[1:]]
        self.sizes, self.batch, self.rate, self.cost, self.dtype = sizes, batch, dtype(rate), cost, dtype

    def step(self, inputs, targets, rows):
        a, y = [inputs[rows]], targets[rows]
        for w, b in zip(self.weights, self.biases):
            z = a[-1] @ w.T + b
            a.append(1 / (1 + np.exp(-z)))
        delta = a[-1] - y
        if self.cost == "quadratic":
            cost = np.sum(delta ** 2) / 2
            delta = delta * a[-1] * (1 - a[-1])
        else:
            cost = np.sum(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))
        for layer in range(len(self.weights) - 1, -1, -1):
            gradient, biases = delta.T @ a[layer], delta.sum(axis=0)
            if layer > 0:
                delta = (delta @ self.weights[layer]) * a[layer] * (1 - a[layer])
            self.weights[layer] -= self.rate / self.batch * gradient
            self.biases[layer] -= self.rate / self.batch * biases
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


class Tuned(Plain):
    """The same training, by a step that allocates nothing but two scalars."""

    def __init__(self, *settings):
        super().__init__(*settings)
        rows, of_type = self.batch, self.dtype
        self.a = [np.empty((rows, n), of_type) for n in self.sizes]
        self.deltas = [np.empty((rows, n), of_type) for n in self.sizes[1:]]
        self.scratch = [np.empty_like(delta) for delta in self.deltas]
        self.y = np.empty_like(self.deltas[-1])
        self.gradients = [np.empty_like(w) for w in self.weights]
        self.bias_gradients = [np.empty_like(b) for b in self.biases]
        self.weights_transposed = [w.T for w in self.weights]
        self.deltas_transposed = [delta.T for delta in self.deltas]
        # The rate goes into the smallest operand, the error of the last layer.
        self.scale = self.dtype(self.rate / self.batch)

    def step(self, inputs, targets, rows):
        a, deltas, scratch, last = self.a, self.deltas, self.scratch, len(self.weights) - 1
        inputs.take(rows, 0, a[0], "clip")
        targets.take(rows, 0, self.y, "clip")
        for layer in range(last + 1):
            z = a[layer + 1]
            np.dot(a[layer], self.weights_transposed[layer], z)
            z += self.biases[layer]
            if layer == last and self.cost == "cross-entropy":
                cost = self.cross_entropy(z)
            np.negative(z, z)
            np.exp(z, z)
            z += 1
            np.reciprocal(z, z)
        np.subtract(a[-1], self.y, deltas[-1])
        if self.cost == "quadratic":
            cost = np.vdot(deltas[-1], deltas[-1]) / 2
            self.multiply_by_derivative(last)
        deltas[-1] *= self.scale
        for layer in range(last, -1, -1):
            if layer > 0:
                np.dot(deltas[layer], self.weights[layer], deltas[layer - 1])
                self.multiply_by_derivative(layer - 1)
            np.dot(self.deltas_transposed[layer], a[layer], self.gradients[layer])
            self.weights[layer] -= self.gradients[layer]
            np.add.reduce(deltas[layer], 0, None, self.bias_gradients[layer])
            self.biases[layer] -= self.bias_gradients[layer]
        return cost / self.batch

    def multiply_by_derivative(self, layer):
        np.subtract(1, self.a[layer + 1], self.scratch[layer])
        self.scratch[layer] *= self.a[layer + 1]
        self.deltas[layer] *= self.scratch[layer]

    def cross_entropy(self, z):
        scratch, delta = self.scratch[-1], self.deltas[-1]
        np.abs(z, scratch)
        np.negative(scratch, scratch)
        np.exp(scratch, scratch)
        np.log1p(scratch, scratch)
        np.maximum(z, 0, out=delta)
        scratch += delta
        return scratch.sum() - np.vdot(z, self.y)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder with the four files of MNIST")
    parser.add_argument("--workload", choices=WORKLOADS, default="nielsen-30")
    parser.add_argument("--style", choices=["plain", "tuned"], default="tuned")
    parser.add_argument("--epochs", type=int, default=4, help="epochs that are timed, after one that is not")
    options = parser.parse_args()

    sizes, batch, rate, cost, dtype = WORKLOADS[options.workload]
    # Already scaled scalars: gathering bytes and scaling them takes NumPy longer.
    pixels = read(options.data, "train-images-idx3-ubyte", 16).reshape(-1, 784)[:50_000]
    inputs = pixels.astype(dtype) / dtype(255)
    targets = np.eye(10, dtype=dtype)[read(options.data, "train-labels-idx1-ubyte", 8)[:50_000]]
    test = read(options.data, "t10k-images-idx3-ubyte", 16).reshape(-1, 784).astype(dtype) / dtype(255)
    labels = read(options.data, "t10k-labels-idx1-ubyte", 8)

    trainer = {"plain": Plain, "tuned": Tuned}[options.style](sizes, batch, rate, cost, dtype)
    trainer.epoch(inputs, targets)
    samples, last = [], 0.0
    for _ in range(options.epochs):
        seconds, steps, last = trainer.epoch(inputs, targets)
        samples.append(seconds / steps * 1e6)
    print(json.dumps({
        "workload": options.workload, "style": options.style, "numpy": np.__version__, "python": platform.python_version(),
        "blas": np.show_config(mode="dicts")["Build Dependencies"]["blas"]["version"], "samples": samples, "unit": "us",
        "microsecondsPerStep": {"min": min(samples), "median": float(np.median(samples))},
        "cost": last, "correct": trainer.correct(test, labels)}))


if __name__ == "__main__":
    main()
