#!/usr/bin/env python3
"""Writes golden.json: what the algorithms of Nielsen's book give in NumPy, for the tests to compare with.

    python3 generate.py           write golden.json beside this script
    python3 generate.py --check   compare with the committed file (1e-13 relative), exit 1 on a difference

Versions are pinned in requirements.txt. Every example is a column and every gradient an explicit outer product, as in the
book: slow, and independent of how NNBlas computes.
"""
import json
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def gradient(weights, biases, x, y, cost):
    """The gradient of one example's cost: lists of (outputs × inputs) and (outputs × 1), and the cost."""
    activations = [x]
    for w, b in zip(weights, biases):
        activations.append(sigmoid(w @ activations[-1] + b))
    a = activations[-1]
    if cost == "quadratic":
        value = 0.5 * np.sum((a - y) ** 2)
        delta = (a - y) * a * (1 - a)
    else:
        value = -np.sum(y * np.log(a) + (1 - y) * np.log(1 - a))
        delta = a - y
    by_weights, by_biases = [], []
    for layer in range(len(weights) - 1, -1, -1):
        below = activations[layer]
        by_weights.insert(0, np.outer(delta, below))
        by_biases.insert(0, delta)
        if layer > 0:
            delta = (weights[layer].T @ delta) * below * (1 - below)
    return by_weights, by_biases, value


def train(weights, biases, inputs, targets, batch, rate, steps, cost):
    """Mini-batch gradient descent in file order; the last batch of an epoch is what is left."""
    weights, biases = [w.copy() for w in weights], [b.copy() for b in biases]
    start = 0
    for _ in range(steps):
        chosen = range(start, min(start + batch, len(inputs)))
        total_w = [np.zeros_like(w) for w in weights]
        total_b = [np.zeros_like(b) for b in biases]
        for example in chosen:
            by_w, by_b, _ = gradient(weights, biases, inputs[example], targets[example], cost)
            total_w = [t + g for t, g in zip(total_w, by_w)]
            total_b = [t + g for t, g in zip(total_b, by_b)]
        weights = [w - rate / len(chosen) * t for w, t in zip(weights, total_w)]
        biases = [b - rate / len(chosen) * t for b, t in zip(biases, total_b)]
        start = chosen.stop if chosen.stop < len(inputs) else 0
    return weights, biases


def draw(sizes, seed):
    generator = np.random.default_rng(seed)
    biases = [generator.standard_normal((n, 1)) for n in sizes[1:]]
    weights = [generator.standard_normal((n, m)) for m, n in zip(sizes[:-1], sizes[1:])]
    return weights, biases


def parameters(weights, biases):
    return {"weights": [w.tolist() for w in weights], "biases": [b.ravel().tolist() for b in biases]}


def single(cost):
    """The question that started the project: one example through 2-1-2."""
    weights, biases = draw([2, 1, 2], seed=1)
    x, y = np.array([[1.0], [2.0]]), np.array([[3.0], [4.0]])
    by_w, by_b, value = gradient(weights, biases, x, y, cost)
    return {"initial": parameters(weights, biases), "gradient": parameters(by_w, by_b), "cost": float(value)}


def run(cost, rate, seed):
    """100 steps of 12-8-5 on 95 examples in batches of 10: the last batch of every epoch has 5."""
    sizes = [12, 8, 5]
    weights, biases = draw(sizes, seed)
    generator = np.random.default_rng(seed + 1)
    # Sixteenths, so that the file is small and every number exact.
    inputs = generator.integers(0, 17, (95, sizes[0])) / 16
    labels = generator.integers(0, sizes[-1], 95)
    targets = np.eye(sizes[-1])[labels]
    final = train(
        weights, biases, inputs[:, :, None], targets[:, :, None], batch=10, rate=rate, steps=100, cost=cost)
    return {
        "cost": cost, "batch": 10, "learningRate": rate, "steps": 100, "inputs": inputs.tolist(),
        "labels": labels.tolist(), "initial": parameters(weights, biases), "final": parameters(*final)}


def document():
    return {
        "generator": "generate.py", "numpy": np.__version__,
        "single": {cost: single(cost) for cost in ("quadratic", "cross-entropy")},
        "runs": [run("quadratic", 3.0, seed=2), run("cross-entropy", 0.5, seed=4)]}


def difference(a, b):
    """The largest relative difference of two documents of one structure, or infinity where structures differ."""
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return max((difference(a[key], b[key]) for key in a if key != "numpy"), default=0)
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return max((difference(x, y) for x, y in zip(a, b)), default=0)
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return abs(a - b) / max(abs(a), abs(b), 1e-3)
    return 0 if a == b else float("inf")


def main():
    path = HERE / "golden.json"
    made = document()
    if sys.argv[1:] == ["--check"]:
        found = difference(made, json.loads(path.read_text()))
        print(f"golden.json: largest relative difference {found:.1e}, at most 1e-13 allowed")
        return 0 if found <= 1e-13 else 1
    path.write_text(json.dumps(made, separators=(",", ":")) + "\n")
    print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
