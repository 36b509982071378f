"""What all peers have in common: the order of the examples, and the interface that the clock drives.

A peer is made from a workload, the data, its first parameters and an order. `run(steps)` trains that many consecutive steps,
each gather, forward, cost, backward and update, with the shuffle wherever an epoch begins; it returns their mean cost, and
only when the last step is through.
"""
import numpy as np


class Order:
    """The rows of each mini-batch, shuffled anew for each epoch; with `seed` None in the order of the file.

    An epoch is as many whole mini-batches as there are; what is left over is left out.
    """

    def __init__(self, count, batch, seed=1):
        self.count, self.batch, self.seed = count, batch, seed
        self.generator = np.random.default_rng(seed)
        self.epoch, self.next = None, 0

    def take(self, steps):
        """The next mini-batches: an array of steps × batch row numbers."""
        parts = []
        while steps > 0:
            if self.epoch is None or self.next == len(self.epoch):
                rows = np.arange(self.count) if self.seed is None else self.generator.permutation(self.count)
                self.epoch, self.next = rows[:self.count // self.batch * self.batch].reshape(-1, self.batch), 0
            part = self.epoch[self.next:self.next + steps]
            self.next += len(part)
            steps -= len(part)
            parts.append(part)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


class Peer:
    """Someone else's training of a workload; subclasses give `__init__`, `run` or `step`, and `parameters`."""

    # `run` takes multiples of so many steps.
    chunk = 1

    def __init__(self, workload, digits, parameters, order):
        self.workload, self.digits, self.order = workload, digits, order

    @staticmethod
    def cannot(workload):
        """Why the peer cannot train the workload, or None where it can."""
        return None

    @staticmethod
    def versions():
        """The versions that the figures depend on, by name."""
        raise NotImplementedError

    def run(self, steps):
        total = 0.0
        for rows in self.rows(steps):
            total += self.step(rows)
        return float(total) / steps

    def rows(self, steps):
        """The rows of each of the next steps, as `step` takes them."""
        return self.order.take(steps)

    def step(self, rows):
        """One step on these rows; returns the mean cost of the examples, from before the update."""
        raise NotImplementedError

    def parameters(self):
        """For each layer its weights (outputs × inputs) and its biases as NumPy arrays."""
        raise NotImplementedError
