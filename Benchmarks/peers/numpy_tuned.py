"""Peer `numpy-tuned`: as far as NumPy can be driven.

Every buffer and view is made once, and products, sums and functions write into them; the parameters lie in one block of
memory, and so do their gradients, so that an update is one pass; Adam's passes go over pieces that stay in the cache.
"""
import numpy as np

from numpy_plain import NumPyPlain
from peer import Peer

# Scalars; five pieces of it are 320 KiB of Floats.
PIECE = 16_384


def views(block, sizes):
    """The weights and the biases of each layer as views of one block."""
    weights, biases, start = [], [], 0
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        weights.append(block[start:start + inputs * outputs].reshape(outputs, inputs))
        start += inputs * outputs
        biases.append(block[start:start + outputs])
        start += outputs
    return weights, biases


class NumPyTuned(Peer):
    versions = staticmethod(NumPyPlain.versions)

    def __init__(self, workload, digits, parameters, order):
        super().__init__(workload, digits, parameters, order)
        of_type, sizes, rows = workload.dtype, workload.sizes, workload.batch
        self.block = np.concatenate([part.ravel() for layer in parameters for part in layer])
        self.gradient = np.empty_like(self.block)
        self.weights, self.biases = views(self.block, sizes)
        self.gradients, self.bias_gradients = views(self.gradient, sizes)
        self.a = [np.empty((rows, n), of_type) for n in sizes]
        self.deltas = [np.empty((rows, n), of_type) for n in sizes[1:]]
        self.scratch = [np.empty_like(delta) for delta in self.deltas]
        self.masks = [np.empty(delta.shape, bool) for delta in self.deltas]
        self.y = np.empty_like(self.deltas[-1])
        self.column = np.empty((rows, 1), of_type)
        self.ones = np.ones(rows, of_type)
        self.weights_transposed = [w.T for w in self.weights]
        self.deltas_transposed = [delta.T for delta in self.deltas]
        # The mean, and gradient descent's rate, go into the smallest operand: the error of the last layer.
        self.scale = (workload.rate if workload.optimizer == "sgd" else 1) / rows
        if workload.optimizer == "adam":
            state = [self.block, self.gradient, np.zeros_like(self.block), np.zeros_like(self.block)]
            self.pieces = [tuple(part[i:i + PIECE] for part in state) for i in range(0, self.block.size, PIECE)]
            self.piece, self.steps = np.empty(min(PIECE, self.block.size), of_type), 0

    def step(self, rows):
        a, deltas, last, relu = self.a, self.deltas, len(self.weights) - 1, self.workload.hidden == "relu"
        self.digits.inputs.take(rows, 0, a[0], "clip")
        self.digits.targets.take(rows, 0, self.y, "clip")
        for layer in range(last + 1):
            z = a[layer + 1]
            np.dot(a[layer], self.weights_transposed[layer], z)
            z += self.biases[layer]
            if layer == last:
                cost = self.cost(z)
            elif relu:
                np.maximum(z, 0, z)
            else:
                self.sigmoid(z)
        deltas[-1] *= self.scale
        for layer in range(last, -1, -1):
            np.dot(self.deltas_transposed[layer], a[layer], self.gradients[layer])
            np.dot(self.ones, deltas[layer], self.bias_gradients[layer])
            if layer > 0:
                np.dot(deltas[layer], self.weights[layer], deltas[layer - 1])
                if relu:
                    np.greater(a[layer], 0, self.masks[layer - 1])
                    deltas[layer - 1] *= self.masks[layer - 1]
                else:
                    self.multiply_by_derivative(layer - 1)
        if self.workload.optimizer == "sgd":
            self.block -= self.gradient
        else:
            self.adam()
        return cost / len(rows)

    def cost(self, z):
        """Turns the last sums into activations, their error into the last delta, and returns the summed cost."""
        delta, scratch = self.deltas[-1], self.scratch[-1]
        if self.workload.cost == "softmax":
            np.maximum.reduce(z, 1, None, self.column, True)
            z -= self.column
            chosen = np.vdot(z, self.y)
            np.exp(z, z)
            np.add.reduce(z, 1, None, self.column, True)
            z /= self.column
            np.subtract(z, self.y, delta)
            np.log(self.column, self.column)
            return self.column.sum() - chosen
        if self.workload.cost == "quadratic":
            self.sigmoid(z)
            np.subtract(z, self.y, delta)
            value = np.vdot(delta, delta) / 2
            self.multiply_by_derivative(len(self.weights) - 1)
            return value
        np.abs(z, scratch)
        np.negative(scratch, scratch)
        np.exp(scratch, scratch)
        np.log1p(scratch, scratch)
        np.maximum(z, 0, delta)
        scratch += delta
        value = scratch.sum() - np.vdot(z, self.y)
        self.sigmoid(z)
        np.subtract(z, self.y, delta)
        return value

    @staticmethod
    def sigmoid(z):
        np.negative(z, z)
        np.exp(z, z)
        z += 1
        np.reciprocal(z, z)

    def multiply_by_derivative(self, layer):
        np.subtract(1, self.a[layer + 1], self.scratch[layer])
        self.scratch[layer] *= self.a[layer + 1]
        self.deltas[layer] *= self.scratch[layer]

    def adam(self):
        self.steps += 1
        # rate · m/(1 − 0.9ᵗ) ÷ (√(v/(1 − 0.999ᵗ)) + 1e-8), multiplied out by √(1 − 0.999ᵗ).
        root = (1 - 0.999 ** self.steps) ** 0.5
        rate, epsilon = self.workload.rate * root / (1 - 0.9 ** self.steps), 1e-8 * root
        for parameters, gradient, mean, square in self.pieces:
            scratch = self.piece[:len(gradient)]
            mean *= 0.9
            np.multiply(gradient, 0.1, scratch)
            mean += scratch
            square *= 0.999
            np.multiply(gradient, gradient, scratch)
            scratch *= 0.001
            square += scratch
            np.sqrt(square, scratch)
            scratch += epsilon
            np.divide(mean, scratch, scratch)
            scratch *= rate
            parameters -= scratch

    def parameters(self):
        return list(zip(self.weights, self.biases))
