#!/usr/bin/env python3
"""Trains `mlp-512` in PyTorch until it has recognized a share of MNIST's test images at the end of an epoch.

    train_until.py --data DIR --seed 1 --accuracy 0.97

784-512-512-10, He's initialization, ReLU, softmax cross-entropy, Adam 1e-3, mini-batches of 128, in Float, without compilation,
which would take longer than the training. One line an epoch; exit code 1 when --epochs were not enough. `time_to_accuracy.py` times it.
"""
import argparse
import sys

from time_peer import limit_threads, positive
from workloads import WORKLOADS


def epochs(workload, digits, seed, most):
    """Trains epoch by epoch, and gives the count of right answers after each."""
    import torch
    import torch.nn.functional as F

    torch.manual_seed(seed)
    inputs, labels = torch.from_numpy(digits.inputs), torch.from_numpy(digits.labels)
    test, answers = torch.from_numpy(digits.test_inputs), torch.from_numpy(digits.test_labels)
    layers = [torch.nn.Linear(m, n) for m, n in zip(workload.sizes[:-1], workload.sizes[1:])]
    for layer in layers:
        torch.nn.init.kaiming_normal_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
    parameters = [part for layer in layers for part in (layer.weight, layer.bias)]
    optimizer = torch.optim.Adam(parameters, lr=workload.rate, fused=True)

    def forward(a):
        for weights, biases in zip(parameters[0:-2:2], parameters[1:-2:2]):
            a = torch.relu(F.linear(a, weights, biases))
        return F.linear(a, parameters[-2], parameters[-1])

    for _ in range(most):
        for rows in torch.randperm(len(inputs)).split(workload.batch):
            cost = F.cross_entropy(forward(inputs.index_select(0, rows)), labels.index_select(0, rows))
            cost.backward()
            optimizer.step()
            optimizer.zero_grad()
        with torch.no_grad():
            yield int((forward(test).argmax(1) == answers).sum())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder with the four files of MNIST")
    parser.add_argument("--seed", type=int, default=1, help="of the first parameters and of the order (default: 1)")
    parser.add_argument("--accuracy", type=positive(float), default=0.97, help="the share to reach (default: 0.97)")
    parser.add_argument("--epochs", type=positive(int), default=20, help="the most to train (default: 20)")
    parser.add_argument("--threads", type=positive(int), default=2, help="of PyTorch (default: 2)")
    options = parser.parse_args()
    limit_threads(options.threads)
    from mnist import DataError, read_digits

    workload = WORKLOADS["mlp-512"]
    try:
        digits = read_digits(options.data, workload.dtype)
    except DataError as error:
        sys.exit(f"train_until: {error}")
    for epoch, correct in enumerate(epochs(workload, digits, options.seed, options.epochs), 1):
        print(f"Epoch {epoch}: {correct}/{len(digits.test_labels)} correct", flush=True)
        if correct >= options.accuracy * len(digits.test_labels):
            return 0
    print(f"train_until: {options.epochs} epochs did not reach {options.accuracy:.0%}; give more with --epochs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
