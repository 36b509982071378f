"""Reads the four files of MNIST, each with or without .gz, and scales its bytes to [0, 1].

The first 50,000 training images train; the test images are for checking that what was timed has learned. Where a file is
missing or is something else, `DataError` says which and what to do.
"""
import dataclasses
import gzip
import pathlib
import struct

import numpy as np

TRAINING = 50_000


class DataError(Exception):
    """A file of the data is missing or is not what it should be."""


@dataclasses.dataclass
class Digits:
    """Images are rows of scalars, targets one-hot rows of the same type, labels the classes' numbers."""

    inputs: np.ndarray
    labels: np.ndarray
    targets: np.ndarray
    test_inputs: np.ndarray
    test_labels: np.ndarray


def read_idx(folder, name):
    """The bytes of an IDX file in its own shape."""
    path = pathlib.Path(folder) / name
    packed = path.with_name(name + ".gz")
    try:
        content = path.read_bytes() if path.exists() else gzip.decompress(packed.read_bytes())
    except FileNotFoundError:
        raise DataError(f"{folder} has neither {name} nor {name}.gz; give the folder with the four files of MNIST") from None
    except (OSError, EOFError) as error:
        raise DataError(f"{packed.name} in {folder} cannot be read: {error}") from None
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        raise DataError(f"{name} in {folder} is no IDX file of bytes; get the file anew")
    rank = content[3]
    if len(content) < 4 + 4 * rank:
        raise DataError(f"{name} in {folder} ends within its header; get the file anew")
    shape = struct.unpack(f">{rank}I", content[4:4 + 4 * rank])
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * rank)
    if values.size != int(np.prod(shape)):
        raise DataError(f"{name} in {folder} has {values.size} values, its header says {shape}; get the file anew")
    return values.reshape(shape)


def _images(folder, name, dtype, count=None):
    pixels = read_idx(folder, name)[:count]
    images = pixels.reshape(len(pixels), -1).astype(dtype)
    images /= 255
    return images


def read_digits(folder, dtype):
    """MNIST's images as rows of `dtype`."""
    labels = read_idx(folder, "train-labels-idx1-ubyte")[:TRAINING].astype(np.int64)
    digits = Digits(
        inputs=_images(folder, "train-images-idx3-ubyte", dtype, TRAINING), labels=labels,
        targets=np.eye(10, dtype=dtype)[labels], test_inputs=_images(folder, "t10k-images-idx3-ubyte", dtype),
        test_labels=read_idx(folder, "t10k-labels-idx1-ubyte").astype(np.int64))
    if digits.inputs.shape != (TRAINING, 784) or len(labels) != TRAINING:
        raise DataError(f"{folder} has {len(labels)} labels for images {digits.inputs.shape}, expected {TRAINING} of 784 pixels")
    return digits
