#!/usr/bin/env python3
"""Holds saved models against PyTorch and Python's safetensors.

    check_models.py NNBENCH     the program, built for release

Trains networks of every kind of layer with nnbench in both precisions, opens their files with Python's safetensors, loads them into a
torch.nn.Sequential built from the file's own description, strictly, and compares its answers with those of `nnbench predict`: within 1e-6
in Float and 1e-13 in Double of the largest answer. Needs the packages of Tests/NNBlasTests/Fixtures/requirements-torch.txt.
"""
import csv
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
import torch.nn as nn
from safetensors import safe_open
from safetensors.torch import load_file

ACTIVATIONS = {
    "identity": nn.Identity, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU, "gelu": nn.GELU, "silu": nn.SiLU,
    "softplus": nn.Softplus, "leaky-relu": nn.LeakyReLU, "elu": nn.ELU,
}
LISTS = [
    "4,9:gelu,batch-norm,dropout(0.2),7:elu(0.5),layer-norm,2:identity",
    "4,layer-norm,8,relu,batch-norm,6:leaky-relu(0.2),silu,2:softplus",
    "4,5:tanh,5:sigmoid,2:identity",
]


def activation(text):
    name, _, parameter = text.partition("(")
    return ACTIVATIONS[name](*([float(parameter[:-1])] if parameter else []))


def sequential(description):
    width, modules = description["inputs"], []
    for layer in description["layers"]:
        kind = layer["kind"]
        if kind == "dense":
            modules.append(nn.Linear(width, layer["outputs"]))
            width = layer["outputs"]
            if layer["activation"] != "identity":
                modules.append(activation(layer["activation"]))
        elif kind == "activation":
            modules.append(activation(layer["activation"]))
        elif kind == "dropout":
            modules.append(nn.Dropout(layer["rate"]))
        elif kind == "batch-norm":
            modules.append(nn.BatchNorm1d(width, eps=layer["epsilon"], momentum=layer["momentum"]))
        else:
            modules.append(nn.LayerNorm(width, eps=layer["epsilon"]))
    return nn.Sequential(*modules)


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    tool = sys.argv[1]
    torch.manual_seed(1)
    x = torch.randn(60, 4, dtype=torch.float64)
    y = torch.stack([x[:, 0] * x[:, 1], x[:, 2].sin()], 1)
    is_good = True
    with tempfile.TemporaryDirectory() as folder:
        table, model = pathlib.Path(folder, "table.csv"), str(pathlib.Path(folder, "model.safetensors"))
        with table.open("w") as file:
            csv.writer(file).writerows([["a", "b", "c", "d", "e", "f"], *torch.cat([x, y], 1).tolist()])
        for layers in LISTS:
            for precision, dtype, allowed in [("f32", torch.float32, 1e-6), ("f64", torch.float64, 1e-13)]:
                data = ["--data", str(table), "--target", "e,f"]
                subprocess.run(
                    [tool, "train", *data, "--layers", layers, "--cost", "mean-squared-error", "--optimizer", "adam", "--epochs",
                     "5", "--precision", precision, "--save", model], check=True, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL)
                printed = subprocess.run(
                    [tool, "predict", *data, "--model", model], check=True, capture_output=True, text=True).stdout
                answers = torch.tensor([[float(n) for n in line.split(",")] for line in printed.splitlines()[1:]],
                                       dtype=torch.float64)
                with safe_open(model, framework="pt") as file:
                    description = json.loads(file.metadata()["nnblas"])
                torch.set_default_dtype(dtype)
                network = sequential(description)
                network.load_state_dict(load_file(model), strict=True)
                network.eval()
                with torch.no_grad():
                    expected = network(x.to(dtype)).to(torch.float64)
                error = ((answers - expected).abs().max() / expected.abs().max()).item()
                is_good = is_good and error <= allowed
                print(f"{layers}, {precision}: {error:.1e} from PyTorch, allowed {allowed:.0e}")
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
