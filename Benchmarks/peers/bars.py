"""A bar chart in SVG: horizontal bars in groups, from 1 to a ratio on a logarithmic axis, with their spread and a label.

Colours follow the reader's light or dark scheme; the background is transparent. Standard library only.
"""
import math
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, TOP = 860, 140, 165, 62
BAR, ROW, HEAD, GAP, BOTTOM = 13, 20, 26, 14, 44

STYLE = """
  text { font: 12px system-ui, 'Helvetica Neue', Arial, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .head { font-weight: 600; }
  .quiet { fill: #59636e; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .one { stroke: #1f2328; stroke-width: 1.5; }
  .slower { fill: #4a7fb5; }
  .faster { fill: #c4722c; }
  .spread { stroke: #1f2328; stroke-width: 1.2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .quiet { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .one, .spread { stroke: #f0f6fc; }
    .slower { fill: #5b96d1; }
    .faster { fill: #d98a45; }
  }
"""


def ticks(least, most):
    """The numbers 1, 2 and 5 of each power of ten that lie between, as far as a label each has room."""
    span = math.log10(most / least)
    leading = (1, 2, 5) if span < 2.5 else (1,)
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    return [d * 10.0 ** p for p in powers for d in leading if least * 0.999 <= d * 10.0 ** p <= most * 1.001]


def chart(groups, subtitle):
    """The chart of groups, each (name, remark, bars), a bar being (name, ratio, least, most, label)."""
    values = [value for _, _, bars in groups for _, *three, _ in bars for value in three] or [1.0]
    least, most = min(0.8, min(values) / 1.1), max(2.0, max(values) * 1.05)
    plot = WIDTH - LEFT - RIGHT

    def x(value):
        return LEFT + plot * math.log(value / least) / math.log(most / least)

    height = TOP + sum(HEAD + ROW * len(bars) + GAP for _, _, bars in groups) + BOTTOM
    end = height - BOTTOM
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">',
        "<title>Times relative to NNBlas's</title>", f"<style>{STYLE}</style>",
        '<text class="title" x="12" y="24">Times relative to NNBlas’s</text>',
        f'<text class="quiet" x="12" y="43">{escape(subtitle)}; longer bars are slower, thin lines go from the least to the most</text>']
    for value in ticks(least, most):
        out.append(f'<text class="quiet" x="{x(value):.1f}" y="{end + 16}" text-anchor="middle">{value:g}</text>')
    middle = LEFT + plot / 2
    out.append(
        f'<text x="{middle:.1f}" y="{end + 35}" text-anchor="middle">time ÷ time of NNBlas (no unit, logarithmic; 1 is NNBlas)</text>')
    y, marks = TOP, []
    for name, remark, bars in groups:
        # No line of the grid behind a heading.
        top, bottom = y + HEAD - 2, y + HEAD + ROW * len(bars)
        marks.append((top, bottom))
        for value in ticks(least, most):
            out.append(f'<line class="grid" x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{top}" y2="{bottom}"/>')
        out.append(
            f'<text x="12" y="{y + 17}"><tspan class="head">{escape(name)}</tspan>'
            f'<tspan class="quiet" dx="10">{escape(remark)}</tspan></text>')
        y += HEAD
        for peer, ratio, low, high, label in bars:
            centre, ends = y + ROW / 2, sorted((x(1), x(ratio)))
            kind = "slower" if ratio >= 1 else "faster"
            out.append(f'<text x="{LEFT - 8}" y="{centre + 4}" text-anchor="end">{escape(peer)}</text>')
            out.append(
                f'<rect class="{kind}" x="{ends[0]:.1f}" y="{centre - BAR / 2}" width="{ends[1] - ends[0]:.1f}" height="{BAR}" rx="1"/>')
            out.append(f'<line class="spread" x1="{x(low):.1f}" x2="{x(high):.1f}" y1="{centre}" y2="{centre}"/>')
            out.append(f'<text x="{max(ends[1], x(high)) + 7:.1f}" y="{centre + 4}">{escape(label)}</text>')
            y += ROW
        y += GAP
    out += [f'<line class="one" x1="{x(1):.1f}" x2="{x(1):.1f}" y1="{top}" y2="{bottom}"/>' for top, bottom in marks]
    return "\n".join(out + ["</svg>"]) + "\n"
