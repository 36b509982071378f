#!/usr/bin/env python3
"""Renders the JSON of compare.py as a table in Markdown and as a bar chart in SVG, beside it and with its name.

    render.py FILE.json

Standard library only.
"""
import argparse
import json
import pathlib
import sys

from bars import chart


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


def ours(entry):
    """What is known of NNBlas, in words."""
    own = entry["nnblas"]
    threads = own["threads"]
    text = f"NNBlas {amount(own['median'])}, {threads} {'thread' if str(threads) == '1' else 'threads'}"
    if own.get("gflops"):
        text += f", {own['gflops']:.1f} GFLOP/s"
    if own.get("percentOfPeak"):
        text += f", {own['percentOfPeak']:.0f} % of peak"
    if own.get("peakResidentBytes"):
        text += f", {own['peakResidentBytes'] / 2**20:.0f} MiB"
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
        lines += [""] * bool(entry["skipped"]) + [f"- {reason}" for reason in reasons(entry)]
    return "\n".join(lines) + "\n"


def groups(document):
    """What the chart shows: for each workload its heading, and for each peer its name, its ratios and a label."""
    return [
        (entry["name"], ours(entry), [
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
    options = parser.parse_args()
    try:
        render(options.file)
    except (OSError, KeyError, json.JSONDecodeError) as error:
        sys.exit(f"render: {options.file} cannot be rendered: {error!r}; give a file that compare.py wrote")


if __name__ == "__main__":
    main()
