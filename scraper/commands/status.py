"""`tinhuyen status`: whether each source is well."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from scraper.base.clock import vietnam_time
from scraper.base.messages import say, say_count, spoken, word
from scraper.commands.arguments import Verb
from scraper.commands.output import NO_CONTACT, value_word, with_vietnam_times
from scraper.commands.recovery_progress import open_recoveries, open_recovery_lines
from scraper.commands.session import Session
from scraper.commands.shards import shard_line
from scraper.commands.source_life import (
    dark_lines,
    findings_of,
    registered_state,
    unconfirmed_lines,
)
from scraper.commands.source_options import fitting_slugs, source_options
from scraper.commands.tables import table

if TYPE_CHECKING:
    from sqlite_utils import Database

    from scraper.base.source import Source
    from scraper.config.registry import Catalogue
    from scraper.config.source_filters import SourceFilters
    from scraper.store.source_record import Health, Record

COLUMNS = (
    "source", "verdict", "since", "last_success_at", "fortnight", "weekly", "outcomes", "filled",
    "reason",
)  # fmt: skip

BELOW = ("reason", "filled", "outcomes")
"""The columns that are lines under the row of their source on a narrow terminal, by turn."""

LAST_RUN = (
    "last run {id} ({trigger}): {state}, began {began}, "
    "{new} new, {updated} updated, {failed} failed"
)
LAST_SEARCH = "last search for portals: {state}, began {began}, {requests}"
BY_SCRIPT = (
    "lists that go on only by script: {count} of {source}: declare them with `more`, "
    "see `tinhuyen sources show {source}`"
)
WAITING_FILES = "files that wait for the next run: {files} of {source}"
WAITING_ALERTS = (
    "alerts not sent: {count} to {address} since {since} ({reason}); "
    "they are sent after the next run"
)
GIVEN_UP_ALERTS = (
    "alerts given up, after they waited for too long: {count} to {address} since {since} "
    "({reason}); see `tinhuyen alert --test`"
)
ONLY_COUNTED = "the last alert counts {hits} without naming them: see `tinhuyen watch test`"
NO_ADDRESS = "an address that is no longer set"


@click.command("status", cls=Verb)
@source_options()
@click.pass_obj
def command(session: Session, filters: SourceFilters) -> int:
    """Show whether each source is well, against its own past. Exit code 3: one is not.

    `fortnight` counts the articles and notices of the past two weeks, `weekly` those of a usual
    week; `outcomes` are those of the last run, `new` among them of all kinds; `filled` the shares
    of the newest articles with a field: notices, which have no text, are not among them.

    \b
    Examples:
      tinhuyen status
      tinhuyen status --json
      tinhuyen status --province "Tuyên Quang"
    """
    from scraper.base.clock import now
    from scraper.daemon.plan import next_start
    from scraper.monitoring.alerting import last_beat
    from scraper.monitoring.health import check_runs, check_sources
    from scraper.store.discoveries import last_discovery
    from scraper.store.runs import list_runs, nightly_runs
    from scraper.store.source_life import read_findings

    db = session.read_database()
    database = session.configuration().database
    latest = next(iter(list_runs(db, limit=1)), None)
    nightly = check_runs(nightly_runs(db), now())
    catalogue = session.own_catalogue()
    slugs = fitting_slugs(db, catalogue, filters)
    checks = check_sources(db, now(), catalogue, slugs)
    found = read_findings(db)
    sources = [
        _row(db, slug, record, health) | findings_of(slug, registered_state(slug, catalogue), found)
        for slug, (record, health) in checks.items()
    ]
    value = {
        "last_run": latest,
        "last_search": last_discovery(db),
        "shard": str(catalogue.shard) if catalogue.shard else None,
        "last_good_run_at": _iso(last_beat(database)),
        "next_run_at": _iso(next_start(database)),
        "nightly": {**asdict(nightly), "since": _iso(nightly.since)},
        "tls_not_verified": sorted(_of(slugs, _without_tls(catalogue))),
        "files_waiting": _of(slugs, _waiting_files(db, session, catalogue)),
        "recoveries": _of(slugs, open_recoveries(db)),
        **_alerts(db, session),
        "sources": sources,
    }
    has_contact = bool(session.configuration().contact)
    text = _as_text(value, sources, has_contact=has_contact)
    session.show(value, "\n".join([*shard_line(catalogue), text]))
    healths = [nightly, *(health for _, health in checks.values())]
    return 0 if all(health.verdict.is_well for health in healths) else 3


def _without_tls(catalogue: Catalogue) -> dict[str, Source]:
    """Return the enabled sources that are read without protection, by slug."""
    return {source.slug: source for source in catalogue.enabled if not source.verify_tls}


def _of(slugs: Collection[str] | None, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of these sources, None for all."""
    return {slug: value for slug, value in values.items() if slugs is None or slug in slugs}


