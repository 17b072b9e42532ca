"""Arguments by which sources, and the articles of a search, are filtered: place, level, state."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.gazetteer.lookup import find_places
from scraper.base.source import Level, State
from scraper.store.source_choices import province_name
from scraper.store.source_conditions import PLACE_FIELDS

WATCHED = {"1", "0"}


def read_place_filters(arguments: Mapping[str, str]) -> dict[str, str | None]:
    """Return what arguments ask of sources, by the names of `SourceConditions`.

    A level or a state that there is not is left out. A province is named as it is offered, a unit
    by its code if it is the only one of its name.
    """
    given = {name: (arguments.get(name) or "").strip() or None for name in PLACE_FIELDS}
    for name, known in (("level", set(Level)), ("state", set(State)), ("enabled", WATCHED)):
        if given[name] not in known:
            given[name] = None
    if given["province"]:
        given["province"] = province_name(given["province"])
    if given["unit"]:
        found = find_places(given["unit"])
        given["unit"] = found[0].code if len(found) == 1 else given["unit"]
    return given
