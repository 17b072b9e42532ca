"""`tinhuyen sources coverage`: which units have a portal that is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from scraper.base.messages import say
from scraper.commands.arguments import Verb
from scraper.commands.output import value_word, with_vietnam_times
from scraper.commands.session import Session
from scraper.commands.tables import table

if TYPE_CHECKING:
    from pipelines.gazetteer.units import Unit
    from scraper.config.registry import Catalogue
    from scraper.store.coverage import CoverageRow, ProvinceCoverage, UnitCoverage
    from scraper.store.known_portals import Portal

TALLY = (
    "units", "known", "live", "read", "silent", "unread", "unchecked", "dark", "not_known",
)  # fmt: skip
UNITS = (
    "code", "name", "coverage", "source", "state", "since", "newest_at", "last_success_at",
    "home_url",
)  # fmt: skip
OTHERS = ("level", *UNITS[2:])
BELOW = ("home_url", "last_success_at", "since")
"""The columns that are lines under the row of a portal on a narrow terminal, by turn."""

SUMMARY = (
    "{portals} portals are known in provinces: {of_units} of communes and former districts,"
    " {others} others; {elsewhere} of no known province"
)


@click.command("coverage", cls=Verb)
@click.option("--province", metavar="NAME", help="Each unit of one province, with its portals.")
@click.pass_obj
def command(session: Session, province: str | None) -> int:
    """Show by province which communes and former districts have a portal, and how it is.

    Counted are units: the communes of today, and apart from them the districts of until June 2025.
    The portals are those of the registry and of the database; a unit with several counts by the
    best. Portals of provinces, departments and papers, and those whose entry has no `unit_code`,
    are the others.

    `units` = `known` + `not_known` (no portal is known). `known` = `live` + `unchecked` (no run has
    asked it) + `dark` (dead, moved or in other hands, or asked in the past 30 days without an
    answer that could be read). `live` = `read` (read in the past 30 days, and it has an article of
    that time) + `silent` (read, and it has none) + `unread` (live as far as is known, and not read
    in the past 30 days).

    \b
    Examples:
      tinhuyen sources coverage
      tinhuyen sources coverage --province "Tuyên Quang" --json
    """
    from scraper.store.coverage import cover, cover_province, rows_of, total_of

    wanted = _province(province) if province is not None else None
    catalogue = session.catalogue()
    portals = _portals(session, catalogue)
    exit_code = 2 if catalogue.problems else 0
    if wanted is not None:
        _show_province(session, cover_province(wanted, portals))
        return exit_code
    covered, elsewhere = cover(portals)
    rows = rows_of(covered)
    total = total_of(rows)
    value = {
        "provinces": [asdict(row) for row in rows],
        "total": asdict(total),
        "elsewhere": len(elsewhere),
    }
    session.show(value, _country_text([*rows, total], len(elsewhere)))
    return exit_code


def _province(name: str) -> Unit:
    """The province of an option. Raises UsageError with those that are spelled like it."""
    from pipelines.gazetteer.units import find_province, similar_provinces
    from scraper.base.errors import UsageError, did_you_mean

    found = find_province(name)
    if found is None:
        hint = did_you_mean(similar_provinces(name), "see `tinhuyen sources coverage`")
        raise UsageError(f"no province `{name}`: {hint}")
    return found


def _portals(session: Session, catalogue: Catalogue) -> list[Portal]:
    """The portals of the registry, and of the database if there is one."""
    from scraper.base.clock import now
    from scraper.store.known_portals import known_portals

    is_there = session.configuration().database.exists()
    db = session.read_database() if is_there else None
    return known_portals(db, now(), catalogue.sources.values())


def _country_text(rows: list[CoverageRow], elsewhere: int) -> str:
    total = rows[-1]
    values = {
        "portals": total.portals,
        "of_units": total.portals - total.other_portals,
        "others": total.other_portals,
        "elsewhere": elsewhere,
    }
    parts = [(say("communes"), "communes"), (say("former districts"), "districts")]
    columns = ("province", *TALLY)
    tables = [f"{heading}\n{table(_tallies(rows, part), columns)}" for heading, part in parts]
    return "\n\n".join([*tables, say(SUMMARY, **values)])


def _tallies(rows: Iterable[CoverageRow], part: str) -> Iterator[dict[str, Any]]:
    for row in rows:
        name = row.name or say("the whole country")
        yield {"province": name, **asdict(row)[part]}


def _show_province(session: Session, found: ProvinceCoverage) -> None:
    from scraper.store.coverage import rows_of

    (row,) = rows_of([found])
    units = [*found.communes, *found.districts]
    value = {
        **asdict(row),
        "units": [_unit_value(unit) for unit in units],
        "others": [asdict(portal) for portal in found.others],
    }
    texts = [
        table(
            [
                {"kind": say("communes"), **asdict(row.communes)},
                {"kind": say("former districts"), **asdict(row.districts)},
            ],
            ("kind", *TALLY),
        ),
        table((line for unit in units for line in _unit_lines(unit)), UNITS, BELOW),
        table((_line(portal) for portal in found.others), OTHERS, BELOW) if found.others else "",
    ]
    session.show(value, "\n\n".join(filter(None, texts)))


def _unit_value(unit: UnitCoverage) -> dict[str, Any]:
    return {
        "code": unit.place.code,
        "name": unit.place.name,
        "coverage": unit.coverage,
        "portals": [asdict(portal) for portal in unit.portals],
    }


def _unit_lines(unit: UnitCoverage) -> list[dict[str, Any]]:
    """A line for each portal of a unit, one without if none is known."""
    named = {"code": unit.place.code, "name": unit.place.name}
    lines = [_line(portal) | named for portal in unit.portals]
    return lines or [named | {"coverage": value_word("coverage", unit.coverage)}]


def _line(portal: Portal) -> dict[str, Any]:
    row = with_vietnam_times(asdict(portal), "state_since", "newest_at", "last_success_at")
    return row | {
        "source": portal.slug,
        "coverage": value_word("coverage", portal.coverage),
        "since": row["state_since"],
    }
