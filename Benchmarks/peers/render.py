#!/usr/bin/env python3
"""Renders the JSON of compare.py as a table in Markdown and as a bar chart in SVG, beside it and with its name.

    render.py FILE.json
    render.py FILE.json --readme     # prints the table of README.md instead

Standard library only.
"""
import argparse
import json
import pathlib
import sys

from bars import chart

# As nnbench names what a worker's time goes to.
PHASES = ("gather", "forward", "activation", "cost", "backward", "update", "wait")


def amount(value):
    """A time in µs with three significant digits, in the unit that suits it."""
    if value is None:
        return "–"
    value, unit = (value, "µs") if value < 1e3 else (value / 1e3, "ms") if value < 1e6 else (value / 1e6, "s")
    return f"{value:.{0 if value >= 99.95 else 1 if value >= 9.995 else 2}f} {unit}"


def ratio(value):
    return f"{value:.{0 if value >= 99.5 else 1 if value >= 9.95 else 2}f}"


def span(peer):
    """The median ratio with the least and the most."""
    return f"{ratio(peer['medianRatio'])} ({ratio(min(peer['ratios']))} to {ratio(max(peer['ratios']))})"


def counted(number, noun):
    return f"{number} {noun}{'' if str(number) == '1' else 's'}"


def speed(entry):
    """How fast NNBlas was, in words."""
    own = entry["nnblas"]
    text = f"NNBlas {amount(own['median'])}, "
    if own["threads"] == "auto":
        text += counted(own["workers"], "thread") + " by its own choice" if "workers" in own else "as many threads as it chose"
    else:
        text += counted(own["threads"], "thread")
    if own.get("aloneShare", 0) >= 0.01:
        text += f" (one took {100 * own['aloneShare']:.0f} % of the steps alone)"
    if own.get("gflops"):
        text += f", {own['gflops']:.1f} GFLOP/s"
    if own.get("percentOfPeak"):
        text += f", {own['percentOfPeak']:.0f} % of peak"
    return text


def ours(entry):
    """What is known of NNBlas, in words."""
    own = entry["nnblas"]
    text, found = speed(entry), own.get("calibration", {})
    if own.get("overProducts"):
        text += f", {ratio(own['overProducts'])} times its own products"
    for key, what in (("allocationsPerStep", "a step"), ("allocationsPerCall", "a call")):
        if own.get(key) is not None:
            text += f", {counted(f'{own[key]:.3g}' if own[key] else 'no', 'allocation')} {what}"
    if own.get("peakResidentBytes"):
        text += f", {own['peakResidentBytes'] / 2**20:.0f} MiB"
    if "auto" in found and own["threads"] != "auto":
        text += f"; as many threads as it would have chosen took {ratio(found['auto'] / found[str(own['threads'])])} times as long"
    return text


def reasons(entry):
    """Why who was skipped, one line each."""
    return [f"skipped: {item['peer'] + ': ' if item['peer'] else ''}{item['reason']}" for item in entry["skipped"]]


def summary(entry):
    """An entry as people read it in a terminal."""
    lines = [f"{entry['name']} ({entry['title']})"]
    if entry["peers"]:
        lines.append(f"  {ours(entry)}; {entry['unit']}, times as long as NNBlas (least to most):")
    for peer in sorted(entry["peers"], key=lambda peer: peer["medianRatio"]):
        lines.append(f"  {peer['peer']:<15}{amount(peer['median']):>9}  {span(peer)}, threads: {peer['threads']}")
    return "\n".join(lines + ["  " + reason for reason in reasons(entry)])


def conditions(document):
    machine, versions = document["machine"], {}
    for entry in document["results"]:
        own = ((entry.get("nnblas") or {}).get("context") or {}).get("versions")
        versions.update(own or {})
        for peer in entry["peers"]:
            versions.update(peer.get("versions") or {})
    memory = f", {machine['memoryBytes'] / 2**30:.0f} GiB" if machine["memoryBytes"] else ""
    loads = [" ".join(f"{value:.2f}" for value in document.get(key, [])) for key in ("loadBefore", "loadAfter")]
    return [
        f"- {document['date']}: {machine['cpu']} (family {machine['cpuFamily']}, model {machine['cpuModel']}), {machine['cores']} "
        f"cores{memory}, {machine['os']}, Linux {machine['kernel']}",
        f"- Load averages before: {loads[0]}; after: {loads[1]}, the benchmark's own included",
        f"- {document['rounds']} rounds, {document['secondsEach']:g} s timed in each process; medians; a ratio is the median over pairs",
        "- " + ", ".join(f"{name} {version}" for name, version in versions.items())]


