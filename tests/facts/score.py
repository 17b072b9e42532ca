"""Scores an extractor of facts on labelled files: ``python -m tests.facts.score FILE…``.

README.md describes the format of the files, and what an extractor takes and returns.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from statistics import mean, median
from typing import Any

from tests.facts.scoring import TYPES, Mention, Score, add_text

DEFAULT_EXTRACTOR = "tests.facts.extractor:extract"
FIELDS = (
    "offices exact",
    "document kind",
    "document number",
    "document date",
    "document issuer",
    "all document fields",
    "short form resolved",
    "place resolved",
    "place left open",
    "organisation place",
)

Extractor = Callable[[str, Mapping[str, Any]], Iterable[Mention]]


class ExtractorError(Exception):
    """There is no extractor of this name."""


def load_extractor(name: str) -> Extractor:
    """Return the function called ``module:function``; raises ExtractorError if there is none."""
    module, colon, function = name.partition(":")
    if not colon:
        raise ExtractorError(f"name the extractor as module:function, not {name}")
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise ExtractorError(
            f"no extractor {name}: {error}. Name another one with --extractor module:function"
        ) from error
    if not callable(getattr(found, function, None)):
        raise ExtractorError(f"{module} has no function {function}")
    extractor: Extractor = getattr(found, function)
    return extractor


def read_articles(files: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Yield the labelled texts of files with one JSON object per line."""
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def score_articles(
    articles: Iterable[Mapping[str, Any]], extract: Extractor
) -> tuple[Score, list[float]]:
    """Return the score of all texts, and the milliseconds of processor time of each."""
    score, times = Score(), []
    for article in articles:
        started = time.process_time_ns()
        found = list(extract(article["text"], article["source"]))
        times.append((time.process_time_ns() - started) / 1_000_000)
        add_text(score, article, found)
    return score, times


def table(score: Score, times: list[float]) -> str:
    """Return the scores as lines of text."""
    rows = [
        f"{'':22}{'labelled':>9}{'found':>7}{'right':>7}{'precision':>11}{'recall':>8}{'F1':>7}"
    ]
    for name in (form for type_ in TYPES for form in (type_, f"{type_} exact")):
        counts = [score.counts[f"{name} {what}"] for what in ("labelled", "found", "right")]
        shares = [score.precision(name), score.recall(name), score.f1(name)]
        rows.append(
            f"{name:22}{counts[0]:>9}{counts[1]:>7}{counts[2]:>7}"
            f"{_shown(shares[0]):>11}{_shown(shares[1]):>8}{_shown(shares[2]):>7}"
        )
    rows += ["", f"{'of those found':22}{'compared':>9}{'right':>7}{'share':>7}"]
    for name in FIELDS:
        compared, right = score.counts[f"{name} compared"], score.counts[f"{name} right"]
        rows.append(f"{name:22}{compared:>9}{right:>7}{_shown(score.accuracy(name)):>7}")
    rows += ["", f"private persons claimed: {score.counts['private persons claimed']}"]
    if times:
        rows.append(
            f"processor time per article: {mean(times):.3f} ms on average, "
            f"{median(times):.3f} ms median, {max(times):.3f} ms at most"
        )
    return "\n".join(rows)


def _shown(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"


def main(arguments: list[str]) -> int:
    """Print the scores; return 2 if there is no extractor."""
    parser = argparse.ArgumentParser(prog="python -m tests.facts.score")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--extractor", default=DEFAULT_EXTRACTOR, metavar="MODULE:FUNCTION")
    parser.add_argument("--errors", action="store_true", help="list what is missed or wrong")
    options = parser.parse_args(arguments)
    try:
        extract = load_extractor(options.extractor)
    except ExtractorError as error:
        print(error, file=sys.stderr)
        return 2
    score, times = score_articles(read_articles(options.files), extract)
    print(table(score, times))
    if options.errors:
        for problem in sorted(score.problems, key=lambda one: (one.type, one.what, one.article)):
            print("\t".join(problem))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
