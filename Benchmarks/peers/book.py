"""Peer `book`: the algorithm of the book's programs, one example after the other.

Every example is a column, its gradient is computed alone and added to those of its mini-batch, and the update follows. It is
written anew here; the network has sigmoid layers, the cost is the quadratic or the cross-entropy, the update plain gradient
descent.
"""
import numpy as np

from peer import Peer


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


class Book(Peer):
    def __init__(self, workload, digits, parameters, order):
        super().__init__(workload, digits, parameters, order)
        self.weights = [weights.copy() for weights, _ in parameters]
        self.biases = [biases.reshape(-1, 1).copy() for _, biases in parameters]
        # Pairs of columns, as the book keeps its data.
        self.examples = list(zip(digits.inputs[:, :, None], digits.targets[:, :, None]))

    @staticmethod
    def cannot(workload):
        return None if workload.hidden == "sigmoid" else "the book's programs have sigmoid layers and plain gradient descent only"

    @staticmethod
    def versions():
        return {"numpy": np.__version__}

    def step(self, rows):
        sum_w, sum_b = [np.zeros(w.shape, w.dtype) for w in self.weights], [np.zeros(b.shape, b.dtype) for b in self.biases]
        total = 0.0
        for row in rows:
            by_w, by_b, cost = self.gradient(*self.examples[row])
            sum_w = [have + more for have, more in zip(sum_w, by_w)]
            sum_b = [have + more for have, more in zip(sum_b, by_b)]
            total += cost
        rate = self.workload.rate / len(rows)
        self.weights = [w - rate * s for w, s in zip(self.weights, sum_w)]
        self.biases = [b - rate * s for b, s in zip(self.biases, sum_b)]
        return total / len(rows)

    def gradient(self, x, y):
        """The gradient of one example's cost by weights and by biases, and the cost."""
        sums, activations = [], [x]
        for w, b in zip(self.weights, self.biases):
            sums.append(np.dot(w, activations[-1]) + b)
            activations.append(sigmoid(sums[-1]))
        a = activations[-1]
        error = a - y
        if self.workload.cost == "quadratic":
            cost = 0.5 * np.linalg.norm(error) ** 2
            error = error * a * (1 - a)
        else:
            # Written with z, so that an output of exactly 0 or 1 has a finite cost.
            z = sums[-1]
            cost = np.sum(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))
        by_w, by_b = [None] * len(self.weights), [None] * len(self.weights)
        for layer in reversed(range(len(self.weights))):
            below = activations[layer]
            by_w[layer], by_b[layer] = np.dot(error, below.T), error
            if layer > 0:
                error = np.dot(self.weights[layer].T, error) * below * (1 - below)
        return by_w, by_b, cost

    def parameters(self):
        return [(w, b.ravel()) for w, b in zip(self.weights, self.biases)]
