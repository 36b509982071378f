#!/usr/bin/env python3
"""scikit-learn's MLPClassifier and MLPRegressor beside nnbench, on its digits, breast-cancer and diabetes sets.

    estimators.py NNBENCH [--json FILE]     the program, built for release

Both have the same settings: one hidden layer of 100 rectified linear units, Adam with rate 1e-3, batches of 32, as many epochs without
early stopping, an L2 penalty of 1e-4 (which scikit-learn divides by the batch), Glorot's uniform weights, standardized inputs, and for
the regression standardized targets. For each of the seeds 1 to 5 a quarter of the rows is set aside, the same for both; the seed is that of
either's weights and order as well. Scores are of those rows: accuracy, or R².

scikit-learn's seconds are those of `fit`, in a process that has loaded and called it before, on one thread and on all, whichever is
faster. nnbench's are those of training, as it prints them; the whole process, which starts, reads the tables, and evaluates after every
epoch as well, stands beside them.
"""
import argparse
import csv
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

SETS = {"digits": (load_digits, 60), "breast-cancer": (load_breast_cancer, 60), "diabetes": (load_diabetes, 100)}
HIDDEN, RATE, BATCH, ALPHA, SEEDS = 100, 1e-3, 32, 1e-4, range(1, 6)


def fit(model, x, y):
    """Seconds of the faster of one thread and all of them."""
    seconds = []
    for threads in [1, None]:
        with threadpool_limits(limits=threads):
            start = time.perf_counter()
            model.fit(x, y)
            seconds.append(time.perf_counter() - start)
    return min(seconds)


def scikit_learn(name, epochs, seed, split):
    x_train, x_test, y_train, y_test = split
    settings = dict(
        hidden_layer_sizes=(HIDDEN,), learning_rate_init=RATE, batch_size=BATCH, alpha=ALPHA, max_iter=epochs, tol=0,
        n_iter_no_change=10 * epochs, random_state=seed)
    scaler = StandardScaler().fit(x_train)
    x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)
    if name == "diabetes":
        target = StandardScaler().fit(y_train[:, None])
        model = MLPRegressor(**settings)
        seconds = fit(model, x_train, target.transform(y_train[:, None])[:, 0])
        answers = target.inverse_transform(model.predict(x_test)[:, None])[:, 0]
        return r2_score(y_test, answers), seconds
    model = MLPClassifier(**settings)
    return_seconds = fit(model, x_train, y_train)
    return accuracy_score(y_test, model.predict(x_test)), return_seconds


def nnbench(tool, name, epochs, seed, split, folder):
    x_train, x_test, y_train, y_test = split
    for part, x, y in [("train", x_train, y_train), ("test", x_test, y_test)]:
        with pathlib.Path(folder, f"{part}.csv").open("w") as file:
            writer = csv.writer(file)
            writer.writerow([f"x{i}" for i in range(x.shape[1])] + ["y"])
            writer.writerows([[*map(repr, map(float, row)), value] for row, value in zip(x, y)])
    outputs = 1 if name == "diabetes" else len(np.unique(y_train))
    is_regression = name == "diabetes"
    command = [
        tool, "train", "--data", f"{folder}/train.csv", "--test", f"{folder}/test.csv",
        *(["--target", "y"] if is_regression else ["--label", "y"]), "--standardize", "--layers",
        f"{x_train.shape[1]},{HIDDEN}:relu,{outputs}:identity", "--cost", "quadratic" if is_regression else "softmax-cross-entropy",
        "--initializer", "glorotUniform", "--optimizer", "adam", "--learning-rate", str(RATE), "--batch", str(BATCH), "--l2",
        str(ALPHA / BATCH), "--epochs", str(epochs), "--seed", str(seed),
    ]
    start = time.perf_counter()
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if result.returncode != 0:
        sys.exit(result.stderr)
    training = float(re.search(r"Trained .* in ([\d.e-]+) s", result.stdout).group(1))
    score = re.search(r"R² (-?[\d.]+)" if is_regression else r"accuracy ([\d.]+)", result.stdout)
    return float(score.group(1)), training, seconds


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("nnbench")
    arguments.add_argument("--json", help="write the figures to this file")
    options = arguments.parse_args()
    warnings.filterwarnings("ignore")
    figures, is_good = {}, True
    # Once for nothing: libraries are loaded, caches filled.
    x, y = load_digits(return_X_y=True)
    MLPClassifier(max_iter=2).fit(x, y)
    print(f"{'set':14}{'scikit-learn':>22}{'NNBlas':>22}{'seconds':>18}{'process':>10}{'times as fast':>15}")
    for name, (load, epochs) in SETS.items():
        x, y = load(return_X_y=True)
        rows = []
        with tempfile.TemporaryDirectory() as folder:
            for seed in SEEDS:
                split = train_test_split(x, y, random_state=seed, stratify=None if name == "diabetes" else y)
                theirs, their_seconds = scikit_learn(name, epochs, seed, split)
                ours, our_seconds, our_process = nnbench(options.nnbench, name, epochs, seed, split, folder)
                rows.append({"seed": seed, "scikitLearn": theirs, "nnblas": ours, "scikitLearnSeconds": their_seconds,
                             "nnblasSeconds": our_seconds, "nnblasProcessSeconds": our_process})
        theirs, ours = [r["scikitLearn"] for r in rows], [r["nnblas"] for r in rows]
        ratio = statistics.median(r["scikitLearnSeconds"] / r["nnblasSeconds"] for r in rows)
        deviation = statistics.stdev(theirs)
        is_good = is_good and statistics.mean(ours) >= statistics.mean(theirs) - deviation and ratio >= 5
        seconds = [statistics.median(r[k] for r in rows) for k in ("scikitLearnSeconds", "nnblasSeconds", "nnblasProcessSeconds")]
        print(f"{name:14}{statistics.mean(theirs):>12.4f} ± {deviation:.4f}"
              f"{statistics.mean(ours):>13.4f} ± {statistics.stdev(ours):.4f}{seconds[0]:>9.3f} {seconds[1]:>8.3f}{seconds[2]:>10.3f}{ratio:>15.1f}")
        figures[name] = {"epochs": epochs, "runs": rows, "timesAsFast": ratio}
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=2) + "\n")
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
