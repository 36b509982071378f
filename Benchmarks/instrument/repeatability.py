"""Runs one measurement of nnbench again and again, and counts how often 'nnbench compare' finds nothing. Standard library only."""
import pathlib
import subprocess
import sys
import tempfile

LEAST = 0.95


def main():
    nnbench, *flags = sys.argv[1:]
    pairs = 20
    if flags and flags[0] == "--pairs":
        try:
            pairs = int(flags[1])
        except (IndexError, ValueError):
            pairs = 0
        if pairs < 1:
            print("repeatability: --pairs needs a whole number above 0", file=sys.stderr)
            return 64
        flags = flags[2:]
    command = flags or ["report"]
    silent, verdicts = 0, []
    with tempfile.TemporaryDirectory() as folder:
        before = None
        for number in range(pairs + 1):
            if sys.stderr.isatty():
                print(f"\r\033[KRun {number + 1}/{pairs + 1}, {silent} silent", end="", file=sys.stderr, flush=True)
            after = str(pathlib.Path(folder) / f"{number}.json")
            run = subprocess.run([nnbench, *command, "--json", after], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            if run.returncode != 0:
                print(f"repeatability: {run.stderr.strip()}", file=sys.stderr)
                return run.returncode
            if before:
                found = subprocess.run([nnbench, "compare", before, after], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                if found.returncode not in (0, 2):
                    print(f"repeatability: {found.stderr.strip()}", file=sys.stderr)
                    return found.returncode
                silent += found.returncode == 0
                verdicts.append("silent" if found.returncode == 0 else found.stderr.strip().removeprefix("nnbench: "))
            before = after
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    for number, verdict in enumerate(verdicts, 1):
        print(f"pair {number:2}: {verdict}")
    print(f"{silent} of {pairs} pairs of 'nnbench {' '.join(command)}' silent")
    return 0 if silent >= LEAST * pairs else 1


if __name__ == "__main__":
    sys.exit(main())
