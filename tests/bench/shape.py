"""How well the shape of the text is read: ``python -m tests.bench.shape`` prints what it compares.

The truth of a saved page, ``shapes/NAME.json``, was read from its HTML: each heading with its level
and first words, each list with its number of items, each table with its rows and columns, and for
each photo and file the first words of the text above it. ``either`` are headings that two readers
would judge differently. The truth of the demo is what its pages are made from.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from urllib.request import urlopen

from pipelines import blocks as shape
from pipelines import extract
from pipelines.article import Article
from scraper.demo.portal import DemoPortal
from tests.bench.corpora import SHARED, portals
from tests.scraper.demo.truth import articles

KINDS = ("headings", "levels", "lists", "tables", "quotations", "photos", "attachments")
SHAPES = Path(__file__).parent / "shapes"
START = "START"
"""What is above a file at the start of the text."""

Facts = dict[str, list[str]]


@dataclass(frozen=True)
class Score:
    """Facts of one kind on a page: those in the truth, those that are missing and the wrong ones.

    ``missing`` and ``wrong`` are the facts themselves.
    """

    expected: int = 0
    missing: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


def facts_of(blocks: Iterable[shape.Block]) -> Facts:
    """The facts of blocks that are compared; a place is told by the text above it."""
    facts: Facts = {kind: [] for kind in KINDS}
    above = START
    for block in blocks:
        match block:
            case shape.Heading():
                facts["headings"].append(block.text)
                facts["levels"].append(f"{block.level} {block.text}")
            case shape.ItemList():
                facts["lists"].append(f"{'ol' if block.ordered else 'ul'} of {len(block.items)}")
            case shape.Table():
                lines = block.rows if block.header is None else (block.header, *block.rows)
                facts["tables"].append(f"{len(lines)} x {max(map(len, lines))}")
            case shape.Quotation():
                facts["quotations"].append(block.text)
            case shape.PhotoPlace():
                facts["photos"].append(above)
            case shape.AttachmentPlace():
                facts["attachments"].append(above)
        above = next(reversed(shape.paragraphs_of([block])), above)
    return facts


def facts_of_truth(truth: Mapping[str, Any]) -> Facts:
    """The facts in the truth of a saved page."""
    return {
        "headings": [text for _, text in truth.get("headings", [])],
        "levels": [f"{level} {text}" for level, text in truth.get("headings", [])],
        "lists": [f"{'ol' if ordered else 'ul'} of {n}" for ordered, n in truth.get("lists", [])],
        "tables": [f"{rows} x {columns}" for rows, columns in truth.get("tables", [])],
        "quotations": truth.get("quotations", []),
        "photos": [text or START for text in truth.get("photos", [])],
        "attachments": [text or START for text in truth.get("attachments", [])],
    }


def compare(truth: list[str], found: list[str], either: Iterable[str] = ()) -> Score:
    """Compare facts: a fact of the truth is the beginning of one that was found."""
    left = list(found)
    missing = []
    for fact in truth:
        match = next((each for each in left if each.startswith(fact)), None)
        if match is None:
            missing.append(fact)
        else:
            left.remove(match)
    wrong = [each for each in left if not any(line in each for line in either)]
    return Score(len(truth), tuple(missing), tuple(wrong))


def compare_all(truth: Facts, found: Facts, either: Iterable[str] = ()) -> dict[str, Score]:
    """Compare the facts of each kind."""
    return {kind: compare(truth[kind], found[kind], either) for kind in KINDS}


def saved_portals() -> Iterator[tuple[str, dict[str, Score]]]:
    """Yield the scores of each saved page of a local portal, by its name."""
    for case in portals():
        truth = json.loads((SHAPES / f"{case.name}.json").read_text("utf-8"))
        found = facts_of(extract(case.html, case.url).blocks)
        either = truth.get("either", [])
        yield f"portals/{case.name}", compare_all(facts_of_truth(truth), found, either)


def demo() -> Iterator[tuple[str, dict[str, Score]]]:
    """Yield the scores of each article of the demo, by its path."""
    with DemoPortal(night=3) as portal:
        homes = {site.slug: site.home_url for site in portal.sites}
        for entry in articles(3):
            url = urljoin(homes[entry.source], entry.paths[0])
            with urlopen(url, timeout=60) as answer:
                article = extract(answer.read(), url)
            yield f"demo/{entry.source}{entry.paths[0]}", _demo_scores(entry.article, article)


def _demo_scores(truth: Article, found: Article) -> dict[str, Score]:
    return compare_all(facts_of(truth.blocks), facts_of(found.blocks))


def totals(pages: Iterable[tuple[str, dict[str, Score]]]) -> dict[str, tuple[int, int, int]]:
    """For each kind: the facts in the truth, those that are missing and the wrong ones."""
    scores = [scores for _, scores in pages]
    return {
        kind: (
            sum(page[kind].expected for page in scores),
            sum(len(page[kind].missing) for page in scores),
            sum(len(page[kind].wrong) for page in scores),
        )
        for kind in KINDS
    }


def main() -> int:
    """Print each fact that is missing or wrong, and the totals of both corpora."""
    corpora = {"demo": list(demo())}
    if SHARED.exists():
        corpora["local portals"] = list(saved_portals())
    for name, pages in corpora.items():
        for page, scores in pages:
            for kind, score in scores.items():
                for text in score.missing:
                    print(f"{page}: {kind}: missing {text[:60]}")
                for text in score.wrong:
                    print(f"{page}: {kind}: wrong {text[:60]}")
        print(f"\n{name}, {len(pages)} pages: in the truth, found, missing, wrong")
        for kind, (expected, missing, wrong) in totals(pages).items():
            print(f"  {kind:12} {expected:5} {expected - missing:5} {missing:5} {wrong:5}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
