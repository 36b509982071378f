#!/usr/bin/env python3
"""Writes npy.json: files in NumPy's format as NumPy itself writes them, with the numbers in them.

    python3 generate_npy.py           write npy.json beside this script
    python3 generate_npy.py --check   compare with the committed file, exit 1 where it differs

Versions are pinned in requirements.txt.
"""
import base64
import io
import json
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent


def file(array, version=None):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=version, allow_pickle=True)
    return base64.b64encode(stream.getvalue()).decode()


def readable(name, array, version=None):
    numbers = [int(x) if array.dtype.kind in "iub" else float(x) for x in array.ravel()]
    return {
        "name": name, "file": file(array, version), "shape": list(array.shape), "elementType": array.dtype.name,
        # As text: JSON's numbers are doubles to many readers.
        "numbers": [repr(x) for x in numbers]}


def document():
    files = []
    for code in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
        limits = np.iinfo(code)
        numbers = np.array([[limits.min, 0, 1], [2, 77, limits.max]], dtype=code)
        for order in "<>":
            files.append(readable(f"{order}{code}", numbers.astype(order + code)))
    for code in ["f4", "f8"]:
        limits = np.finfo(code)
        numbers = np.array([[0.1, -0.0, 1.5], [limits.max, limits.smallest_subnormal, -1e-3]], dtype=code)
        for order in "<>":
            files.append(readable(f"{order}{code}", numbers.astype(order + code)))
    files.append(readable("bool", np.array([[True, False], [False, True]])))
    files.append(readable("one dimension", np.array([3, 1, 2], dtype="<i8")))
    files.append(readable("one column", np.array([[3], [1], [2]], dtype="<i4")))
    files.append(readable("three dimensions", np.arange(24, dtype="u1").reshape(2, 3, 4)))
    files.append(readable("one number", np.array(2.5)))
    files.append(readable("no row", np.zeros((0, 5), dtype="<f4")))
    files.append(readable("no column", np.zeros((5, 0), dtype="<f8")))
    files.append(readable("version 2.0", np.array([[1.0, 2.0]]), (2, 0)))
    files.append(readable("version 3.0", np.array([[1.0, 2.0]]), (3, 0)))
    ones = np.ones((2, 3))
    refused = {
        "float16": ones.astype("<f2"), "complex64": ones.astype("<c8"), "objects": ones.astype(object),
        "strings": np.array(["a", "bc"]), "bytes": np.array([b"a"]), "dates": np.array(["2020-01-01"], dtype="M8[D]"),
        "records": np.zeros(2, dtype=[("größe", "<f8"), ("b", "<i4")]), "columns first": np.asfortranarray(ones)}
    return {
        "generator": "generate_npy.py", "numpy": np.__version__, "readable": files,
        "refused": {name: file(array) for name, array in refused.items()}}


def main():
    path = HERE / "npy.json"
    made = json.dumps(document(), indent=1, ensure_ascii=True) + "\n"
    if sys.argv[1:] == ["--check"]:
        same = made == path.read_text()
        print(f"npy.json: {'as committed' if same else 'differs from the committed file'}")
        return 0 if same else 1
    path.write_text(made)
    print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
