"""The tables of the READMEs: complete, in step with the code, and with the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

import settings
from pipelines.items import Outcome
from scraper.base.source import Layout, More, Source
from scraper.base.watch import Watch
from scraper.config.configuration import Configuration
from scraper.store.database import open_database
from scraper.store.source_record import Verdict
from spiders.limits import CrawlPlan, Limits
from spiders.platforms import GENERIC, PLATFORMS
from tests.soak import counts
from tests.test_readme import READMES, REPOSITORY

ROW = re.compile(r"^\| `(\w+)` \| (.*?) ?\| (.*) \|$", re.M)


def text_of(*parts: str) -> str:
    return (REPOSITORY.joinpath(*parts) / "README.md").read_text("utf-8")


# Keys.

TABLES: dict[str, type[BaseModel]] = {
    "tinhuyen.toml": Configuration,
    "watch": Watch,
    "sources.toml": Source,
    "layouts": Layout,
    "more": More,
}
NAMED_BY_ITS_TABLE = "slug"
SPELLED_OUT = {"workers": "the number of processors"}
KEYS = [
    (table, key)
    for table, model in TABLES.items()
    for key in model.model_fields
    if key != NAMED_BY_ITS_TABLE
]


def rows(table: str) -> dict[str, tuple[str, str]]:
    """The rows of a table of keys: the default, and what else the row says."""
    section = re.split(rf"^#+ {re.escape(table)}$", text_of("scraper", "config"), flags=re.M)[1]
    found = ROW.findall(section.partition("\n#")[0])
    return {key: (default, rest) for key, default, rest in found}


@pytest.mark.parametrize("table", TABLES)
def test_the_table_lists_every_key_in_order_and_no_other(table: str) -> None:
    assert [(table, key) for key in rows(table)] == [each for each in KEYS if each[0] == table]


@pytest.mark.parametrize(("table", "key"), KEYS)
def test_a_key_has_its_default_and_its_values(table: str, key: str) -> None:
    field = TABLES[table].model_fields[key]
    default, rest = rows(table)[key]
    assert default.strip("`") == SPELLED_OUT.get(key, default_of(field))
    values = rest.partition(" | ")[0]
    for value in allowed(field):
        assert re.search(rf"(?<!\w){re.escape(value)}(?!\w)", values), value


def default_of(field: FieldInfo) -> str:
    """A default as TOML has it."""
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "none"
    if isinstance(value, Path):
        return json.dumps(str(value).replace(str(Path.home()), "~"))
    return _plain(value)


def _plain(value: Any) -> str:
    """A value as people write it: 2 for 2.0."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_plain, value))}]"
    return f"{value:g}" if isinstance(value, float) else json.dumps(value)


def allowed(field: FieldInfo) -> Iterator[str]:
    """Bounds and words that a value must keep to."""
    for bound in field.metadata:
        for name in ("ge", "gt", "le", "lt", "min_length", "max_length"):
            value = getattr(bound, name, None)
            if value is not None and (name, value) != ("min_length", 1):  # only: not empty
                yield f"{value:g}" if abs(value) < 1e5 else str(value)
    yield from words_of(field.annotation)


def words_of(annotation: Any) -> Iterator[str]:
    """The words that an annotation allows: members of an enumeration, literals, booleans."""
    if annotation is bool:
        yield from ("true", "false")
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from (each.value for each in annotation)
    elif not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        for inner in get_args(annotation):
            if isinstance(inner, str):
                yield inner
            else:
                yield from words_of(inner)


# Limits.