def _alerts(db: Database, session: Session) -> dict[str, Any]:
    """Return which addresses have not taken how many alerts, since when and why.

    ``hits_only_counted`` are those that the last alerts did not name.
    """
    from scraper.base.clock import now
    from scraper.monitoring.delivery import addresses_of
    from scraper.monitoring.digest import only_counted
    from scraper.store.alerts import count_given_up, count_unsent
    from scraper.store.watches import hits_of_last_alerts

    configuration = session.configuration()
    addresses = [
        *configuration.alerts,
        *(one for each in configuration.watch for one in each.alerts),
    ]
    unique = list(dict.fromkeys(addresses))
    found = {
        "alerts_waiting": count_unsent(db, unique),
        "alerts_given_up": count_given_up(db, unique, now()),
    }
    names = addresses_of(configuration) if any(found.values()) else {}
    return {
        "hits_only_counted": sum(map(only_counted, hits_of_last_alerts(db).values())),
        **{
            key: [asdict(one) | {"address": names.get(one.address, NO_ADDRESS)} for one in unsent]
            for key, unsent in found.items()
        },
    }


def _waiting_files(db: Database, session: Session, catalogue: Catalogue) -> dict[str, Any]:
    """Return how many files of each enabled source wait to be fetched, by kind."""
    from scraper.base.clock import now
    from scraper.store.file_counts import waiting_files

    configuration, found = session.configuration(), {}
    waiting = waiting_files(db, now())
    for source in catalogue.enabled:
        is_fetched = {
            "attachment": configuration.attachments and source.attachments,
            "photo": configuration.photos and source.photos,
        }
        counts = waiting.get(source.slug, {})
        if wanted := {kind: count for kind, count in counts.items() if is_fetched[kind]}:
            found[source.slug] = wanted
    return found


def _row(db: Database, slug: str, record: Record, health: Health) -> dict[str, Any]:
    from scraper.store.frontier import lists_by_script
    from scraper.store.source_history import last_outcomes, last_success
    from scraper.store.verdicts import noted_since

    fill = record.fill_now or record.fill_before
    return {
        **asdict(health),
        "source": slug,
        "since": _iso(health.since or noted_since(db, slug, health.verdict)),
        "last_success_at": last_success(db, slug),
        "fortnight": record.recent,
        "weekly": round(record.weekly, 1),
        "outcomes": last_outcomes(db, slug),
        "filled": fill.shares if fill else {},
        "by_script": len(lists_by_script(db, slug)),
    }


def _as_text(value: dict[str, Any], sources: list[dict[str, Any]], *, has_contact: bool) -> str:
    rows = [
        with_vietnam_times(row, "since", "last_success_at")
        | {
            "outcomes": ", ".join(
                f"{count} {value_word('outcome', name)}" for name, count in row["outcomes"].items()
            ),
            "filled": ", ".join(
                f"{word('filled', name, spoken())} {share:.0%}"
                for name, share in row["filled"].items()
            ),
        }
        for row in sources
    ]
    lines = [
        *_run_lines(value),
        *_source_lines(value),
        *_alert_lines(value),
        *([say(NO_CONTACT)] if value["files_waiting"] and not has_contact else []),
        "",
        table(rows, COLUMNS, BELOW),
    ]
    return "\n".join(lines)


def _run_lines(value: dict[str, Any]) -> list[str]:
    run, nightly = value["last_run"], value["nightly"]
    next_run = vietnam_time(value["next_run_at"]) or say("no daemon is running")
    return [
        _describe_run(run) if run else say("no run yet"),
        *_search_lines(value["last_search"]),
        say("next run: {time}", time=next_run),
        say("nightly runs: {verdict} ({reason})", **nightly),
    ]


def _search_lines(search: dict[str, Any] | None) -> list[str]:
    """The line about the latest search for portals, which holds the database while it runs."""
    if search is None:
        return []
    began, requests = vietnam_time(search["started_at"]), say_count(search["requests"], "request")
    return [say(LAST_SEARCH, state=search["state"], began=began, requests=requests)]


def _source_lines(value: dict[str, Any]) -> list[str]:
    """The lines about single sources: what they lack, and what waits."""
    return [
        *(say("TLS is not verified: {slug}", slug=slug) for slug in value["tls_not_verified"]),
        *(
            say(BY_SCRIPT, count=row["by_script"], source=row["source"])
            for row in value["sources"]
            if row["by_script"]
        ),
        *(
            say(WAITING_FILES, files=", ".join(_counted(kinds)), source=slug)
            for slug, kinds in value["files_waiting"].items()
        ),
        *open_recovery_lines(value["recoveries"]),
        *dark_lines(
            (row["source"], row["dark_since"], row["ask_at"])
            for row in value["sources"]
            if row["ask_at"]
        ),
        *unconfirmed_lines(value["sources"]),
    ]


def _alert_lines(value: dict[str, Any]) -> list[str]:
    lines = [
        say(
            text,
            count=one["count"],
            address=one["address"],
            since=vietnam_time(one["since"]),
            reason=one["reason"] or "not tried yet",
        )
        for text, key in ((WAITING_ALERTS, "alerts_waiting"), (GIVEN_UP_ALERTS, "alerts_given_up"))
        for one in value[key]
    ]
    if hits := value["hits_only_counted"]:
        lines.append(say(ONLY_COUNTED, hits=say_count(hits, "hit of a watch", "hits of watches")))
    return lines


def _counted(kinds: dict[str, int]) -> list[str]:
    return [say_count(count, kind) for kind, count in kinds.items()]


def _iso(moment: datetime | None) -> str | None:
    from scraper.base.clock import to_utc_iso

    return to_utc_iso(moment) if moment else None


def _describe_run(run: dict[str, Any]) -> str:
    return say(LAST_RUN, **run, began=vietnam_time(run["started_at"]))
