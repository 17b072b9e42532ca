"""`tinhuyen crawl`: one crawl now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from scraper.base.errors import UsageError
from scraper.commands.session import Session, Verb, read_day, table

if TYPE_CHECKING:
    from scraper.base.source import Source
    from scraper.config.registry import Catalogue
    from scraper.crawling.crawl import RunReport

SUMMARY = ("source", "found", "new", "updated", "unchanged", "failed", "seconds")


@click.command("crawl", cls=Verb)
@click.argument("slugs", nargs=-1, metavar="[SOURCE …]")
@click.option("--url", help="A site that need not be registered; it is, on the fly.")
@click.option("--since", metavar="DATE", callback=read_day, help="Nothing older than this day.")
@click.option("--max-pages", type=click.IntRange(1), help="Pages a source may cost in this run.")
@click.option("--full", is_flag=True, help="Look at everything again, whatever is known.")
@click.option("--delay", type=click.FloatRange(0, 600), help="Seconds between requests to a host.")
@click.option("--trigger", default="manual", hidden=True)
@click.pass_obj
def command(
    session: Session,
    slugs: tuple[str, ...],
    url: str | None,
    since: date | None,
    max_pages: int | None,
    full: bool,
    delay: float | None,
    trigger: str,
) -> int:
    """Crawl the sources named, or all enabled ones, once, now.

    A pause below the default is for hosts of one's own only (loopback and private addresses).

    \b
    Examples:
      tinhuyen crawl
      tinhuyen crawl baotuyenquang --since 2026-11-01
      tinhuyen crawl --url http://127.0.0.1:8000/ --delay 0
    """
    session.start_logging()
    configuration = session.configuration()
    catalogue = session.catalogue()
    sources = _chosen(catalogue, slugs, url)
    check_delay(sources, delay, configuration.delay)
    from scraper.config.registry import register
    from scraper.crawling.contact import require_contact
    from scraper.crawling.crawl import crawl
    from spiders.limits import CrawlPlan

    require_contact(sources, configuration.contact)
    if url is not None:
        register(url, catalogue, session.sources_file)
    plan = CrawlPlan(
        since=since,
        max_pages=max_pages or configuration.max_pages,
        max_minutes=configuration.max_minutes,
        full=full,
        revisit=configuration.revisit_policy,
        delay=configuration.delay if delay is None else delay,
    )
    watched = [*(source.slug for source in catalogue.enabled), *catalogue.problems]
    report = crawl(sources, plan, configuration, trigger, watched)
    session.show({"run": report.run, "sources": report.sources}, summary(report))
    is_incomplete = bool(catalogue.problems) and not slugs and url is None
    return report.exit_code or (3 if is_incomplete else 0)


def summary(report: RunReport) -> str:
    """The table of a run, a row a source, with what was not stored and why, and errors."""
    rows = [
        row
        | {
            "found": row["discovered"],
            "failed": row["failed"] + row["broken"] + row["blocked"],
            "seconds": round(row["seconds"], 1),
        }
        for row in report.sources
    ]
    errors = [f"{row['source']}: {row['error']}" for row in report.sources if row["error"]]
    lines = [*reason_lines(report.sources), *errors, *missing_lines(report.sources)]
    return "\n".join([table(rows, SUMMARY), *lines])


def missing_lines(sources: Iterable[Mapping[str, Any]]) -> list[str]:
    """A line for each source whose entry names what gave nothing."""
    return [f"{row['source']}: {row['missing']}" for row in sources if row["missing"]]


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


def _chosen(catalogue: Catalogue, slugs: tuple[str, ...], url: str | None) -> list[Source]:
    from scraper.config.registry import source_for

    if url is not None and slugs:
        raise UsageError("name sources or a --url, not both")
    if url is not None:
        return [source_for(url, catalogue)]
    if not slugs:
        if not catalogue.enabled:
            raise UsageError("no source is enabled: see `tinhuyen sources list`")
        return catalogue.enabled
    return [catalogue.find(slug) for slug in slugs]


def check_delay(sources: list[Source], delay: float | None, usual: float) -> None:
    """Raise UsageError where a pause below the usual one is asked for on a public host."""
    if delay is None or delay >= usual:
        return
    for source in sources:
        if not source.is_own:
            raise UsageError(
                f"--delay {delay:g} is below the default of {usual:g} s and {source.slug} is not a "
                "host of your own: leave it out"
            )
