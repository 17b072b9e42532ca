"""Measures the extraction beside its peers: ``python -m tests.bench.extraction``.

Writes ``bench-results/extraction.md`` and a chart, ``bench-results/extraction.svg``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import process_time

import lxml.html

from tests.bench.chart import bar_chart
from tests.bench.corpora import Case, corpora
from tests.bench.fields import Pair, counts, text_of
from tests.bench.results import RESULTS
from tests.bench.shingles import Score, compare, score, share_found
from tests.bench.tools import Found, Tool, installed

LEGEND = """\
Bodies: 4-gram shingles; notices have none. Fields: right, of those that the truth tells; a dash if
the tool offers none. Fewer is better: *invented* (section, lede, day or author given, though the
page has none), *captions in body*, *boilerplate kept* (lines of the page that must not appear, in
body or lede), *title as tag*.
"""


@dataclass(frozen=True)
class Row:
    """What one tool reached on one corpus; ``fields`` by column as (yes, asked for)."""

    tool: str
    pages: int
    body: Score
    fields: dict[str, tuple[int, int] | None]
    strays: int
    milliseconds: float
    median_ratio: float
    total_ratio: float
    losses: list[str]


def measure(name: str, tool: Tool, cases: list[Case], repeats: int) -> Row:
    """Run one tool over a corpus; times are the best of some runs, in CPU time."""
    pairs = [(case, tool(case.html, case.url)) for case in cases]
    times = [_best(partial(tool, case.html, case.url), repeats) for case in cases]
    bare = [_best(partial(lxml.html.document_fromstring, case.html), repeats) for case in cases]
    bodies = body_scores(pairs)
    return Row(
        name,
        len(cases),
        score(bodies.values()),
        counts(pairs),
        sum(_strays(case, found) for case, found in pairs),
        1000 * sum(times) / len(cases),
        statistics.median(one / other for one, other in zip(times, bare, strict=True)),
        sum(times) / sum(bare),
        _losses(bodies),
    )


def body_scores(pairs: list[Pair]) -> dict[str, tuple[float, float, float]]:
    """By page: the shares of its body that are right, superfluous and missing.

    A page without body text, such as a notice, has none.
    """
    return {
        case.name: compare(case.body, text_of(case, found), case.neutral)
        for case, found in pairs
        if case.body
    }


def _best(run: Callable[[], object], repeats: int) -> float:
    def once() -> float:
        began = process_time()
        run()
        return process_time() - began

    return max(1e-6, min(once() for _ in range(repeats)))


def _strays(case: Case, found: Found) -> int:
    """How many lines of the body are not part of the article."""
    known = "\n".join([case.body, *case.neutral, *(case.captions or [])])
    lines = [line for line in found.body.split("\n") if len(line.split()) >= 2]
    return sum(share_found(line, known) < 0.3 for line in lines)


def _losses(bodies: dict[str, tuple[float, float, float]]) -> list[str]:
    """The pages below 0.95, worst first: share right, superfluous, missing."""
    return [
        f"{name[:24]}: {right:.2f} right, {wrong:.2f} superfluous, {missing:.2f} missing"
        for name, (right, wrong, missing) in sorted(bodies.items(), key=lambda each: each[1])
        if right < 0.95
    ]


def report(results: dict[str, list[Row]]) -> str:
    """The Markdown report: for each corpus a table of bodies and times, and one of fields."""
    parts = ["# Extraction beside its peers\n"]
    for corpus, rows in results.items():
        ours = rows[0]
        parts += [f"## {corpus}, {ours.pages} pages\n", *_bodies_and_times(rows), ""]
        if ours.fields:
            parts += [*_fields(rows), ""]
        if ours.losses:
            parts += [f"Pages below 0.95 ({ours.tool}):", ""]
            parts += [*(f"- {loss}" for loss in ours.losses), ""]
    return "\n".join([*parts, LEGEND])


def _bodies_and_times(rows: list[Row]) -> list[str]:
    columns = ("P", "R", "F1", "stray lines", "ms", "× parse, median", "× parse, total")
    lines = {
        row.tool: [
            *(f"{value:.3f}" for value in (row.body.precision, row.body.recall, row.body.f1)),
            str(row.strays),
            *(f"{n:.1f}" for n in (row.milliseconds, row.median_ratio, row.total_ratio)),
        ]
        for row in rows
    }
    return _table(columns, lines)


def _fields(rows: list[Row]) -> list[str]:
    """The table of fields, with the columns that the truth of the corpus asks for."""
    columns = list(rows[0].fields)
    lines = {
        row.tool: ["–" if (pair := row.fields[name]) is None else f"{pair[0]}/{pair[1]}"
                   for name in columns]
        for row in rows
    }  # fmt: skip
    return _table(columns, lines)


def _table(columns: Sequence[str], lines: dict[str, list[str]]) -> list[str]:
    head = ["| tool | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    return head + [f"| {tool} | {' | '.join(cells)} |" for tool, cells in lines.items()]


def main(arguments: list[str] | None = None) -> int:
    """Measure all installed tools on all present corpora and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="runs a page; the best one counts")
    repeats = parser.parse_args(arguments).repeats
    results: dict[str, list[Row]] = {}
    for corpus, cases in corpora().items():
        results[corpus] = []
        for name, tool in installed().items():
            results[corpus].append(measure(name, tool, cases, repeats))
            print(corpus, name, file=sys.stderr, flush=True)
    RESULTS.mkdir(exist_ok=True)
    text = report(results)
    (RESULTS / "extraction.md").write_text(text, "utf-8")
    values = {corpus: {row.tool: row.body.f1 for row in rows} for corpus, rows in results.items()}
    (RESULTS / "extraction.svg").write_text(bar_chart("Body F1", values), "utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
