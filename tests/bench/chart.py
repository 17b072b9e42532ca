"""Bar charts as SVG, without a library."""

from __future__ import annotations

from html import escape

_COLOURS = ("#0b6e4f", "#7a8b99", "#a3b1bd", "#c3ccd4", "#dbe1e6")
_BAR, _GAP, _LABEL, _WIDTH = 18, 26, 170, 720


def bar_chart(title: str, groups: dict[str, dict[str, float]], floor: float = 0.8) -> str:
    """Return an SVG of bars from ``floor`` to 1: group → name → value between 0 and 1."""
    rows: list[str] = []
    y = 44
    for group, values in groups.items():
        rows.append(f'<text x="8" y="{y}" font-weight="bold">{escape(group)}</text>')
        y += 8
        for number, (name, value) in enumerate(values.items()):
            length = max(1.0, (value - floor) / (1 - floor) * (_WIDTH - _LABEL - 80))
            colour = _COLOURS[number % len(_COLOURS)]
            rows.append(
                f'<text x="{_LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>'
                f'<rect x="{_LABEL}" y="{y}" width="{length:.1f}" height="{_BAR - 4}" '
                f'fill="{colour}"/>'
                f'<text x="{_LABEL + length + 6:.1f}" y="{y + 13}">{value:.3f}</text>'
            )
            y += _BAR
        y += _GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{y}" '
        f'font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="8" y="20" font-size="16">{escape(title)} (bars begin at {floor})</text>'
        + "".join(rows)
        + "</svg>\n"
    )
