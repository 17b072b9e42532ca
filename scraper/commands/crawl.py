"""`tinhuyen crawl`: one crawl now."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import click

from scraper.base.errors import UsageError
from scraper.commands.arguments import Verb, check_delay, read_day, shard_option
from scraper.commands.output import run_summary
from scraper.commands.session import Session
from scraper.commands.shards import warn_of_new_shard
from scraper.commands.source_options import fitting, source_options

if TYPE_CHECKING:
    from scraper.base.source import Source
    from scraper.config.configuration import Configuration
    from scraper.config.registry import Catalogue
    from scraper.config.source_filters import SourceFilters
    from scraper.crawling.crawl import RunReport
    from spiders.limits import CrawlPlan


@click.command("crawl", cls=Verb)
@click.argument("slugs", nargs=-1, metavar="[SOURCE …]")
@click.option("--url", help="A site that is not registered yet; it will be.")
@click.option("--since", metavar="DATE", callback=read_day, help="Nothing older than this day.")
@click.option("--max-pages", type=click.IntRange(1), help="Pages a source may cost in this run.")
@click.option("--full", is_flag=True, help="Look at everything again, whatever is known.")
@click.option("--delay", type=click.FloatRange(0, 600), help="Seconds between requests to a host.")
@source_options()
@shard_option("Only the sources of shard I of N; another machine crawls those of the others.")
@click.option(
    "--trigger",
    type=click.Choice(["manual", "schedule", "catch-up"]),
    default="manual",
    show_default=True,
    help="What starts this run, as `runs` shows it; for timers and cron.",
)
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
    filters: SourceFilters,
) -> int:
    """Crawl the sources named, or all enabled ones, once, now.

    In the summary, `found` counts the articles that were seen, `failed` pages of any kind.

    A site that has not answered for three nights is asked ever more seldom, unless it is named
    here or with --full.

    A pause below the default is allowed for your own hosts only (loopback and private addresses).

    \b
    Examples:
      tinhuyen crawl
      tinhuyen crawl baotuyenquang --since 2026-11-01
      tinhuyen crawl --province "Tuyên Quang" --level commune
      tinhuyen crawl --shard 1/3
      tinhuyen crawl --url http://127.0.0.1:8000/ --delay 0
    """
    session.start_logging()
    configuration = session.configuration()
    is_of_some = bool(slugs or url or filters.are_given)
    catalogue = session.own_catalogue(from_last_run=trigger == "manual" and is_of_some)
    sources = _chosen(session, catalogue, slugs, url, filters)
    check_delay(sources, delay, configuration.delay)
    from scraper.config.registry import register
    from scraper.crawling.crawl import crawl

    if trigger == "manual":
        session.warn_of_second_writer()
    configuration.require_contact(sources)
    warn_of_new_shard(session, catalogue)
    is_new = url is not None and register(url, catalogue, session.sources_file)
    plan = _plan(configuration, since, max_pages or configuration.max_pages, delay, full=full)
    plan = _for_shard(plan, catalogue)
    watched = [*(source.slug for source in catalogue.enabled), *catalogue.problems]
    registry = (one for slug, one in catalogue.sources.items() if slug not in catalogue.elsewhere)
    is_by_name = trigger == "manual" and bool(slugs or url)
    report = crawl(
        sources, plan, configuration, trigger, watched, catalogue.shard, registry,
        skips_dark=not (is_by_name or full),
    )  # fmt: skip
    if is_new:
        _name_by_its_page(session, sources[0], report)
    value = {"run": report.run, "sources": report.sources, "skipped": report.skipped}
    session.show(value, run_summary(report))
    is_incomplete = bool(catalogue.problems) and not is_of_some
    return report.exit_code or (3 if is_incomplete else 0)


def _name_by_its_page(session: Session, source: Source, report: RunReport) -> None:
    """Give a source that this crawl registered the name that its home page has, if it has one."""
    from scraper.config.registry import rename
    from scraper.crawling.adding import name_in
    from scraper.store.database import open_database
    from scraper.store.sources import sync_sources

    name = name_in(report.sources[0]["site_name"])
    if name and rename(session.sources_file, source, name):
        with closing(open_database(session.configuration().database)) as db:
            sync_sources(db, [source.model_copy(update={"name": name})])


def _plan(
    configuration: Configuration,
    since: date | None,
    max_pages: int,
    delay: float | None,
    *,
    full: bool,
) -> CrawlPlan:
    from spiders.limits import CrawlPlan

    return CrawlPlan(
        since=since,
        max_pages=max_pages,
        max_minutes=configuration.max_minutes,
        full=full,
        revisit=configuration.revisit_policy,
        delay=configuration.delay if delay is None else delay,
        photos=configuration.photos,
        attachments=configuration.attachments,
        file_megabytes=configuration.file_megabytes,
        files_megabytes=configuration.files_megabytes,
    )


def _for_shard(plan: CrawlPlan, catalogue: Catalogue) -> CrawlPlan:
    """Return the plan with what the other shards of the crawl ask."""
    from dataclasses import replace

    from scraper.config.shards import hosts_elsewhere

    if catalogue.shard is None:
        return plan
    return replace(plan, shards=catalogue.shard.count, elsewhere=hosts_elsewhere(catalogue))


def _chosen(
    session: Session,
    catalogue: Catalogue,
    slugs: tuple[str, ...],
    url: str | None,
    filters: SourceFilters,
) -> list[Source]:
    from scraper.config.registry import source_to_crawl
    from scraper.config.shards import require_own

    if url is not None and slugs:
        raise UsageError("name sources or a --url, not both")
    if filters.are_given:
        if slugs or url:
            raise UsageError("name sources or filter them, not both")
        return _enabled_fitting(session, catalogue, filters)
    if not slugs and url is None:
        if not catalogue.enabled and not catalogue.elsewhere:
            raise UsageError("no source is enabled: see `tinhuyen sources list`")
        return catalogue.enabled
    named = [source_to_crawl(url, catalogue)] if url else [catalogue.find(slug) for slug in slugs]
    for source in named:
        require_own(catalogue, source)
    return named


def _enabled_fitting(
    session: Session, catalogue: Catalogue, filters: SourceFilters
) -> list[Source]:
    """Return the enabled sources that meet the filters. Raises UsageError if there are none."""
    found = fitting(session, catalogue.sources, filters)
    own = (source for source in found if source.slug not in catalogue.elsewhere)
    enabled = [source for source in own if source.enabled]
    if not enabled:
        raise UsageError(
            f"no source that fits {filters.as_options} is enabled here: "
            f"`tinhuyen sources enable {filters.as_options}` enables {len(found)}"
        )
    return enabled
