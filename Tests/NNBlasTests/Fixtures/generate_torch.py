#!/usr/bin/env python3
"""Writes torch-mlp.json: 100 steps of the workload mlp-512 in PyTorch, for the tests to compare with.

    python3 generate_torch.py           write torch-mlp.json beside this script
    python3 generate_torch.py --check   compare with the committed file, exit 1 on a difference: losses within 1e-11 in Double and
                                        within 1e-5 in Float, but for `losses` from the 11th step on, within 0.05

Versions are pinned in requirements-torch.txt. Neither the parameters nor the data are stored: both sides compute them.

Settings: 784-512-512-10, ReLU, the last layer's sums into softmax cross-entropy, mean over the mini-batch; Adam with rate 1e-3,
0.9, 0.999, 1e-8; 12,800 examples in mini-batches of 128 in file order, step s on examples 128·s ..< 128·(s + 1). `losses` are
those of the 100 steps, each from before its update, in Float; `lossesInDouble` the same computed in Double throughout. Double is
what to compare strictly: two libraries agree within 1e-14 throughout. In Float an example sooner or later comes so close to the
kink of a ReLU that rounding decides whether a neuron has a gradient, of which Adam makes a whole step: one with other sums
(NumPy with OpenBLAS) agrees within 1e-6 in the first 10 steps and within 2e-2 at the end; PyTorch itself on another processor
within 4e-2.

`steady` is the same but for Adam's epsilon: 1e-4, about the size of a gradient here. A gradient that is nothing but rounding
moves its weight by nothing then, no neuron is on one side of its kink in Float and on the other in Double, and Float can be
compared strictly as well: PyTorch's own losses in Float are within 4e-7 of those in Double over all 100 steps, and so they are
with inputs and neurons in four other orders, which make other sums.

The generator, in unsigned 64-bit integers that wrap around:

    splitmix64(x):     z = x + 0x9E3779B97F4A7C15
                       z = (z ^ (z >> 30)) · 0xBF58476D1CE4E5B9
                       z = (z ^ (z >> 27)) · 0x94D049BB133111EB
                       return z ^ (z >> 31)
    u(stream, index):  (splitmix64(index + stream · 0x9E3779B97F4A7C15) >> 40) / 2²⁴, from [0, 1), exact in Float and in Double

    weight i of layer l (l from 0; row-major, outputs × inputs):   (2u − 1) / √inputs of u(1 + l, i), computed in Double, then
                                                                   rounded to the scalar's type
    biases:                                                        0
    byte of example r, column c:                                   k = ⌊256 · u · u⌋ of u(100, 784·r + c), in Double
    input:                                                         scalar(k) / 255, divided in the scalar's type
    label of example r:                                            the j of 0 ..< 10 for which the sum of the bytes of the
                                                                   columns with c mod 10 = j is the largest; of equal ones
                                                                   the first
"""
import argparse
import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent
SIZES, BATCH, STEPS = (784, 512, 512, 10), 128, 100
DATA_STREAM = 100
SHOWN_WEIGHTS, SHOWN_BYTES = 3, 5
EPSILON, STEADY_EPSILON = 1e-8, 1e-4
# Up to the step where rounding begins to decide, and beyond.
CERTAIN_STEPS = 10
ALLOWED, ALLOWED_BEYOND, ALLOWED_IN_DOUBLE = 1e-5, 0.05, 1e-11
GOLDEN = 0x9E3779B97F4A7C15


def splitmix64(x):
    """The hash of each of an array of UInt64."""
    z = x + np.uint64(GOLDEN)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def u(stream, count):
    """The first numbers of a stream, in Double."""
    start = np.uint64(stream * GOLDEN % 2**64)
    return (splitmix64(np.arange(count, dtype=np.uint64) + start) >> np.uint64(40)).astype(np.float64) / 2**24


def examples():
    """Bytes (examples × 784) and labels."""
    count, columns = STEPS * BATCH, SIZES[0]
    numbers = u(DATA_STREAM, count * columns)
    pixels = np.floor(256 * numbers * numbers).astype(np.uint8).reshape(count, columns)
    sums = np.stack([pixels[:, j::10].sum(axis=1, dtype=np.int64) for j in range(SIZES[-1])], axis=1)
    return pixels, sums.argmax(axis=1)


