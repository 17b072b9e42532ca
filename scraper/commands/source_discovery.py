"""`tinhuyen sources discover`: finds portals, shows them, and registers them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from scraper.base.messages import say, say_count, spoken, translate
from scraper.base.source import Source
from scraper.commands.arguments import Verb
from scraper.commands.output import value_word
from scraper.commands.session import Session
from scraper.commands.tables import table

if TYPE_CHECKING:
    from scraper.config.found_portals import Registered, RegisteredHosts
    from scraper.crawling.discovering import DiscoveryReport

COLUMNS = ("unit", "host", "platform", "newest_article", "verdict", "registered_as")

PROGRESS = "{hosts} looked at, {requests} so far"
LOOKED = "{hosts} looked at ({verdicts}): {requests}, {lookups}"
NOTHING_DUE = "nothing was due: {requests}, {lookups}"
UNREAD = "{url} could not be read: {reason}"
LEFT = "{names} left for another night"
TAKEN = "{names} a source already, perhaps of a former district: see `tinhuyen sources check`"
NOTHING_NEW = "no new portal"
OVER = "{slug} is that of {before} in the catalogue: its page names {unit}, so the entry changes"
BESIDE = "{slug}: its unit has other sources, too: {others}"
WOULD = "nothing was registered: --yes would register {portals}"
REGISTER = "register {portals}?"
REGISTER_OVER = "register {portals}, and change whose these entries are: {slugs}?"
REGISTERED = "{portals} registered in {file}"
DISABLED = "not crawled yet: `tinhuyen sources enable SLUG …`, or `--province NAME` for all"


@click.command("discover", cls=Verb)
@click.argument("urls", nargs=-1, metavar="[URL …]")
@click.option("--province", "provinces", multiple=True, help="Only this province; repeatable.")
@click.option("--yes", is_flag=True, help="Register the portals without asking.")
@click.option("--enable", is_flag=True, help="Also crawl the registered portals from now on.")
@click.option("--dry-run", is_flag=True, help="Register nothing, show what was found.")
@click.pass_obj
def discover(
    session: Session,
    urls: tuple[str, ...],
    provinces: tuple[str, ...],
    yes: bool,
    enable: bool,
    dry_run: bool,
) -> int:
    """Find portals of communes and departments. Exit code 3: a link list could not be read.

    Reads the links of the portals and papers of the provinces (or of the URLs), then tries the
    usual names of communes without a portal; with URLs alone, it tries none. Each host is asked a
    few times at most, and again after weeks only, so that a second call goes on where one ended.

    New portals are registered, but not crawled, unless --enable is given. A portal at the host of a
    shipped source that was never read is registered as that source, with the unit of its page.

    \b
    Examples:
      tinhuyen sources discover --province "Tuyên Quang"
      tinhuyen sources discover --province "Tuyên Quang" --yes --enable
      tinhuyen sources discover https://tuyenquang.gov.vn/lien-ket --dry-run
    """
    from scraper.config.found_portals import registered_as
    from scraper.crawling.discovering import discover as search
    from scraper.crawling.search_plan import plan_search

    session.start_logging()
    catalogue = session.catalogue()
    plan = plan_search(catalogue, provinces, urls)
    report = search(plan, session.configuration(), lambda *done: _show_progress(session, *done))
    hosts = registered_as(catalogue, report.read)
    found = [row for row in report.candidates if _is_new_portal(row, hosts)]
    text = _found_text(report, hosts)
    is_wanted = bool(found) and not dry_run and report.run["state"] != "interrupted"
    if is_wanted and not yes and sys.stdin.isatty():
        click.echo(text, err=session.as_json)
        text, is_wanted = "", click.confirm(_question(found, hosts), err=session.as_json)
    elif not yes:
        is_wanted = False
    done = _register(session, found, report.read, is_enabled=enable) if is_wanted else []
    end = _done_text(session, done, enable) if is_wanted else _undone_text(found)
    session.show(_value(report, done, hosts), "\n".join(filter(None, [text, end])))
    return report.exit_code


def _show_progress(session: Session, looks: int, requests: int) -> None:
    hosts, sent = say_count(looks, "host"), say_count(requests, "request")
    session.progress(say(PROGRESS, hosts=hosts, requests=sent))


def _is_new_portal(row: Mapping[str, Any], hosts: RegisteredHosts) -> bool:
    return row["verdict"] == "portal" and row["host"] not in hosts.closed


def _found_text(report: DiscoveryReport, hosts: RegisteredHosts) -> str:
    """Return the table of what was found, and lines about what was not.

    Names that do not exist are only counted.
    """
    shown = [
        row
        for row in report.candidates
        if row["verdict"] != "no_name" and (row["is_new"] or row["host"] not in hosts.closed)
    ]
    slugs = hosts.slugs
    rows = [
        {**row, "unit": _unit_name(row), "registered_as": slugs.get(row["host"])} for row in shown
    ]
    over = [
        say(OVER, slug=source.slug, before=source.name, unit=_unit_name(row))
        for row in shown
        if (source := _source_over(row, hosts))
    ]
    unread = [
        say(UNREAD, url=row["url"], reason=_reason_text(row["reason"]))
        for row in report.lists
        if row["reason"]
    ]
    left = report.run["guesses_left"]
    lines = [_summary(report), *unread, *over]
    if left:
        lines.append(say(LEFT, names=say_count(left, "usual name is", "usual names are")))
    if report.taken:
        names = say_count(len(report.taken), "usual name is", "usual names are")
        lines.append(say(TAKEN, names=names))
    return "\n".join([table(rows, COLUMNS), *lines] if rows else lines)


def _summary(report: DiscoveryReport) -> str:
    costs = {
        "requests": say_count(report.run["requests"], "request"),
        "lookups": say_count(report.run["lookups"], "lookup"),
    }
    if not report.verdicts:
        return say(NOTHING_DUE, **costs)
    verdicts = ", ".join(
        f"{value_word('portal_verdict', verdict)} {count}"
        for verdict, count in report.verdicts.items()
    )
    hosts = say_count(sum(report.verdicts.values()), "host")
    return say(LOOKED, hosts=hosts, verdicts=verdicts, **costs)


def _unit_name(row: Mapping[str, Any]) -> str:
    from scraper.crawling.found_entries import unit_of

    unit = unit_of(row["unit_code"])
    return unit.name if unit else row["name"]


def _reason_text(reason: str) -> str:
    known = value_word("reason", reason)
    return known if known != reason else translate(reason, spoken())


def _source_over(row: Mapping[str, Any], hosts: RegisteredHosts) -> Source | None:
    """Return the source that names another unit at the host of a portal, None if there is none."""
    from scraper.config.found_portals import is_of_other_unit

    source = hosts.unseen.get(row["host"])
    is_over = row["verdict"] == "portal" and source and is_of_other_unit(source, row)
    return source if is_over else None


def _question(found: Sequence[Mapping[str, Any]], hosts: RegisteredHosts) -> str:
    portals = say_count(len(found), "portal")
    over = [source.slug for row in found if (source := _source_over(row, hosts))]
    return (
        say(REGISTER_OVER, portals=portals, slugs=", ".join(over))
        if over
        else (say(REGISTER, portals=portals))
    )


def _undone_text(found: Sequence[object]) -> str:
    return say(WOULD, portals=say_count(len(found), "portal")) if found else say(NOTHING_NEW)


def _register(
    session: Session,
    found: Sequence[Mapping[str, Any]],
    read: frozenset[str],
    *,
    is_enabled: bool,
) -> list[Registered]:
    from scraper.config.found_portals import register_portals
    from scraper.crawling.found_entries import entry_of

    entries = [entry_of(row, is_enabled=is_enabled) for row in found]
    return register_portals(session.sources_file, entries, read)


def _done_text(session: Session, done: Sequence[Registered], is_enabled: bool) -> str:
    portals = say_count(len(done), "portal")
    beside = [
        say(BESIDE, slug=each.slug, others=", ".join(each.beside)) for each in done if each.beside
    ]
    lines = [say(REGISTERED, portals=portals, file=session.sources_file), *beside]
    return "\n".join(lines if is_enabled else [*lines, say(DISABLED)])


def _value(
    report: DiscoveryReport, done: Sequence[Registered], hosts: RegisteredHosts
) -> dict[str, object]:
    slugs = hosts.slugs
    return {
        "run": report.run,
        "verdicts": report.verdicts,
        "candidates": [
            {**row, "registered_as": slugs.get(row["host"])} for row in report.candidates
        ],
        "link_lists": report.lists,
        "taken": report.taken,
        "registered": [
            {
                "slug": each.slug,
                "host": each.host,
                "beside": list(each.beside),
                "before": each.before,
            }
            for each in done
        ],
    }
