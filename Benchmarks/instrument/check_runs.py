#!/usr/bin/env python3
"""Opens what a run leaves in its folder with Python's safetensors and TensorBoard.

    check_runs.py NNBENCH     the program, built for release

Trains in both precisions with `nnbench train --run`, interrupted once and resumed. Of the last checkpoint every array is read with
Python's safetensors; its checksum is computed anew with zlib, its parameters are held against those of the model, and what else it
has against the shapes of the parameters. The event files are held against metrics.jsonl by check_events.py. Needs the packages of
requirements.txt.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import zlib

import numpy
from safetensors import safe_open
from safetensors.numpy import load_file


def fail(text):
    sys.exit(f"check_runs.py: {text}")


def check_checkpoint(path, model):
    data = path.read_bytes()
    stored = int.from_bytes(data[-4:], "little")
    if zlib.crc32(data[:-4]) != stored:
        fail(f"{path}: checksum {stored}, expected {zlib.crc32(data[:-4])}")
    arrays = load_file(path)
    if int(arrays["nnblas.checksum"]) & 0xFFFFFFFF != stored:
        fail(f"{path}: nnblas.checksum is {arrays['nnblas.checksum']}")
    with safe_open(path, "numpy") as file:
        record = json.loads(file.metadata()["nnblas.checkpoint"])
    network = load_file(model)
    compared = 0
    for name, expected in network.items():
        found = arrays.get(f"parameters.{name}", arrays.get(f"gathered.{name}"))
        if name.endswith("num_batches_tracked"):
            continue
        if found is None or found.dtype != expected.dtype or not numpy.array_equal(found, expected):
            fail(f"{path}: {name} is not the model's")
        for moment in ("optimizer.mean", "optimizer.square") if f"parameters.{name}" in arrays else ():
            if arrays[f"{moment}.{name}"].shape != expected.shape:
                fail(f"{path}: {moment}.{name} has shape {arrays[f'{moment}.{name}'].shape}")
        compared += 1
    return compared, record


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    nnbench = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        for precision in ("f32", "f64"):
            run = pathlib.Path(folder, precision)
            command = [
                nnbench, "train", "--layers", "784,21:relu,batch-norm,dropout(0.2),10", "--cost", "softmax-cross-entropy",
                "--optimizer", "adam", "--learning-rate", "0.001", "--batch", "64", "--precision", precision, "--epochs", "2",
                "--log-steps", "100", "--tensorboard", "--monitor-training", "--run", str(run),
            ]
            subprocess.run(command + ["--max-time", "0.2s"], check=True, stdout=subprocess.DEVNULL)
            subprocess.run(
                [nnbench, "train", "--run", str(run), "--resume", "--max-time", "1h"], check=True, stdout=subprocess.DEVNULL)
            last = sorted((run / "checkpoints").glob("checkpoint-*.safetensors"))[-1]
            compared, record = check_checkpoint(last, run / "model.safetensors")
            print(f"{precision}: {last.name}, {compared} arrays equal the model's, {record['scalars']['updates']:.0f} updates")
            events = pathlib.Path(__file__).with_name("check_events.py")
            subprocess.run([sys.executable, str(events), str(run)], check=True)


if __name__ == "__main__":
    main()
