"""The pages for benchmarks of the extraction: our own, and shared ones if they are present."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.extraction.vietnamese.dates import parse_date

ROOT = Path(__file__).parent.parent.parent
OWN = ROOT / "tests" / "pages"
SHARED = ROOT.parent / "shared" / "pages"
_PAPER = re.compile(r"^\([^()]+\) - ")
"""The name of the newspaper before a lede; results with and without it count as right."""


@dataclass(frozen=True)
class Case:
    """A page with its expected fields; a field that the truth does not have is None.

    ``ledes`` are all accepted ledes, the best one first. If ``is_complete``, the truth has every
    field, so None means that the page does not have it.
    """

    name: str
    url: str
    html: bytes
    body: str
    neutral: list[str] = field(default_factory=list)
    title: str | None = None
    authors: list[str] | None = None
    published: str | None = None
    captions: list[str] | None = None
    section: str | None = None
    lede: str | None = None
    ledes: list[str] = field(default_factory=list)
    must_not_appear: list[str] = field(default_factory=list)
    is_notice: bool = False
    is_complete: bool = False


def corpora() -> dict[str, list[Case]]:
    """Return the corpora by name, without those that are absent."""
    found = {"own pages": list(own())}
    if (SHARED / "vietnam" / "truth.json").exists():
        found["Vietnamese outlets"] = list(vietnam())
    if (SHARED / "portals" / "truth.json").exists():
        found["local portals"] = list(portals())
    if (SHARED / "benchmark" / "ground-truth.json").exists():
        found["general benchmark"] = list(benchmark())
    return found


def own() -> Iterator[Case]:
    """Yield the pages of articles and notices in ``tests/pages``."""
    for path in sorted(OWN.glob("*.json")):
        truth = json.loads(path.read_text("utf-8"))
        is_notice = truth.get("kind") == "notice"
        if truth.get("verdict") or not (truth.get("paragraphs") or is_notice):
            continue
        lede = truth.get("lede")
        yield Case(
            path.stem,
            truth["url"],
            path.with_suffix(".html").read_bytes(),
            "\n\n".join(truth.get("paragraphs", [])),
            [truth.get("title") or "", lede or ""],
            truth.get("title"),
            [truth["author"]] if truth.get("author") else None,
            truth.get("published_at"),
            [photo["caption"] for photo in truth.get("photos", []) if photo.get("caption")],
            section=truth.get("section"),
            lede=lede,
            ledes=[lede] if lede else [],
            is_notice=is_notice,
        )


def vietnam() -> Iterator[Case]:
    """Yield article pages of national newspapers; their truth has no subheadings."""
    folder = SHARED / "vietnam"
    for name, truth in json.loads((folder / "truth.json").read_text("utf-8")).items():
        moment = parse_date(truth["date_text"])
        yield Case(
            name,
            truth["url"],
            gzip.decompress((folder / f"{name}.html.gz").read_bytes()),
            "\n\n".join(truth["paragraphs"]),
            [truth["title"], truth["lede"]],
            truth["title"],
            truth["byline"],
            moment.iso if moment else None,
            truth["captions"],
            lede=truth["lede"],
            ledes=[truth["lede"], _PAPER.sub("", truth["lede"])],
        )


def portals() -> Iterator[Case]:
    """Yield articles and notices of local portals, with every field in their truth."""
    folder = SHARED / "portals"
    for name, truth in json.loads((folder / "truth.json").read_text("utf-8")).items():
        ledes = [text for text in (truth["lede"], *truth["also_accepted_as_lede"]) if text]
        yield Case(
            name,
            truth["url"],
            gzip.decompress((folder / f"{name}.html.gz").read_bytes()),
            "\n\n".join(truth["paragraphs"]),
            [truth["title"], *ledes, *truth["either_way"]],
            truth["title"],
            [truth["author"]] if truth["author"] else None,
            truth["published_at"],
            truth["captions"],
            section=truth["section"],
            lede=truth["lede"],
            ledes=ledes,
            must_not_appear=truth["must_not_appear"],
            is_notice=truth["kind"] == "notice",
            is_complete=True,
        )


def benchmark() -> Iterator[Case]:
    """Yield the public half of the scrapinghub benchmark, which has bodies only."""
    folder = SHARED / "benchmark"
    for name, truth in json.loads((folder / "ground-truth.json").read_text("utf-8")).items():
        html = gzip.decompress((folder / f"{name}.html.gz").read_bytes())
        yield Case(name, truth["url"], html, truth["articleBody"])
