"""What several commands print: tables, runs, articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.article import Article
    from scraper.crawling.crawl import RunReport

SUMMARY = ("source", "found", "new", "updated", "unchanged", "failed", "seconds")

NO_CONTACT = (
    "files at public sites wait until `contact` in tinhuyen.toml says how to reach you: "
    'contact = "you@example.org"'
)


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Rows as an aligned text table with the columns as headings."""
    from tabulate import tabulate

    cells = [["" if row.get(name) is None else row[name] for name in columns] for row in rows]
    return tabulate(cells, headers=list(columns), tablefmt="simple")


def run_summary(report: RunReport) -> str:
    """The table of a run, a row a source, with what was not stored and why, and errors."""
    rows = [
        row
        | {
            "failed": row["failed"] + row["broken"] + row["blocked"],
            "seconds": round(row["seconds"], 1),
        }
        for row in report.sources
    ]
    errors = [f"{row['source']}: {row['error']}" for row in report.sources if row["error"]]
    sources = report.sources
    lines = [*reason_lines(sources), *file_lines(sources), *errors, *missing_lines(sources)]
    return "\n".join([table(rows, SUMMARY), *lines])


def missing_lines(sources: Iterable[Mapping[str, Any]]) -> list[str]:
    """A line for each source with keys in its entry that match nothing on the site."""
    return [f"{row['source']}: {row['missing']}" for row in sources if row["missing"]]


def file_lines(sources: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each source with files: how its attachments and photos ended, and why.

    The last line says what to do if files wait for it.
    """
    lines = []
    for row in sources:
        ends: dict[str, list[str]] = {}
        for one in row["files"]:
            reason = f" ({one['reason']})" if one["reason"] else ""
            ends.setdefault(one["kind"], []).append(f"{one['files']} {one['outcome']}{reason}")
        if ends:
            kinds = "; ".join(f"{kind}s: {', '.join(found)}" for kind, found in ends.items())
            received = sum(one["bytes"] for one in row["files"])
            size = f"; {size_text(received)}" if received else ""
            lines.append(f"{row['source']}: {kinds}{size}")
    if any(one["reason"] == "no_contact" for row in sources for one in row["files"]):
        lines.append(NO_CONTACT)
    return lines


def size_text(size: int) -> str:
    """A number of bytes as people write it: ``0.6 MB``, and ``24 kB`` if that would be 0.0 MB."""
    megabytes = size / 1_000_000
    return f"{megabytes:.1f} MB" if megabytes >= 0.05 else f"{max(1, round(size / 1000))} kB"


def counted(count: int, one: str) -> str:
    """A number with its word: ``1 photo``, ``2 photos``."""
    return f"{count} {one}{'' if count == 1 else 's'}"


def reason_lines(sources: Iterable[Mapping[str, Any]]) -> list[str]:
    """A line for each source: how pages ended that brought no article, and for which reasons."""
    lines = []
    for row in sources:
        ends = [
            f"{outcome}: " + ", ".join(f"{reason} {count}" for reason, count in reasons.items())
            for outcome, reasons in row["reasons"].items()
        ]
        if ends:
            lines.append(f"{row['source']}: {'; '.join(ends)}")
    return lines


def article_text(article: Article) -> str:
    """The article as a person reads it on a terminal."""
    head = [
        article.title,
        " · ".join(filter(None, [article.published_at, article.section, article.author])),
    ]
    captions = [f"[Ảnh] {photo.caption}" for photo in article.photos if photo.caption]
    files = [
        f"[Tệp] {' '.join(filter(None, [each.name, each.url]))}" for each in article.attachments
    ]
    parts = [*head, article.lede, *article.paragraphs, *captions, *files]
    return "\n\n".join(part for part in parts if part)