def phases(entry):
    """A profile of NNBlas as a table, a line a worker, at its end the sum."""
    workers = (entry.get("nnblas") or {}).get("phases")
    if not workers:
        return []
    names = [name for name in PHASES if name in workers[0]]
    rows = [[worker[name] for name in names] for worker in workers]
    return [
        "", f"| µs a step in a run of its own | {' | '.join(names)} | in all |", "|---" * (2 + len(names)) + "|",
        *(f"| worker {number} | {' | '.join(f'{time:.2f}' for time in [*row, sum(row)])} |" for number, row in enumerate(rows))]


def readme(document):
    """The table of README.md: a line a workload, with the best peer and those that most people know."""
    named = {"PyTorch eager": "torch-eager", "NumPy tuned": "numpy-tuned", "JAX scan": "jax-scan"}
    lines = [
        f"| workload | network, batch, precision | NNBlas | GFLOP/s | % of peak | times as long: the best peer | {' | '.join(named)} |",
        "|---" * (6 + len(named)) + "|"]
    for entry in document["results"]:
        if not entry["peers"]:
            continue
        own, best = entry["nnblas"], min(entry["peers"], key=lambda peer: peer["medianRatio"])
        spans = {peer["peer"]: span(peer) for peer in entry["peers"]}
        cells = [
            f"`{entry['name']}`", entry.get("network", entry["title"]), amount(own["median"]),
            f"{own['gflops']:.1f}" if own.get("gflops") else "–", f"{own['percentOfPeak']:.0f}" if own.get("percentOfPeak") else "–",
            f"{span(best)}, `{best['peer']}`", *(spans.get(peer, "–") for peer in named.values())]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def markdown(document, picture):
    """The document as Markdown."""
    lines = ["# NNBlas and its peers", "", *conditions(document), "", f"![Times relative to NNBlas's]({picture})"]
    for entry in document["results"]:
        lines += ["", f"## `{entry['name']}`", f"{entry['title'][0].upper()}{entry['title'][1:]}."]
        if entry["peers"]:
            lines += [
                f"{ours(entry)}.", "", f"| peer | {entry['unit']} | threads | times as long as NNBlas (least to most) | peak MiB |",
                "|---|---|---|---|---|"]
        for peer in sorted(entry["peers"], key=lambda peer: peer["medianRatio"]):
            cells = [peer["peer"], amount(peer["median"]), peer["threads"], span(peer), f"{peer['peakResidentBytes'] / 2**20:.0f}"]
            lines.append("| " + " | ".join(map(str, cells)) + " |")
        lines += phases(entry)
        lines += [""] * bool(entry["skipped"]) + [f"- {reason}" for reason in reasons(entry)]
    return "\n".join(lines) + "\n"


def groups(document):
    """What the chart shows: for each workload its heading, and for each peer its name, its ratios and a label."""
    return [
        (entry["name"], speed(entry), [
            (peer["peer"], peer["medianRatio"], min(peer["ratios"]), max(peer["ratios"]),
             f"{ratio(peer['medianRatio'])} ×, {amount(peer['median'])}")
            for peer in sorted(entry["peers"], key=lambda peer: peer["medianRatio"])])
        for entry in document["results"] if entry["peers"]]


def render(path):
    """Writes the .md and the .svg of a .json."""
    document, picture = json.loads(path.read_text()), path.with_suffix(".svg")
    path.with_suffix(".md").write_text(markdown(document, picture.name))
    title = f"{document['machine']['cpu']}, {document['machine']['cores']} cores, {document['date'][:10]}"
    picture.write_text(chart(groups(document), title))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path, metavar="FILE.json", help="what compare.py wrote")
    parser.add_argument("--readme", action="store_true", help="print the table of README.md, and write nothing")
    options = parser.parse_args()
    try:
        if options.readme:
            print(readme(json.loads(options.file.read_text())))
        else:
            render(options.file)
    except (OSError, KeyError, json.JSONDecodeError) as error:
        sys.exit(f"render: {options.file} cannot be rendered: {error!r}; give a file that compare.py wrote")


if __name__ == "__main__":
    main()
