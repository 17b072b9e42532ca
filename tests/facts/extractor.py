"""Gives what ``find_facts`` finds in the form of the labelled files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.facts import Context, Facts, find_facts
from pipelines.gazetteer.units import provinces


def extract(text: str, source: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the mentions of a text; references are indexes of the list."""
    context = Context(
        province=source["province"],
        district=source["former_district"],
        commune=source["commune"],
        published_at=source["published_at"],
        former_province=_former(source["province_name"]),
    )
    return mentions(find_facts(None, None, text, context))


def _former(name: str | None) -> str | None:
    """Return the name of a province if one of that name was there until June 2025."""
    known = {former for province in provinces() for former in province.former_provinces}
    return name if name in known else None


def mentions(facts: Facts) -> list[dict[str, Any]]:
    """Return the mentions as dictionaries, persons and documents first."""
    persons, documents = len(facts.persons), facts.documents
    found: list[dict[str, Any]] = []
    for person in facts.persons:
        offices = [{"office": office.text} for office in person.offices]
        found.append(_span("person", person) | {"offices": offices, "refers_to": person.refers_to})
    for document in documents:
        refers = None if document.refers_to is None else document.refers_to + persons
        fields = {name: getattr(document, name) for name in ("kind", "number", "date", "issuer")}
        found.append(_span("document", document) | fields | {"refers_to": refers})
    for place in facts.places:
        found.append(_span("place", place) | {"unit": place.unit, "kind": place.kind})
    for body in facts.organisations:
        place_text = body.place.text if body.place else None
        found.append(_span("organisation", body) | {"kind": body.kind, "place": place_text})
    return found


def _span(kind: str, mention: Any) -> dict[str, Any]:
    return {"type": kind, "start": mention.start, "end": mention.end, "text": mention.text}
