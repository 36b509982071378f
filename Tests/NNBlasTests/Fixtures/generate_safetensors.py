#!/usr/bin/env python3
"""Writes torch-sequential.safetensors, a torch.nn.Sequential as Python's safetensors saves it, and torch-sequential.json, what it predicts.

    python3 generate_safetensors.py           write both beside this script
    python3 generate_safetensors.py --check   compare with the committed files, exit 1 on a difference

Versions are pinned in requirements-torch.txt.
"""
import argparse
import json
import pathlib
import sys

import torch
import torch.nn as nn
from safetensors.torch import save

HERE = pathlib.Path(__file__).resolve().parent
MODEL, ANSWERS = HERE / "torch-sequential.safetensors", HERE / "torch-sequential.json"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true", help="compare with the committed files")
    check = arguments.parse_args().check
    torch.manual_seed(5)
    torch.set_default_dtype(torch.float64)
    network = nn.Sequential(
        nn.Linear(4, 6), nn.GELU(), nn.BatchNorm1d(6), nn.Dropout(0.5), nn.Linear(6, 5), nn.LayerNorm(5), nn.Tanh(),
        nn.Linear(5, 3), nn.Softmax(dim=1))
    # Statistics that are not those of the beginning.
    network(torch.randn(20, 4))
    network.eval()
    x = torch.round(torch.randn(7, 4) * 1024) / 1024
    model = save(network.state_dict(), metadata={"format": "pt"})
    answers = json.dumps({"inputs": x.tolist(), "answers": network(x).detach().tolist()}, separators=(",", ":")) + "\n"
    if check:
        found = json.loads(ANSWERS.read_text())
        made = json.loads(answers)
        near = all(abs(a - b) < 1e-13 for r, s in zip(found["answers"], made["answers"]) for a, b in zip(r, s))
        is_same = MODEL.read_bytes() == model and found["inputs"] == made["inputs"] and near
        print(f"{MODEL.name}: {'the same' if is_same else 'differs'}")
        sys.exit(0 if is_same else 1)
    MODEL.write_bytes(model)
    ANSWERS.write_text(answers)


if __name__ == "__main__":
    main()
