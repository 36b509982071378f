"""Runs every command of nnbench that has --json, and holds each document against nnbench.schema.json.

    usage: check_schema.py NNBENCH

Needs jsonschema (requirements.txt). `Scripts/check --full` runs it. What the schema must refuse is tried as well, since a
schema that takes everything says nothing.
"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

SCHEMA = pathlib.Path(__file__).resolve().parent.parent / "nnbench.schema.json"
COMMANDS = (
    ["report"], ["info"], ["selftest"], ["peak", "--threads", "1", "--plot", "/dev/null"],
    ["gemm", "--sizes", "8,3x5x2", "--transpose", "nn,nt,tn,tt", "--threads", "1,2", "--seconds", "0.01"],
    ["gemm", "--seconds", "0.001", "--precision", "f64"], ["gemv", "--sizes", "8", "--seconds", "0.01", "--cold"],
    ["ger", "--seconds", "0.001"], ["epoch", "--steps", "20", "--profile"], ["predict-speed", "--seconds", "0.1"],
    ["epoch", "--steps", "5", "--sweep", "threads"])


def main():
    nnbench = sys.argv[1]
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failed = False

    def check(command, text):
        nonlocal failed
        document = json.loads(text)
        errors = list(validator.iter_errors(document))
        failed = failed or bool(errors)
        print(f"{'FAIL' if errors else 'PASS'}  {' '.join(command)}: {len(document['results'])} results")
        for error in errors:
            print(f"      {'/'.join(map(str, error.absolute_path))}: {error.message}")
        return document

    with tempfile.TemporaryDirectory() as folder:
        for command in COMMANDS:
            run = subprocess.run([nnbench, *command, "--json", "-"], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            document = check(command, run.stdout)
            (pathlib.Path(folder) / "last.json").write_bytes(run.stdout)
        last = str(pathlib.Path(folder) / "last.json")
        run = subprocess.run([nnbench, "compare", last, last, "--json", "-"], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        check(["compare"], run.stdout)

    # `document` is the last, of epoch: each change makes it wrong.
    wrong = {
        "another schema": lambda d: d.update(schema=1), "no command": lambda d: d.pop("command"),
        "a field too many": lambda d: d.update(more=1), "no context": lambda d: d.pop("context"),
        "a result without samples": lambda d: d["results"][0].pop("samples"),
        "samples of text": lambda d: d["results"][0].update(samples=["1"]),
        "no samples": lambda d: d["results"][0].update(samples=[]),
        "another unit": lambda d: d["results"][0].update(unit="ms"),
        "results of another command": lambda d: d.update(command="gemm")}
    for name, change in wrong.items():
        changed = copy.deepcopy(document)
        change(changed)
        refused = not validator.is_valid(changed)
        failed = failed or not refused
        print(f"{'PASS' if refused else 'FAIL'}  refused: {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
