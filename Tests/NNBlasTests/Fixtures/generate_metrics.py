#!/usr/bin/env python3
"""Writes metrics.json: metrics of random answers as scikit-learn has them.

    python3 generate_metrics.py           write metrics.json beside this script
    python3 generate_metrics.py --check   compare with the committed file, exit 1 where a number differs by more than 1e-12

Versions are pinned in requirements-metrics.txt.
"""
import argparse
import json
import pathlib
import sys

import numpy as np
from sklearn import metrics
from sklearn.utils.class_weight import compute_class_weight

FILE = pathlib.Path(__file__).resolve().parent / "metrics.json"
ALLOWED = 1e-12


def classification(seed, classes, count, missing=None):
    random = np.random.default_rng(seed)
    logits = np.round(random.normal(size=(count, classes)) * 2**10) / 2**10
    labels = random.integers(0, classes, count)
    if missing is not None:
        labels[labels == missing] = (missing + 1) % classes
    names = list(range(classes))
    exponentials = np.exp(logits - logits.max(1, keepdims=True))
    probabilities = exponentials / exponentials.sum(1, keepdims=True)
    answers = logits.argmax(1)
    average = {"labels": names, "average": "macro", "zero_division": 0}
    each = {"labels": names, "average": None, "zero_division": 0}
    return {
        "logits": logits.tolist(),
        "labels": labels.tolist(),
        "confusion": metrics.confusion_matrix(labels, answers, labels=names).tolist(),
        "accuracy": metrics.accuracy_score(labels, answers),
        "top2": metrics.top_k_accuracy_score(labels, logits, k=2, labels=names) if classes > 2 else 1.0,
        "logLoss": metrics.log_loss(labels, probabilities, labels=names),
        "precision": metrics.precision_score(labels, answers, **each).tolist(),
        "recall": metrics.recall_score(labels, answers, **each).tolist(),
        "f1": metrics.f1_score(labels, answers, **each).tolist(),
        "macro": [f(labels, answers, **average)
                  for f in (metrics.precision_score, metrics.recall_score, metrics.f1_score)],
        **({"balanced": compute_class_weight("balanced", classes=np.arange(classes), y=labels).tolist()}
           if missing is None else {}),
    }


def regression(seed, outputs, count, constant=False):
    random = np.random.default_rng(seed)
    targets = np.round(random.normal(size=(count, outputs)) * 2**10) / 2**10 + 1000
    if constant:
        targets[:, 0] = 7
    answers = targets + np.round(random.normal(size=(count, outputs)) * 2**8) / 2**10
    return {
        "answers": answers.tolist(),
        "targets": targets.tolist(),
        "rmse": float(np.sqrt(metrics.mean_squared_error(targets, answers))),
        "mae": metrics.mean_absolute_error(targets, answers),
        "r2": metrics.r2_score(targets, answers),
        "r2OfOutputs": metrics.r2_score(targets, answers, multioutput="raw_values").tolist(),
    }


def near(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(near(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(near, a, b))
    return abs(a - b) <= ALLOWED


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true", help="compare with the committed file")
    check = arguments.parse_args().check
    made = {
        "classification": [classification(1, 2, 40), classification(2, 3, 60), classification(3, 10, 80),
                           classification(4, 5, 30, missing=2)],
        "regression": [regression(5, 1, 40), regression(6, 3, 50), regression(7, 2, 20, constant=True)],
    }
    if check:
        is_near = near(json.loads(json.dumps(made)), json.loads(FILE.read_text()))
        print(f"{FILE.name}: {'agrees' if is_near else 'differs'} within {ALLOWED}")
        sys.exit(0 if is_near else 1)
    FILE.write_text(json.dumps(made, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