def weights(dtype):
    """The weights that the training starts from, outputs × inputs."""
    shapes = list(zip(SIZES[1:], SIZES[:-1]))
    return [
        ((2 * u(1 + layer, m * n) - 1) / np.sqrt(float(n))).astype(dtype).reshape(m, n) for layer, (m, n) in enumerate(shapes)]


def train(pixels, labels, dtype, epsilon):
    """The losses of the steps, and the weights after them."""
    inputs = torch.from_numpy(pixels.astype(dtype) / dtype(255))
    answers = torch.from_numpy(labels)
    layers = [torch.from_numpy(w).requires_grad_() for w in weights(dtype)]
    biases = [torch.zeros(len(w), dtype=w.dtype, requires_grad=True) for w in layers]
    optimizer = torch.optim.Adam([*layers, *biases], eps=epsilon)
    losses = []
    for start in range(0, STEPS * BATCH, BATCH):
        a = inputs[start:start + BATCH]
        for layer, (w, b) in enumerate(zip(layers, biases)):
            z = F.linear(a, w, b)
            a = torch.relu(z)
        loss = F.cross_entropy(z, answers[start:start + BATCH])
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses, [w.detach().numpy() for w in layers]


def document():
    pixels, labels = examples()
    losses, _ = train(pixels, labels, np.float32, EPSILON)
    in_double, after_double = train(pixels, labels, np.float64, EPSILON)
    steady, after_steady = train(pixels, labels, np.float32, STEADY_EPSILON)
    steady_in_double, after_steady_double = train(pixels, labels, np.float64, STEADY_EPSILON)

    def shown(layers):
        return [w.ravel()[:SHOWN_WEIGHTS].astype(np.float64).tolist() for w in layers]

    return {
        "generator": "generate_torch.py", "torch": torch.__version__.split("+")[0],
        "settings": {
            "layers": SIZES, "activation": "relu", "cost": "softmax cross-entropy", "batch": BATCH, "steps": STEPS,
            "examples": STEPS * BATCH, "optimizer": "adam", "learningRate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": EPSILON},
        "bytes": pixels[0, :SHOWN_BYTES].tolist(), "labels": labels[:SHOWN_BYTES].tolist(),
        "initial": shown(weights(np.float32)), "finalInDouble": shown(after_double),
        "losses": losses, "lossesInDouble": in_double,
        "steady": {
            "epsilon": STEADY_EPSILON, "final": shown(after_steady), "finalInDouble": shown(after_steady_double),
            "losses": steady, "lossesInDouble": steady_in_double}}


def same(made, kept):
    """Whether two documents agree: losses within what is allowed, what is generated exactly."""
    exact = True
    for name, a, b, key, steps, allowed in (
            ("losses", made, kept, "losses", slice(CERTAIN_STEPS), ALLOWED),
            ("later losses", made, kept, "losses", slice(CERTAIN_STEPS, None), ALLOWED_BEYOND),
            ("lossesInDouble", made, kept, "lossesInDouble", slice(None), ALLOWED_IN_DOUBLE),
            ("steady losses", made["steady"], kept["steady"], "losses", slice(None), ALLOWED),
            ("steady lossesInDouble", made["steady"], kept["steady"], "lossesInDouble", slice(None), ALLOWED_IN_DOUBLE)):
        found = max(abs(x - y) for x, y in zip(a[key][steps], b[key][steps], strict=True))
        print(f"torch-mlp.json: {name} differ by at most {found:.1e}, {allowed:.0e} allowed")
        exact = exact and found <= allowed
    for key in ("settings", "bytes", "labels", "initial"):
        if json.loads(json.dumps(made[key])) != kept[key]:
            exact = False
            print(f"torch-mlp.json: {key} differ")
    if made["steady"]["epsilon"] != kept["steady"]["epsilon"]:
        exact = False
        print("torch-mlp.json: epsilons differ")
    return exact


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed file instead of writing it")
    options = parser.parse_args()
    path, made = HERE / "torch-mlp.json", document()
    if options.check:
        return 0 if same(made, json.loads(path.read_text())) else 1
    path.write_text(json.dumps(made, separators=(",", ":")) + "\n")
    print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
