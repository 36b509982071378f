#!/usr/bin/env python3
"""Checks that all peers train the same: what is compared has to compute the same.

    selfcheck.py [--peers A,B]       exit 1 where two differ

First the gradient of numpy-plain against central differences of the cost, then every peer against numpy-plain: 20 steps in
Double from the same parameters on the same mini-batches of made-up images, in each combination of activation, cost and
optimizer that the workloads have, and for single examples. The mean cost and all parameters have to agree within 1e-10 of the
largest of them.
"""
import argparse
import dataclasses
import os
import sys

from time_peer import PEERS, limit_threads, peer_class
from workloads import Workload

STEPS, BATCH, EXAMPLES = 20, 10, 240
ALLOWED = 1e-10
# A central difference of step h is off by h² and by 1e-16/h, relative to values around 1; the best h leaves some 1e-10.
ALLOWED_DIFFERENCE, H = 1e-7, 1e-5

CASES = (
    Workload("sigmoid, quadratic, SGD", (784, 30, 10), BATCH, "sigmoid", "quadratic", "sgd", 3.0, "f64"),
    Workload("sigmoid, quadratic, SGD, single examples", (784, 30, 10), 1, "sigmoid", "quadratic", "sgd", 0.5, "f64"),
    Workload("sigmoid, cross-entropy, SGD", (784, 30, 20, 10), BATCH, "sigmoid", "cross-entropy", "sgd", 0.5, "f64"),
    Workload("sigmoid, cross-entropy, SGD, single examples", (784, 30, 20, 10), 1, "sigmoid", "cross-entropy", "sgd", 0.05, "f64"),
    Workload("ReLU, softmax, SGD", (784, 40, 30, 10), BATCH, "relu", "softmax", "sgd", 0.1, "f64"),
    Workload("ReLU, softmax, Adam", (784, 40, 30, 10), BATCH, "relu", "softmax", "adam", 1e-3, "f64"),
)


def made_up_digits():
    """Images of which a class has its own pixels bright, so that there is something to learn."""
    import numpy as np
    from mnist import Digits

    generator = np.random.default_rng(7)
    labels = generator.integers(0, 10, EXAMPLES)
    inputs = generator.random((EXAMPLES, 784)) * 0.3
    inputs[np.arange(784) % 10 == labels[:, None]] += 0.5
    return Digits(inputs, labels, np.eye(10)[labels], inputs, labels)


def cost(workload, parameters, digits, rows):
    """The mean cost of examples, by the formulas."""
    import numpy as np
    from network import forward

    a, y = forward(workload, parameters, digits.inputs[rows]), digits.targets[rows]
    if workload.cost == "softmax":
        return np.mean(np.log(np.exp(a).sum(axis=1)) - (a * y).sum(axis=1))
    if workload.cost == "quadratic":
        return np.sum((a - y) ** 2) / 2 / len(rows)
    return -np.sum(y * np.log(a) + (1 - y) * np.log1p(-a)) / len(rows)


def check_gradient(workload, digits):
    """The largest difference of numpy-plain's gradient, read off one step of gradient descent, from central differences."""
    import numpy as np
    from network import initial
    from peer import Order

    workload = dataclasses.replace(workload, optimizer="sgd")
    start, rows = initial(workload), np.arange(workload.batch)
    peer = peer_class("numpy-plain")(workload, digits, start, Order(EXAMPLES, workload.batch, None))
    peer.run(1)
    generator, worst = np.random.default_rng(3), 0.0
    for layer, after in enumerate(peer.parameters()):
        for part in (0, 1):
            gradient = (start[layer][part] - after[part]) / workload.rate
            for place in generator.choice(gradient.size, 8, replace=False):
                values = []
                for shift in (H, -H):
                    moved = [[array.copy() for array in both] for both in start]
                    moved[layer][part].flat[place] += shift
                    values.append(cost(workload, moved, digits, rows))
                worst = max(worst, abs((values[0] - values[1]) / (2 * H) - gradient.flat[place]))
    return worst


def train(name, workload, digits):
    from network import initial
    from peer import Order

    peer = peer_class(name)(workload, digits, initial(workload), Order(EXAMPLES, workload.batch, None))
    peer.chunk = STEPS
    return peer.run(STEPS), peer.parameters()


def difference(one, other):
    """The largest difference of two trainings, relative to the largest value of its kind."""
    import numpy as np

    worst = abs(one[0] - other[0]) / abs(one[0])
    for mine, theirs in zip(one[1], other[1]):
        for a, b in zip(mine, theirs):
            worst = max(worst, float(np.max(np.abs(a - b)) / np.max(np.abs(a))))
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", default=",".join(PEERS), help="which (default: all)")
    options = parser.parse_args()
    names = options.peers.split(",")
    if unknown := set(names) - set(PEERS):
        parser.error(f"unknown peer {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    limit_threads(os.cpu_count())

    digits, failed = made_up_digits(), False
    for workload in CASES:
        worst = check_gradient(workload, digits)
        failed |= worst > ALLOWED_DIFFERENCE
        print(f"{workload.name}: gradient {worst:.0e} from central differences, at most {ALLOWED_DIFFERENCE:.0e} allowed")
        reference = train("numpy-plain", workload, digits)
        for name in names:
            reason = peer_class(name).cannot(workload)
            if not reason and name == "sklearn" and workload.optimizer == "adam":
                reason = "its Adam adds 1e-8 at another place"
            if reason:
                print(f"  {name:<15} skipped: {reason}")
                continue
            found = difference(reference, train(name, workload, digits))
            wrong = not found <= ALLOWED
            failed |= wrong
            print(f"  {name:<15} {found:.0e}{f'  MORE THAN {ALLOWED:.0e}' if wrong else ''}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
