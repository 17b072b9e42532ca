"""The words of this room, read once from the TOML files beside it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.facts.analysis import Node, key_of, phrase_tree


@dataclass(frozen=True, slots=True)
class PlaceClass:
    """What a class word stands for: a level, and the kinds of units as the gazetteer has them."""

    level: str
    kinds: tuple[str, ...]
    is_numbered: bool = False
    """Whether only numbers follow it."""


@dataclass(frozen=True, slots=True)
class Body:
    """A kind of organisation, and what its name may go on with."""

    kind: str
    takes: str
    level: str | None
    is_public: bool
    is_national: bool
    is_numbered: bool


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words, as trees of phrases or sets of keys."""

    offices: Node
    prefixes: Node
    modifiers: Node
    joins: frozenset[str]
    weak: frozenset[str]
    never: frozenset[str]
    appointed: Node
    bodies: Node
    terms: Node
    verbs: frozenset[str]
    general: frozenset[str]
    connectors: frozenset[str]
    titles: Node
    plural_offices: frozenset[str]
    surnames: frozenset[str]
    sure_surnames: frozenset[str]
    no_names: frozenset[str]
    no_persons: frozenset[str]
    classes: Node
    not_before: Node
    before: frozenset[str]
    never_bare: frozenset[str]
    acronyms: frozenset[str]
    of_villages: frozenset[str]
    signed_for: frozenset[str]
    other_names: dict[str, str]
    documents: Node
    bare_documents: frozenset[str]
    named_documents: frozenset[str]
    units: frozenset[str]
    issuers: dict[str, str]
    laws: Node
    law_stops: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """Return the words of this room."""
    offices, persons = _table("offices"), _table("persons")
    organisations, places = _table("organisations"), _table("places")
    documents = _table("documents")
    terms, general = organisations.pop("terms"), organisations.pop("general")
    return Vocabulary(
        offices=_tree(offices["offices"]),
        prefixes=_tree(offices["prefixes"]),
        modifiers=_tree(offices["modifiers"]),
        joins=_keys(offices["joins"]),
        weak=_keys(offices["weak"]),
        never=_keys(offices["never"]),
        appointed=_tree(offices["appointed"]),
        bodies=phrase_tree(_bodies(organisations)),
        terms=_tree(terms["words"]),
        verbs=_keys(terms["verbs"]),
        general=_keys(general["words"]),
        connectors=_keys(terms["connectors"]),
        titles=_tree(persons["titles"]),
        plural_offices=_keys(persons["plural_offices"]),
        surnames=_keys(persons["surnames"]),
        sure_surnames=_keys(persons["sure_surnames"]),
        no_names=_keys(persons["no_names"]),
        no_persons=_keys(persons["no_persons"]),
        classes=phrase_tree(_classes(places["classes"])),
        not_before=_tree(
            " ".join(reversed(each.split())) for each in places["words"]["not_before"]
        ),
        before=_keys(places["words"]["before"]),
        never_bare=_keys([*places["words"]["never_bare"], *places["words"]["regions"]]),
        acronyms=_keys([*offices["acronyms"], *general["acronyms"], *documents["acronyms"]]),
        of_villages=_keys(offices["of_villages"]),
        signed_for=_keys(offices["signed_for"]),
        other_names={key_of(old): key_of(new) for old, new in places["other_names"].items()},
        documents=_tree(documents["kinds"]),
        bare_documents=_keys(documents["bare"]),
        named_documents=_keys(documents["named"]),
        units=_keys(documents["units"]),
        issuers=documents["issuers"],
        laws=_tree(documents["laws"]["names"]),
        law_stops=_keys(documents["laws"]["stops"]),
    )


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))


def _tree(phrases: Any) -> Node:
    return phrase_tree((phrase, key_of(phrase)) for phrase in phrases)


def _keys(phrases: list[str]) -> frozenset[str]:
    return frozenset(map(key_of, phrases))


def _classes(rows: dict[str, Any]) -> list[tuple[str, PlaceClass]]:
    return [
        (word, PlaceClass(row["level"], tuple(row.get("kinds", ())), row.get("numbered", False)))
        for word, row in rows.items()
    ]


def _bodies(tables: dict[str, Any]) -> list[tuple[str, Body]]:
    return [(head, _body(name, table)) for name, table in tables.items() for head in table["heads"]]


def _body(name: str, table: dict[str, Any]) -> Body:
    return Body(
        table.get("kind", name),
        table.get("takes", ""),
        table.get("level"),
        table.get("public", True),
        table.get("national", False),
        table.get("numbered", False),
    )
