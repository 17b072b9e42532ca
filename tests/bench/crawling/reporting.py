"""Reports of the comparison: ratios, a table, a chart."""

from __future__ import annotations

from collections.abc import Mapping

from tabulate import tabulate

from tests.bench.chart import bar_chart

OURS, BARE = "tinhuyen", "Scrapy, parses none"

Figures = Mapping[str, Mapping[str, float]]
"""The results by program."""


def ratios_of(contenders: Figures) -> dict[str, float]:
    """Return our pace divided by that of each program, and its processor time divided by ours.

    Processor times vary less than paces if other processes run.
    """
    ours = contenders[OURS]
    ratios: dict[str, float] = {}
    for name, peer in contenders.items():
        if name != OURS:
            pace = ours["pages_per_second"] / peer["pages_per_second"]
            time = peer["processor_ms_per_page"] / ours["processor_ms_per_page"]
            ratios[f"pace against {name}"] = round(pace, 3)
            ratios[f"processor time of {name} against ours"] = round(time, 3)
    return ratios


def table_of(contenders: Figures) -> str:
    """Return a table of the programs, the fastest first."""
    rows = [
        (
            name,
            figures["pages_per_second"],
            of_bare(contenders)[name],
            figures["processor_ms_per_page"],
            figures["megabytes"],
        )
        for name, figures in contenders.items()
    ]
    rows.sort(key=lambda row: -row[1])
    headers = ("contender", "pages/s", "of bare Scrapy", "processor ms/page", "peak MB")
    return tabulate(rows, headers, floatfmt=("", ".1f", ".2f", ".1f", ".0f"))


def chart_of(contenders: Figures) -> str:
    """Return a bar chart of the paces."""
    return bar_chart("The whole job", {"pages a second, bare Scrapy = 1": of_bare(contenders)}, 0)


def of_bare(contenders: Figures) -> dict[str, float]:
    """Return the pace of each divided by that of Scrapy without parsing articles."""
    bare = contenders[BARE]["pages_per_second"]
    return {name: figures["pages_per_second"] / bare for name, figures in contenders.items()}
