#!/usr/bin/env python3
"""Writes torch-layers.json: 50 steps of every layer, activation, cost and optimizer in PyTorch, in double precision.

    python3 generate_torch_layers.py           write torch-layers.json beside this script
    python3 generate_torch_layers.py --check   compare with the committed file, exit 1 where a number differs by more than 1e-12

Versions are pinned in requirements-torch.txt. Each case has its network's layers, its settings as NNBlas spells them, the first
parameters, the data, and what PyTorch made of them: the cost and the gradients of the first step, the costs of all steps, each from
before its update, the parameters and statistics at the end, and the answers then, in inference.

Steps go through the 32 examples in file order in batches of 8, again and again. What PyTorch leaves to its users is written out
here: L1 penalties, sums over batches, running means of parameters. Penalties and decay are for the weights of linear layers, so
parameters are in two groups. Dropout's masks are NNBlas's own, from Philox 4x32 with ten rounds, written out in NumPy.
"""
import argparse
import json
import math
import pathlib
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent
FILE = HERE / "torch-layers.json"
EXAMPLES, BATCH, INPUTS, OUTPUTS, STEPS, SEED = 32, 8, 6, 3, 50, 11
ALLOWED = 1e-12
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

ACTIVATIONS = {
    "identity": nn.Identity,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky-relu(0.01)": lambda: nn.LeakyReLU(0.01),
    "leaky-relu(0.2)": lambda: nn.LeakyReLU(0.2),
    "elu(1.0)": nn.ELU,
    "elu(0.5)": lambda: nn.ELU(0.5),
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "softmax": lambda: nn.Softmax(dim=1),
}


def philox(counter, key):
    """The block of a counter of four words, and a key of two."""
    c, k = [int(x) for x in counter], [int(x) for x in key]
    for _ in range(10):
        p0, p1 = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & 0xFFFFFFFF, (p0 >> 32) ^ c[3] ^ k[1], p0 & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


