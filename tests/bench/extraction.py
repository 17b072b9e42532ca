"""Measures the extraction beside its peers: ``python -m tests.bench.extraction``.

Writes ``bench-results/extraction.md`` and a chart, ``bench-results/extraction.svg``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import process_time

import lxml.html

from pipelines.vietnamese.text import fold
from tests.bench.chart import bar_chart
from tests.bench.corpora import Case, corpora
from tests.bench.shingles import Score, compare, score, share_found
from tests.bench.tools import Found, Tool, installed

RESULTS = Path("bench-results")


@dataclass(frozen=True)
class Row:
    """What one tool reached on one corpus; counts as (right, asked for)."""

    tool: str
    pages: int
    body: Score
    title: tuple[int, int]
    author: tuple[int, int]
    day: tuple[int, int]
    minute: tuple[int, int]
    captions_in_body: tuple[int, int]
    captions_found: tuple[int, int]
    leaks: int
    milliseconds: float
    median_ratio: float
    total_ratio: float
    losses: list[str]


def measure(name: str, tool: Tool, cases: list[Case], repeats: int) -> Row:
    """Run one tool over a corpus; times are the best of some runs, in CPU time."""
    found = [tool(case.html, case.url) for case in cases]
    times = [_best(partial(tool, case.html, case.url), repeats) for case in cases]
    bare = [_best(partial(lxml.html.document_fromstring, case.html), repeats) for case in cases]
    pairs = list(zip(cases, found, strict=True))
    bodies = [compare(case.body, each.body, case.neutral) for case, each in pairs]
    captions = [(text, each) for case, each in pairs for text in case.captions or []]
    return Row(
        name,
        len(cases),
        score(bodies),
        _count(pairs, lambda case, each: case.title and _same(case.title, each.title)),
        _count(pairs, lambda case, each: case.authors and _same_names(case.authors, each.author)),
        _count(pairs, lambda case, each: case.published and _agrees(case, each, 10)),
        _count(pairs, lambda case, each: case.published and _agrees(case, each, 16)),
        (sum(share_found(text, each.body) > 0.5 for text, each in captions), len(captions)),
        (sum((text in dict(each.captions)) for text, each in captions), len(captions)),
        sum(_leaks(case, each) for case, each in pairs),
        1000 * sum(times) / len(cases),
        statistics.median(one / other for one, other in zip(times, bare, strict=True)),
        sum(times) / sum(bare),
        _losses(cases, bodies),
    )


def _best(run: Callable[[], object], repeats: int) -> float:
    def once() -> float:
        began = process_time()
        run()
        return process_time() - began

    return max(1e-6, min(once() for _ in range(repeats)))


def _count(
    pairs: list[tuple[Case, Found]], right: Callable[[Case, Found], object]
) -> tuple[int, int]:
    """How often a field is right, of the cases whose truth tells it (None: it does not)."""
    verdicts = [right(case, found) for case, found in pairs]
    asked = [verdict for verdict in verdicts if verdict is not None and verdict != []]
    return sum(bool(verdict) for verdict in asked), len(asked)


def _same(one: str, other: str | None) -> bool:
    return " ".join(one.split()) == " ".join((other or "").split())


def _same_names(names: list[str], found: str | None) -> bool:
    parts = (found or "").replace(";", ",").split(",")
    wanted = {fold(part.strip()) for name in names for part in name.split(",")}
    return wanted == {fold(part.strip()) for part in parts}


def _agrees(case: Case, found: Found, length: int) -> bool:
    published = (case.published or "")[:length]
    return bool(found.published) and (found.published or "")[:length] == published


def _leaks(case: Case, found: Found) -> int:
    """Lines of the body that are nothing of the article."""
    known = "\n".join([case.body, *case.neutral, *(case.captions or [])])
    lines = [line for line in found.body.split("\n") if len(line.split()) >= 2]
    return sum(share_found(line, known) < 0.3 for line in lines)


def _losses(cases: list[Case], bodies: list[tuple[float, float, float]]) -> list[str]:
    """The pages below 0.95, worst first: share right, superfluous, missing."""
    order = sorted(zip(bodies, cases, strict=True), key=lambda each: each[0][0])
    return [
        f"{case.name[:24]}: {right:.2f} right, {wrong:.2f} superfluous, {missing:.2f} missing"
        for (right, wrong, missing), case in order
        if right < 0.95
    ]


def report(results: dict[str, list[Row]]) -> str:
    """The Markdown report."""
    parts = ["# Extraction beside its peers\n"]
    for corpus, rows in results.items():
        parts.append(f"## {corpus}, {rows[0].pages} pages\n")
        parts.append(
            "| tool | P | R | F1 | title | author | day | minute | captions in body "
            "| captions found | stray lines | ms | × parse, median | × parse, total |\n"
            "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
        )
        parts += [_line(row) for row in rows]
        ours = rows[0]
        parts += [
            "",
            f"Pages below 0.95 ({ours.tool}):",
            *(f"- {loss}" for loss in ours.losses),
            "",
        ]
    return "\n".join(parts) + "\n"


def _line(row: Row) -> str:
    counts = [
        "/".join(map(str, pair))
        for pair in (
            row.title, row.author, row.day, row.minute, row.captions_in_body, row.captions_found,
        )
    ]  # fmt: skip
    body = [f"{row.body.precision:.3f}", f"{row.body.recall:.3f}", f"{row.body.f1:.3f}"]
    times = [f"{row.milliseconds:.1f}", f"{row.median_ratio:.1f}", f"{row.total_ratio:.1f}"]
    return "| " + " | ".join([row.tool, *body, *counts, str(row.leaks), *times]) + " |"


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
            print(corpus, _line(results[corpus][-1]), file=sys.stderr, flush=True)
    RESULTS.mkdir(exist_ok=True)
    text = report(results)
    (RESULTS / "extraction.md").write_text(text, "utf-8")
    values = {corpus: {row.tool: row.body.f1 for row in rows} for corpus, rows in results.items()}
    (RESULTS / "extraction.svg").write_text(bar_chart("Body F1", values), "utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