LIMIT = re.compile(
    r"^\| .+ \| ([^|]+) \| `((?:settings|spiders|scraper|pipelines)\.[\w.]+)` \|$", re.M
)
AMOUNT = re.compile(r"(\d+)(?: (s|min|h|days|KB|MB|GB|%|characters))?")
UNITS: dict[str, tuple[object, ...]] = {
    "": (1,),
    "characters": (1,),
    "s": (1,),
    "min": (1,),
    "h": (timedelta(hours=1),),
    "days": (timedelta(days=1),),
    "KB": (1024,),
    "MB": (1, 1_000_000, 1024**2),
    "GB": (1_000_000_000,),
    "%": (0.01,),
}
LISTED = [
    (amount, place)
    for readme in READMES
    for amount, place in LIMIT.findall(readme.read_text("utf-8"))
]


@pytest.mark.parametrize(("amount", "place"), LISTED)
def test_a_limit_is_what_the_readme_says(amount: str, place: str) -> None:
    value = value_at(place)
    amounts, values = amount.split(", "), value if isinstance(value, tuple) else (value,)
    assert len(amounts) == len(values)
    for each, held in zip(amounts, values, strict=True):
        match = AMOUNT.fullmatch(each)
        assert match, each
        number, unit = int(match[1]), match[2] or ""
        assert held in [number * factor for factor in UNITS[unit]]  # type: ignore[operator]


def value_at(place: str) -> Any:
    """What a dotted name means: in a module, a class (by default), or a mapping."""
    module, names = module_of(place)
    value: Any = module
    for name in names:
        value = value() if isinstance(value, type) else value
        if isinstance(value, dict):
            value = next(each for key, each in value.items() if key.name == name)
        else:
            value = getattr(value, name)
    return value


def module_of(place: str) -> tuple[ModuleType, list[str]]:
    """The module that a dotted name begins with, and the rest of the name."""
    parts = place.split(".")
    for end in range(len(parts) - 1, 0, -1):
        if REPOSITORY.joinpath(*parts[:end]).with_suffix(".py").exists():
            return import_module(".".join(parts[:end])), parts[end:]
    raise AssertionError(f"{place}: no such module")


def bounds() -> Iterator[str]:
    """Every bound of a crawl that has a name of its own."""
    for name, value in vars(settings).items():
        if name.isupper() and type(value) in (int, float) and value > 0:
            yield f"settings.{name}"
    yield from (f"spiders.limits.Limits.{field.name}" for field in fields(Limits))
    for field in fields(CrawlPlan):
        if field.type in ("int", "float"):
            yield f"spiders.limits.CrawlPlan.{field.name}"


@pytest.mark.parametrize("place", list(bounds()))
def test_every_bound_of_a_crawl_is_listed(place: str) -> None:
    assert f"`{place}` |" in text_of("spiders")


# Words that users meet.


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (("spiders",), [platform.name for platform in (GENERIC, *PLATFORMS)]),
        (("spiders",), list(Outcome)),
        (("scraper", "daemon"), list(Verdict)),
        (("tests",), [f"TINHUYEN_SOAK_{name}" for name in vars(counts) if name.isupper()]),
    ],
    ids=["platforms", "outcomes", "verdicts", "soak"],
)
def test_every_word_has_a_row(room: tuple[str, ...], words: list[str]) -> None:
    first_cells = " ".join(re.findall(r"^\| (.*?) \|", text_of(*room), re.M))
    assert [word for word in words if f"`{word}`" not in first_cells] == []


def test_every_metric_has_a_row() -> None:
    code = (REPOSITORY / "scraper" / "monitoring" / "metrics.py").read_text("utf-8")
    names = set(re.findall(r'"tinhuyen_(\w+)"|_gauge\("(\w+)"', code))
    listed = re.findall(r"^\| `tinhuyen_(\w+)` \|", text_of("scraper", "daemon"), re.M)
    assert sorted(listed) == sorted("".join(pair) for pair in names)


def test_every_table_has_a_row(tmp_path: Path) -> None:
    names = open_database(tmp_path / "tinhuyen.db").table_names()
    tables = {name for name in names if "_fts_" not in name and not name.startswith("_")}
    listed = set(
        re.findall(
            r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", text_of("scraper", "store"), re.M))
        )
    )
    assert tables - listed == set()