class Dropout(nn.Module):
    """Drops where NNBlas does: by the seed, the number of the batch, and the number of the layer."""

    def __init__(self, rate, layer):
        super().__init__()
        self.rate, self.layer, self.step = rate, layer, 0

    def forward(self, x):
        if not self.training:
            return x
        rows, columns = x.shape
        blocks, threshold = (columns + 3) // 4, round(self.rate * 2**32)
        mask = np.empty((rows, columns))
        for row in range(rows):
            for column in range(columns):
                words = philox([row * blocks + column // 4, self.layer, self.step, 4], [SEED & 0xFFFFFFFF, SEED >> 32])
                mask[row, column] = 0 if words[column % 4] < threshold else 1 / (1 - self.rate)
        self.step += 1
        return x * torch.from_numpy(mask)


def module(spec, index, inputs):
    """A layer's modules, and its width."""
    kind = spec["kind"]
    if kind == "dense":
        return [nn.Linear(inputs, spec["outputs"]), ACTIVATIONS[spec["activation"]]()], spec["outputs"]
    if kind == "activation":
        return [ACTIVATIONS[spec["activation"]]()], inputs
    if kind == "dropout":
        return [Dropout(spec["rate"], index)], inputs
    if kind == "batch-norm":
        return [nn.BatchNorm1d(inputs, momentum=spec.get("momentum", 0.1), eps=spec.get("epsilon", 1e-5))], inputs
    if kind == "layer-norm":
        return [nn.LayerNorm(inputs, eps=spec.get("epsilon", 1e-5))], inputs
    raise ValueError(kind)


def costs(name, parameter, answers, targets, ends_in):
    """The cost of each example."""
    if name == "quadratic":
        return 0.5 * ((answers - targets) ** 2).sum(1)
    if name == "mean-squared-error":
        return F.mse_loss(answers, targets, reduction="none").mean(1)
    if name == "mean-absolute-error":
        return F.l1_loss(answers, targets, reduction="none").mean(1)
    if name == "huber":
        return F.huber_loss(answers, targets, reduction="none", delta=parameter).mean(1)
    if name == "cross-entropy":
        loss = F.binary_cross_entropy if ends_in == "sigmoid" else F.binary_cross_entropy_with_logits
        return loss(answers, targets, reduction="none").sum(1)
    if name == "softmax-cross-entropy":
        return F.cross_entropy(answers, targets, reduction="none", label_smoothing=parameter or 0.0)
    raise ValueError(name)


def optimizer(settings, weights, others):
    """PyTorch's optimizer of a case; penalties are for the weights."""
    rate, l2 = settings["learningRate"], settings.get("l2", 0.0)
    name = settings["optimizer"]
    groups = [{"params": weights, "weight_decay": l2}, {"params": others, "weight_decay": 0.0}]
    if name == "sgd":
        return torch.optim.SGD(groups, lr=rate)
    if name == "momentum":
        return torch.optim.SGD(groups, lr=rate, momentum=0.9)
    if name == "nesterov":
        return torch.optim.SGD(groups, lr=rate, momentum=0.9, nesterov=True)
    if name == "rmsprop":
        return torch.optim.RMSprop(groups, lr=rate)
    if name == "adam":
        return torch.optim.Adam(groups, lr=rate)
    if name == "adamw":
        groups[0]["weight_decay"] = 0.01
        return torch.optim.AdamW(groups, lr=rate)
    raise ValueError(name)


def factor(schedule, step):
    """What the rate is multiplied by in an update, as the schedules are defined."""
    if schedule is None:
        return 1.0
    kind, *numbers = schedule
    if kind == "step":
        return numbers[1] ** (step // numbers[0])
    if kind == "exponential":
        return numbers[0] ** step
    if kind == "cosine":
        return 0.5 * (1 + math.cos(math.pi * min(step, numbers[0]) / numbers[0]))
    if kind == "warm-up":
        return min(1.0, (step + 1) / numbers[0])
    raise ValueError(kind)


def numbers(random, *shape):
    """Multiples of 2^-20, so that they are short in the file and exact everywhere."""
    return np.round(random.uniform(-1, 1, shape) * 2**20) / 2**20


def run(index, case):
    random = np.random.default_rng(1000 + index)
    modules, width = [], INPUTS
    for number, spec in enumerate(case["layers"]):
        made, width = module(spec, number, width)
        modules += made
    network = nn.Sequential(*modules)
    weights, others = [], []
    with torch.no_grad():
        for made in network:
            for name, parameter in made.named_parameters():
                is_scale = isinstance(made, (nn.BatchNorm1d, nn.LayerNorm)) and name == "weight"
                drawn = 1 + numbers(random, *parameter.shape) / 4 if is_scale else numbers(random, *parameter.shape) * 0.75
                parameter.copy_(torch.from_numpy(drawn))
                (weights if isinstance(made, nn.Linear) and name == "weight" else others).append(parameter)
    parameters = list(network.parameters())
    initial = [p.detach().flatten().tolist() for p in parameters]
    inputs = numbers(random, EXAMPLES, INPUTS)
    targets = np.abs(numbers(random, EXAMPLES, width))
    labels = None
    if case.get("labels"):
        labels = [int(x) for x in random.integers(0, width, EXAMPLES)]
        targets = np.eye(width)[labels]
    elif case["cost"].startswith("softmax"):
        targets = targets / targets.sum(1, keepdims=True)
    example_weights = np.abs(numbers(random, EXAMPLES)) * 2 if case.get("weighted") else np.ones(EXAMPLES)
    x, y, w = torch.from_numpy(inputs), torch.from_numpy(targets), torch.from_numpy(example_weights)
    name, _, rest = case["cost"].partition("(")
    parameter = float(rest[:-1]) if rest else None
    last = case["layers"][-1]
    ends_in = last.get("activation")
    # Softmax cross-entropy is of logits in PyTorch.
    trained = network[:-1] if name == "softmax-cross-entropy" and ends_in == "softmax" else network
    settings = case["settings"]
    accumulation, averaging = settings.get("accumulation", 1), settings.get("averaging")
    average = [p.detach().clone() for p in parameters] if averaging is not None else []
    steps = optimizer(settings, weights, others)
    network.train()
    losses, first, update, waiting = [], None, 0, 0
    for step in range(STEPS):
        start = step * BATCH % EXAMPLES
        chosen = slice(start, start + BATCH)
        loss = (costs(name, parameter, trained(x[chosen]), y[chosen], ends_in) * w[chosen]).mean()
        losses.append(loss.item())
        (loss / accumulation).backward()
        waiting += 1
        if first is None:
            first = [p.grad.flatten().tolist() for p in parameters]
        if waiting < accumulation:
            continue
        waiting = 0
        clipping = settings.get("clipping")
        if clipping and clipping[0] == "value":
            nn.utils.clip_grad_value_(parameters, clipping[1])
        if clipping and clipping[0] == "norm":
            # Without the 1e-6 that PyTorch adds to the norm.
            norm = math.sqrt(sum((p.grad**2).sum().item() for p in parameters))
            if norm > clipping[1]:
                for p in parameters:
                    p.grad *= clipping[1] / norm
        for p in weights:
            p.grad += settings.get("l1", 0.0) * torch.sign(p.detach())
        for group in steps.param_groups:
            group["lr"] = settings["learningRate"] * factor(settings.get("schedule"), update)
        steps.step()
        steps.zero_grad()
        update += 1
        for mean, p in zip(average, parameters):
            mean += (1 - averaging) * (p.detach() - mean)
    network.eval()
    return {
        **case,
        "initial": initial,
        "inputs": inputs.tolist(),
        "targets": targets.tolist(),
        **({"labelOfExamples": labels} if labels else {}),
        **({"weights": example_weights.tolist()} if case.get("weighted") else {}),
        "gradient": first,
        "losses": losses,
        "final": [p.detach().flatten().tolist() for p in parameters],
        "statistics": [
            b.flatten().tolist() for n, b in network.named_buffers() if n.endswith(("running_mean", "running_var"))
        ],
        **({"average": [m.flatten().tolist() for m in average]} if averaging is not None else {}),
        "answers": network(x).detach().tolist(),
    }


def dense(outputs, activation="identity"):
    return {"kind": "dense", "outputs": outputs, "activation": activation}


def cases():
    sgd = {"optimizer": "sgd", "learningRate": 0.125}
    plain = [dense(7, "tanh"), dense(OUTPUTS)]

    def case(name, layers, cost="quadratic", settings=sgd, **more):
        return {"name": name, "layers": layers, "cost": cost, "settings": settings, **more}

    for name in ACTIVATIONS:
        if name != "softmax":
            yield case(f"activation {name}", [dense(7, name), dense(5, name), dense(OUTPUTS)])
            yield case(f"last activation {name}", [dense(7, "tanh"), dense(OUTPUTS, name)])
            yield case(f"layer of {name}", [{"kind": "activation", "activation": name}, dense(OUTPUTS)])
    yield case("softmax, quadratic", [dense(7, "tanh"), dense(OUTPUTS, "softmax")])
    normal, row = {"kind": "batch-norm"}, {"kind": "layer-norm"}
    yield case("batch norm", [dense(7), normal, {"kind": "activation", "activation": "relu"}, dense(OUTPUTS)])
    yield case("batch norm first", [normal, dense(7, "gelu"), {**normal, "momentum": 0.5, "epsilon": 1e-3}, dense(OUTPUTS)])
    yield case("batch norm last, softmax", [dense(OUTPUTS), normal], "softmax-cross-entropy", labels=True)
    yield case("layer norm", [dense(7), row, {"kind": "activation", "activation": "silu"}, dense(OUTPUTS)])
    yield case("layer norm first and last", [{**row, "epsilon": 1e-3}, dense(OUTPUTS), row])
    yield case("both norms, adam", [dense(8, "relu"), normal, dense(9, "elu(1.0)"), row, dense(OUTPUTS)],
               settings={"optimizer": "adam", "learningRate": 1 / 128})
    yield case("dropout", [dense(7, "tanh"), {"kind": "dropout", "rate": 0.25}, dense(OUTPUTS)])
    yield case("dropout first and twice", [
        {"kind": "dropout", "rate": 0.125}, dense(9, "gelu"), {"kind": "dropout", "rate": 0.5}, dense(OUTPUTS)])
    for cost in ["mean-squared-error", "mean-absolute-error", "huber(0.25)", "huber(1.0)"]:
        yield case(f"cost {cost}", plain, cost)
        yield case(f"cost {cost}, sigmoid", [dense(7, "tanh"), dense(OUTPUTS, "sigmoid")], cost)
        yield case(f"cost {cost}, gelu", [dense(7, "tanh"), dense(OUTPUTS, "gelu")], cost)
    yield case("cross-entropy of sigmoids", [dense(7, "tanh"), dense(OUTPUTS, "sigmoid")], "cross-entropy")
    yield case("cross-entropy of logits", plain, "cross-entropy")
    yield case("softmax of logits", plain, "softmax-cross-entropy", labels=True)
    yield case("softmax of logits, distributions", plain, "softmax-cross-entropy")
    yield case("softmax of probabilities", [dense(7, "tanh"), dense(OUTPUTS, "softmax")], "softmax-cross-entropy", labels=True)
    yield case("label smoothing", plain, "softmax-cross-entropy(0.125)", labels=True)
    yield case("label smoothing of distributions", plain, "softmax-cross-entropy(0.25)")
    for cost in ["quadratic", "softmax-cross-entropy", "huber(0.25)"]:
        yield case(f"weighted {cost}", plain, cost, weighted=True, labels=cost.startswith("softmax"))
    rates = {"sgd": 0.125, "momentum": 1 / 32, "nesterov": 1 / 32, "rmsprop": 1 / 128, "adam": 1 / 64, "adamw": 1 / 64}
    for name, rate in rates.items():
        base = {"optimizer": name, "learningRate": rate}
        for words, more in [
            ("", {}), (", l2", {"l2": 1 / 64}), (", l1", {"l1": 1 / 256}), (", value", {"clipping": ["value", 0.03125]}),
            (", norm", {"clipping": ["norm", 0.125]}), (", accumulation", {"accumulation": 2}),
            (", averaging", {"averaging": 0.875}),
            (", all", {"l2": 1 / 64, "l1": 1 / 256, "clipping": ["norm", 0.125], "accumulation": 2, "averaging": 0.875,
                       "schedule": ["cosine", 40]}),
        ]:
            if name == "adamw" and "l2" in more:
                continue
            yield case(f"{name}{words}", plain, settings={**base, **more})
    for schedule in [["step", 10, 0.5], ["exponential", 0.96875], ["cosine", 40], ["warm-up", 16]]:
        yield case(f"schedule {schedule[0]}", plain, settings={**sgd, "schedule": schedule})


def differences(a, b, place=""):
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(set(a) | set(b)):
            yield from differences(a.get(key), b.get(key), f"{place}.{key}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for index, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, f"{place}[{index}]")
    elif isinstance(a, float) and isinstance(b, (int, float)):
        if abs(a - b) > ALLOWED:
            yield f"{place}: {a} and {b}"
    elif a != b:
        yield f"{place}: {a} and {b}"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true", help="compare with the committed file")
    check = arguments.parse_args().check
    made = {"seed": SEED, "batch": BATCH, "steps": STEPS, "cases": [run(i, c) for i, c in enumerate(cases())]}
    if not check:
        FILE.write_text(json.dumps(made, separators=(",", ":")) + "\n")
        print(f"{FILE.name}: {len(made['cases'])} cases, {FILE.stat().st_size} bytes")
        return
    found = list(differences(made, json.loads(FILE.read_text())))
    print("\n".join(found[:20]) or f"{FILE.name}: {len(made['cases'])} cases agree within {ALLOWED}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
