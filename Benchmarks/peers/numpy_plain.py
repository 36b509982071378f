"""Peer `numpy-plain`: NumPy on whole mini-batches as most people write it, one expression for each line of the algorithm."""
import numpy as np

from peer import Peer


class NumPyPlain(Peer):
    def __init__(self, workload, digits, parameters, order):
        super().__init__(workload, digits, parameters, order)
        self.weights = [weights.copy() for weights, _ in parameters]
        self.biases = [biases.copy() for _, biases in parameters]
        self.moments = [(np.zeros_like(p), np.zeros_like(p)) for p in self.weights + self.biases]
        self.steps = 0

    @staticmethod
    def versions():
        return {"numpy": np.__version__, "blas": np.show_config(mode="dicts")["Build Dependencies"]["blas"]["version"]}

    def step(self, rows):
        relu, last = self.workload.hidden == "relu", len(self.weights) - 1
        a, y = [self.digits.inputs[rows]], self.digits.targets[rows]
        for layer, (w, b) in enumerate(zip(self.weights, self.biases)):
            z = a[-1] @ w.T + b
            if layer < last or self.workload.cost != "softmax":
                a.append(np.maximum(z, 0) if relu else 1 / (1 + np.exp(-z)))
        if self.workload.cost == "softmax":
            z = z - z.max(axis=1, keepdims=True)
            e = np.exp(z)
            sums = e.sum(axis=1, keepdims=True)
            cost = np.sum(np.log(sums)) - np.sum(z * y)
            delta = e / sums - y
        else:
            delta = a[-1] - y
            if self.workload.cost == "quadratic":
                cost = np.sum(delta ** 2) / 2
                delta = delta * a[-1] * (1 - a[-1])
            else:
                cost = np.sum(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))
        by_weights, by_biases = [], []
        for layer in range(last, -1, -1):
            by_weights.insert(0, delta.T @ a[layer] / len(rows))
            by_biases.insert(0, delta.sum(axis=0) / len(rows))
            if layer > 0:
                delta = delta @ self.weights[layer]
                delta = delta * (a[layer] > 0) if relu else delta * a[layer] * (1 - a[layer])
        self.update(self.weights + self.biases, by_weights + by_biases)
        return cost / len(rows)

    def update(self, parameters, gradients):
        rate = self.workload.rate
        if self.workload.optimizer == "sgd":
            for p, g in zip(parameters, gradients):
                p -= rate * g
            return
        self.steps += 1
        for p, g, (mean, square) in zip(parameters, gradients, self.moments):
            mean[:] = 0.9 * mean + 0.1 * g
            square[:] = 0.999 * square + 0.001 * g ** 2
            p -= rate * (mean / (1 - 0.9 ** self.steps)) / (np.sqrt(square / (1 - 0.999 ** self.steps)) + 1e-8)

    def parameters(self):
        return list(zip(self.weights, self.biases))
