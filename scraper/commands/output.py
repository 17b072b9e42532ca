"""What several commands print: runs, articles, archive files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scraper.base.clock import vietnam_time
from scraper.base.messages import ENGLISH, VIETNAMESE, say, say_count, spoken, translate, word
from scraper.commands.source_life import skipped_lines
from scraper.commands.tables import table

if TYPE_CHECKING:
    from pipelines.article import Article
    from scraper.crawling.crawl import RunReport
    from scraper.transfer.pulling import Pull, PulledFile
    from scraper.transfer.pushing import Push, PushedFile

SUMMARY = ("source", "found", "new", "updated", "unchanged", "failed", "seconds")

NO_CONTACT = (
    "files at public sites wait until `contact` in tinhuyen.toml says how to reach you: "
    'contact = "you@example.org"'
)

ANOTHER_SHARD = (
    "files at hosts that another shard asks are not fetched: name these hosts in `file_hosts` of "
    "the source in sources.toml, on every machine, and one shard crawls both"
)

PUSHED = (
    "{url}: {files} pushed and read back ({size} bytes), {present} there already, {tables} of"
    " tables"
)
OPEN = "{files} still written to: the next push takes them"
REMOVED = "{files} removed here ({size} bytes): they are read from there"
PULLED = "{url}: {files} pulled ({size} bytes), {present} here already"


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
    errors = [
        f"{row['source']}: {translate(row['error'], spoken())}"
        for row in report.sources
        if row["error"]
    ]
    sources = report.sources
    lines = [*reason_lines(sources), *file_lines(sources), *errors, *missing_lines(sources)]
    return "\n".join([table(rows, SUMMARY), *lines, *skipped_lines(report.skipped)])


def missing_lines(sources: Iterable[Mapping[str, Any]]) -> list[str]:
    """A line for each source with keys in its entry that match nothing on the site."""
    return [
        f"{row['source']}: {translate(row['missing'], spoken())}"
        for row in sources
        if row["missing"]
    ]


def file_lines(sources: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each source with files: how its attachments and photos ended, and why.

    The last line says what to do if files wait for it.
    """
    lines = []
    for row in sources:
        ends: dict[str, list[str]] = {}
        for one in row["files"]:
            reason = f" ({_file_word(one['reason'])})" if one["reason"] else ""
            end = f"{one['files']} {value_word('outcome', one['outcome'])}{reason}"
            ends.setdefault(one["kind"], []).append(end)
        if ends:
            kinds = "; ".join(
                f"{_heading(kind)}: {', '.join(found)}" for kind, found in ends.items()
            )
            received = sum(one["bytes"] for one in row["files"])
            size = f"; {size_text(received)}" if received else ""
            lines.append(f"{row['source']}: {kinds}{size}")
    reasons = {one["reason"] for row in sources for one in row["files"]}
    nexts = {"no_contact": NO_CONTACT, "another_shard": ANOTHER_SHARD}
    return [*lines, *(say(text) for reason, text in nexts.items() if reason in reasons)]


def value_word(kind: str, value: str) -> str:
    """The word for a value, such as an outcome; in English itself, as documentation has it."""
    return value if spoken() == ENGLISH else word(kind, value, spoken())


def _file_word(value: str) -> str:
    """The word for why a file ended so; its own one, if it has one."""
    if spoken() == ENGLISH:
        return value
    own = word("file_reason", value, spoken())
    return own if own != value else word("reason", value, spoken())


def _heading(kind: str) -> str:
    return word("heading", f"{kind}s", spoken())


def size_text(size: int) -> str:
    """A number of bytes as people write it: ``0.6 MB``, and ``24 kB`` if that would be 0.0 MB."""
    megabytes = size / 1_000_000
    written = f"{megabytes:.1f} MB"
    if spoken() == VIETNAMESE:
        written = written.replace(".", ",")
    return written if megabytes >= 0.05 else f"{max(1, round(size / 1000))} kB"


def with_vietnam_times(row: Mapping[str, Any], *columns: str) -> dict[str, Any]:
    """A row with times as people read them."""
    return {**row, **{name: vietnam_time(row[name]) for name in columns}}


def _counted_reason(reason: str, count: int) -> str:
    """A reason with its count: ``http_404 2``; behind words, the count is in brackets."""
    text = value_word("reason", reason)
    return f"{text} {count}" if text == reason else f"{text} ({count})"


def reason_lines(sources: Iterable[Mapping[str, Any]]) -> list[str]:
    """A line for each source: how pages ended that brought no article, and for which reasons."""
    lines = []
    for row in sources:
        ends = [
            f"{value_word('outcome', outcome)}: "
            + ", ".join(_counted_reason(reason, count) for reason, count in reasons.items())
            for outcome, reasons in row["reasons"].items()
        ]
        if ends:
            lines.append(f"{row['source']}: {'; '.join(ends)}")
    return lines


def article_text(article: Article) -> str:
    """The article as a person reads it on a terminal."""
    head = [
        article.title,
        " · ".join(
            filter(None, [vietnam_time(article.published_at), article.section, article.author])
        ),
    ]
    captions = [f"[Ảnh] {photo.caption}" for photo in article.photos if photo.caption]
    files = [
        f"[Tệp] {' '.join(filter(None, [each.name, each.url]))}" for each in article.attachments
    ]
    parts = [*head, article.lede, *article.paragraphs, *captions, *files]
    return "\n\n".join(part for part in parts if part)


def push_lines(done: Push) -> list[str]:
    """What a push did, and what went wrong, a line a file."""
    pushed = [file for file in done.files if file.is_new]
    lines = [
        say(
            PUSHED,
            url=done.url,
            files=say_count(len(pushed), "archive file"),
            size=sum(file.size for file in pushed),
            present=sum(file.is_new is False for file in done.files),
            tables=say_count(done.tables, "file"),
        )
    ]
    if count := done.count("open"):
        lines.append(say(OPEN, files=say_count(count, "archive file is", "archive files are")))
    if count := done.count("removed"):
        files = say_count(count, "archive file was", "archive files were")
        lines.append(say(REMOVED, files=files, size=done.size("removed")))
    problem = [translate(done.problem, spoken())] if done.problem else []
    return [*lines, *problem, *_file_errors(done.files)]


def pull_lines(done: Pull) -> list[str]:
    """What a pull did, and what went wrong, a line a file."""
    return [
        say(
            PULLED,
            url=done.url,
            files=say_count(done.count("pulled"), "archive file"),
            size=sum(file.size for file in done.files if file.state == "pulled"),
            present=done.count("present"),
        ),
        *_file_errors(done.files),
    ]


def _file_errors(files: Iterable[PushedFile | PulledFile]) -> list[str]:
    return [translate(file.error, spoken()) for file in files if file.error]
