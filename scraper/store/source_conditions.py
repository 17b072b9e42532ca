"""What sources have to meet: a place, a level, a platform, a state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from pipelines.gazetteer.lookup import codes_in, former_province, joined_codes, names_of
from pipelines.gazetteer.units import find_province

LISTED = "SELECT value FROM json_each(?)"

Condition = tuple[str, list[str]]


@dataclass(frozen=True, slots=True)
class SourceConditions:
    """What sources have to meet; what is None is not asked.

    ``province`` is a province of today or a former one, ``unit`` the code of a unit, whose sources
    over time are meant; ``enabled`` is 1 or 0.
    """

    province: str | None = None
    level: str | None = None
    platform: str | None = None
    state: str | None = None
    enabled: str | None = None
    unit: str | None = None

    def condition(self) -> Condition:
        """The SQL condition on a row of ``sources``, and its values."""
        return source_condition(asdict(self))


PLACE_FIELDS = tuple(SourceConditions.__dataclass_fields__)


def source_condition(wanted: Mapping[str, str | None]) -> Condition:
    """Return the SQL condition on a row of ``sources`` by the names of `SourceConditions`."""
    given = {name: value for name, value in wanted.items() if value is not None}
    found = [_one(name, value) for name, value in given.items()]
    conditions = [condition for condition, _ in found]
    return " AND ".join(conditions) or "1", [value for _, values in found for value in values]


def _one(name: str, value: str) -> Condition:
    if name == "province":
        return _of_province(value)
    if name == "unit":
        return f"unit_code IN ({LISTED})", [json.dumps(joined_codes(value))]
    return f"{name} = ?", [value]


def _of_province(name: str) -> Condition:
    """The condition that a source is of a province: by its unit, or as its entry says."""
    province = find_province(name)
    if former := former_province(name):
        written = json.dumps([name, former.name])
        condition = " OR ".join(
            f"{column} IN ({LISTED})" for column in ("province", "former_province", "unit_code")
        )
        return f"({condition})", [written, written, json.dumps(former.codes)]
    if province is None:
        return "province = ?", [name]
    condition = f"(province IN ({LISTED}) OR unit_code IN ({LISTED}))"
    return condition, [json.dumps([name, *names_of(province)]), json.dumps(codes_in(province))]
