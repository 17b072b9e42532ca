"""The pages that the extraction is measured on: our own, and the shared ones where present."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.vietnamese.dates import read_moment

ROOT = Path(__file__).parent.parent.parent
OWN = ROOT / "tests" / "pages"
SHARED = ROOT.parent / "shared" / "pages"


@dataclass(frozen=True)
class Case:
    """A page with its truth; a field that the truth does not tell is None."""

    name: str
    url: str
    html: bytes
    body: str
    neutral: list[str] = field(default_factory=list)
    title: str | None = None
    authors: list[str] | None = None
    published: str | None = None
    captions: list[str] | None = None


def corpora() -> dict[str, list[Case]]:
    """The corpora by name; those that are absent are left out."""
    found = {"own pages": list(own())}
    if (SHARED / "vietnam" / "truth.json").exists():
        found["Vietnamese outlets"] = list(vietnam())
    if (SHARED / "benchmark" / "ground-truth.json").exists():
        found["general benchmark"] = list(benchmark())
    return found


def own() -> Iterator[Case]:
    """The project's own article pages."""
    for path in sorted(OWN.glob("*.json")):
        truth = json.loads(path.read_text("utf-8"))
        if truth.get("verdict") or not truth.get("paragraphs"):
            continue
        yield Case(
            path.stem,
            truth["url"],
            path.with_suffix(".html").read_bytes(),
            "\n\n".join(truth["paragraphs"]),
            [truth.get("title") or "", truth.get("lede") or ""],
            truth.get("title"),
            [truth["author"]] if truth.get("author") else None,
            truth.get("published_at"),
            [photo["caption"] for photo in truth.get("photos", []) if photo.get("caption")],
        )


def vietnam() -> Iterator[Case]:
    """The article pages of national outlets; their truth leaves the subheadings out."""
    folder = SHARED / "vietnam"
    for name, truth in json.loads((folder / "truth.json").read_text("utf-8")).items():
        moment = read_moment(truth["date_text"])
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
        )


def benchmark() -> Iterator[Case]:
    """The public half of the scrapinghub benchmark: bodies only."""
    folder = SHARED / "benchmark"
    for name, truth in json.loads((folder / "ground-truth.json").read_text("utf-8")).items():
        html = gzip.decompress((folder / f"{name}.html.gz").read_bytes())
        yield Case(name, truth["url"], html, truth["articleBody"])
