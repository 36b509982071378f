"""Peer `torch-compiled`: PyTorch with the whole step, gather to update, compiled into one function by torch.compile.

Compilation happens before the clock runs and needs a C++ compiler; where there is none, the peer says so. The gradients come
from torch.func; the update is written out, as the compiler fuses it.
"""
import shutil

import torch

from peer import Peer
from torch_eager import TorchEager, cost_of, last_sums


def compiled(function):
    """The function compiled for the shapes it is first called with, which no later call may change: nothing checks it.

    Checking them anew in every call would take longer than a small step. What was compiled before is forgotten, or it would
    be taken for this.
    """
    torch.compiler.reset()
    unchecked = {"guard_filter_fn": lambda guards: [False] * len(guards)}
    return torch.compile(function, fullgraph=True, dynamic=False, options=unchecked)


class TorchCompiled(Peer):
    versions = staticmethod(TorchEager.versions)
    rows = TorchEager.rows

    def __init__(self, workload, digits, parameters, order):
        super().__init__(workload, digits, parameters, order)
        self.data = tuple(torch.from_numpy(part) for part in (digits.inputs, digits.labels, digits.targets))
        self.layers = tuple(torch.from_numpy(part.copy()) for layer in parameters for part in layer)
        self.moments = tuple((torch.zeros_like(p), torch.zeros_like(p)) for p in self.layers)
        # Adam's two factors of a step; as tensors, for numbers would be compiled in.
        self.rate, self.root = (torch.zeros((), dtype=self.layers[0].dtype) for _ in range(2))
        self.steps = 0

        def compute(layers, x, labels, targets):
            return cost_of(workload, last_sums(workload, layers, x), labels, targets)

        def step(layers, moments, rate, root, data, rows):
            inputs, labels, targets = (part.index_select(0, rows) for part in data)
            gradients, cost = torch.func.grad_and_value(compute)(layers, inputs, labels, targets)
            for p, g, (mean, square) in zip(layers, gradients, moments):
                if workload.optimizer == "sgd":
                    p.sub_(g * workload.rate)
                else:
                    mean.lerp_(g, 0.1)
                    square.mul_(0.999).addcmul_(g, g, value=0.001)
                    p.sub_(rate * mean / (square.sqrt() / root + 1e-8))
            return cost

        self.compiled = compiled(step)

    @staticmethod
    def cannot(workload):
        if not any(shutil.which(name) for name in ("g++", "clang++")):
            return "torch.compile needs a C++ compiler; install g++"
        return None

    def run(self, steps):
        with torch.no_grad():
            return super().run(steps)

    def step(self, rows):
        if self.workload.optimizer == "adam":
            self.steps += 1
            self.rate.fill_(self.workload.rate / (1 - 0.9 ** self.steps))
            self.root.fill_((1 - 0.999 ** self.steps) ** 0.5)
        return self.compiled(self.layers, self.moments, self.rate, self.root, self.data, rows).item()

    def parameters(self):
        arrays = [part.numpy() for part in self.layers]
        return list(zip(arrays[0::2], arrays[1::2]))
