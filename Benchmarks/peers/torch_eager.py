"""Peer `torch-eager`: PyTorch as it is mostly used on a CPU, without compilation.

Layers are torch.nn.functional.linear, gradients come from autograd, the update is the fused form of torch.optim. The images
are one tensor, from which index_select gathers into a buffer that is kept; there is no loader.
"""
import numpy as np
import torch
import torch.nn.functional as F

from peer import Peer


def cost_of(workload, z, labels, targets):
    """The mean cost of a mini-batch from the last layer's sums."""
    if workload.cost == "softmax":
        return F.cross_entropy(z, labels)
    if workload.cost == "cross-entropy":
        return F.binary_cross_entropy_with_logits(z, targets, reduction="sum") / len(z)
    return F.mse_loss(torch.sigmoid(z), targets, reduction="sum") / (2 * len(z))


def last_sums(workload, parameters, a):
    """The last layer's sums; `parameters` are weights and biases in turn."""
    for layer in range(0, len(parameters), 2):
        z = F.linear(a, parameters[layer], parameters[layer + 1])
        if layer < len(parameters) - 2:
            a = torch.relu(z) if workload.hidden == "relu" else torch.sigmoid(z)
    return z


class TorchEager(Peer):
    def __init__(self, workload, digits, parameters, order):
        super().__init__(workload, digits, parameters, order)
        self.inputs, self.labels = torch.from_numpy(digits.inputs), torch.from_numpy(digits.labels)
        self.targets = torch.from_numpy(digits.targets)
        self.layers = [torch.from_numpy(part.copy()).requires_grad_() for layer in parameters for part in layer]
        make = torch.optim.SGD if workload.optimizer == "sgd" else torch.optim.Adam
        self.optimizer = make(self.layers, lr=workload.rate, fused=True)
        self.x = torch.empty(workload.batch, workload.sizes[0], dtype=self.inputs.dtype)
        self.y = torch.empty(workload.batch, 10, dtype=self.inputs.dtype)
        self.l = torch.empty(workload.batch, dtype=torch.int64)

    @staticmethod
    def versions():
        return {"torch": torch.__version__, "numpy": np.__version__}

    def rows(self, steps):
        return torch.from_numpy(self.order.take(steps))

    def step(self, rows):
        torch.index_select(self.inputs, 0, rows, out=self.x)
        if self.workload.cost == "softmax":
            torch.index_select(self.labels, 0, rows, out=self.l)
        else:
            torch.index_select(self.targets, 0, rows, out=self.y)
        cost = self.cost(self.layers, self.x, self.l, self.y)
        cost.backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        return cost.item()

    def cost(self, layers, x, labels, targets):
        return cost_of(self.workload, last_sums(self.workload, layers, x), labels, targets)

    def parameters(self):
        arrays = [part.detach().numpy() for part in self.layers]
        return list(zip(arrays[0::2], arrays[1::2]))
