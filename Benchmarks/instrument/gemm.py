"""Times 'nnbench gemm' and OpenBLAS called from C in turns, on the same shapes, and tells the ratios. Standard library only.

The shapes are those that 'nnbench gemm' times by itself. A turn is one process of nnbench for a few shapes, then one of the C
program for each of them, so that a slow minute of the machine slows both; a round is a turn of everything. A shape's ratio is
the median over the rounds of C's median time over nnbench's: below 1, nnbench shows less than C does, as where products take less
than a microsecond, of which the checks of shapes take some 0.06.
"""
import argparse
import itertools
import json
import os
import pathlib
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "peers"))
from machine import context, load, slug  # noqa: E402

ALLOWED = 0.05


def nnbench_document(nnbench, *flags):
    command = [nnbench, "gemm", "--json", "-", *map(str, flags)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout)


def c_median(program, shape, threads, seconds, environment):
    precision, transpose, extents = shape
    command = [program, precision, transpose, *map(str, extents), str(threads), str(seconds)]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout.split()
    return statistics.median(map(float, lines))


def turns(shapes):
    """Shapes that one process of nnbench can take: of one precision and transpose, and not too many."""
    for _, group in itertools.groupby(sorted(shapes), key=lambda shape: shape[:2]):
        group = list(group)
        for start in range(0, len(group), 4):
            yield group[start:start + 4]


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/gemm", description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is timed (default: 5)")
    parser.add_argument("--seconds", type=float, default=0.1, help="for each shape, side and round (default: 0.1)")
    parser.add_argument("--threads", type=int, default=1, help="of OpenBLAS (default: 1)")
    parser.add_argument("--no-results", action="store_true", help="write no file")
    for hidden in ("--nnbench", "--c", "--results"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.rounds < 1 or options.seconds <= 0 or options.threads < 1:
        parser.error("--rounds, --seconds and --threads are above 0")

    document = {"schema": 1, **context(), "rounds": options.rounds, "seconds": options.seconds, "threads": options.threads}
    known = nnbench_document(options.nnbench, "--seconds", 0.001)
    document["nnbench"] = known["context"]
    # Where NNBlas asked OpenBLAS for other kernels, C asks for the same.
    replaced = known["context"]["openblasCoreReplaced"]
    environment = os.environ | ({"OPENBLAS_CORETYPE": known["context"]["openblasCore"]} if replaced else {})
    shapes = {(entry["precision"], entry["transpose"], tuple(entry["extents"])) for entry in known["results"]}
    pairs = {shape: [] for shape in shapes}
    for turn in range(options.rounds):
        for group in turns(shapes):
            precision, transpose, _ = group[0]
            if sys.stderr.isatty():
                print(f"\r\033[KRound {turn + 1}/{options.rounds}: {precision} {transpose}", end="", file=sys.stderr, flush=True)
            sizes = ",".join("x".join(map(str, extents)) for _, _, extents in group)
            mine = nnbench_document(
                options.nnbench, "--sizes", sizes, "--precision", precision, "--transpose", transpose,
                "--threads", options.threads, "--seconds", options.seconds)["results"]
            for shape, entry in zip(group, mine):
                theirs = c_median(options.c, shape, options.threads, options.seconds, environment)
                pairs[shape].append((entry["microsecondsPerCall"]["median"], theirs))
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)

    rows = []
    for (precision, transpose, extents), times in pairs.items():
        m, k, n = extents
        rate = [2 * m * n * k / statistics.median(side) / 1e3 for side in zip(*times)]
        ratios = [c / ours for ours, c in times]
        rows.append({
            "operation": {"f64": "dgemm", "f32": "sgemm"}[precision], "transpose": transpose, "extents": extents,
            "pairs": [{"nnbench": ours, "c": c} for ours, c in times], "gflops": {"nnbench": rate[0], "c": rate[1]},
            "ratio": statistics.median(ratios), "least": min(ratios), "most": max(ratios)})
    rows.sort(key=lambda row: (row["operation"], 2 * row["extents"][0] * row["extents"][1] * row["extents"][2]))
    print(f"{'operation':9}  {'m×k×n':>16}  {'nnbench':>8}  {'C':>8} GFLOP/s  {'ratio':>6}  least to most")
    for row in rows:
        name, extents = f"{row['operation']} {row['transpose']}", "×".join(map(str, row["extents"]))
        print(f"{name:9}  {extents:>16}  {row['gflops']['nnbench']:8.1f}  {row['gflops']['c']:8.1f}          "
              f"{row['ratio']:6.3f}  {row['least']:.3f} to {row['most']:.3f}")
    print()
    document["results"], document["medians"], failed = rows, {}, False
    for operation in ("dgemm", "sgemm"):
        median = statistics.median(row["ratio"] for row in rows if row["operation"] == operation)
        document["medians"][operation] = median
        failed = failed or abs(median - 1) > ALLOWED
        print(f"{operation}: median of the ratios {median:.3f}; {'not ' if abs(median - 1) > ALLOWED else ''}within 5 %")
    off = [row for row in rows if abs(row["ratio"] - 1) > ALLOWED]
    print(f"{len(off)} of {len(rows)} shapes are off by more than 5 %: "
          + ", ".join(f"{row['operation']} {row['transpose']} {'×'.join(map(str, row['extents']))}" for row in off))
    document["loadAfter"] = load()
    if not options.no_results:
        name = f"{document['date'][:10]}-{slug(document['machine']['cpu'])}-gemm.json"
        path = pathlib.Path(options.results) / name
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        print(f"Written: {path}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
