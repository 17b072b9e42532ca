"""What is found in a text. Offsets count characters of ``Facts.text``.

Codes of units are those of the gazetteer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the source of a text: codes of its units, and the day of the text.

    ``province`` is one of today, ``district`` a former one (``H074``), ``commune`` one of today.
    ``published_at`` is an ISO date or time.
    """

    province: str | None = None
    district: str | None = None
    commune: str | None = None
    published_at: str | None = None
    former_province: str | None = None
    """The name of the province until June 2025, if it was another one."""


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place as it is written, with its class word if there is one.

    ``unit`` is a commune or province of today, or a former district; None if the place is none of
    them, or may be several (``candidates``). ``former_code`` and ``former_name`` are those of the
    unit that the text names, if it is no more; ``others`` took over further parts of it.
    """

    start: int
    end: int
    text: str
    rule: str
    kind: str
    name_start: int
    unit: str | None = None
    others: tuple[str, ...] = ()
    former_code: str | None = None
    former_name: str | None = None
    candidates: tuple[str, ...] = ()
    unit_rule: str | None = None


@dataclass(frozen=True, slots=True)
class OrganisationMention:
    """An organisation; ``unit`` is that of its place, or of the source if it names only a level."""

    start: int
    end: int
    text: str
    rule: str
    kind: str
    place: PlaceMention | None = None
    unit: str | None = None
    unit_rule: str | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """An office as it is written; ``title`` is the part before its organisation."""

    start: int
    end: int
    text: str
    rule: str
    title: str
    is_former: bool = False
    organisation: OrganisationMention | None = None
    place: PlaceMention | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class PersonMention:
    """Somebody in a public office. ``text`` is the name as written here, ``name`` the full one.

    ``refers_to`` is the index of the mention that states the offices, for one that only names him.
    """

    start: int
    end: int
    text: str
    rule: str
    name: str
    offices: tuple[Office, ...] = ()
    refers_to: int | None = None


@dataclass(frozen=True, slots=True)
class DocumentMention:
    """A document: its kind as written, its number, and date (ISO) and issuer if they are stated.

    A short form refers to the mention of the full one by its index; its own fields stay as written,
    and ``full_number`` is the number of the full one. ``numbered_issuer`` is who issues documents
    with such a number.
    """

    start: int
    end: int
    text: str
    rule: str
    kind: str
    number: str | None = None
    full_number: str | None = None
    date: str | None = None
    issuer: str | None = None
    issuer_start: int | None = None
    numbered_issuer: str | None = None
    refers_to: int | None = None


Mention: TypeAlias = PersonMention | DocumentMention | PlaceMention | OrganisationMention


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was found in a text, each kind in the order of the text."""

    text: str
    persons: tuple[PersonMention, ...] = ()
    documents: tuple[DocumentMention, ...] = ()
    places: tuple[PlaceMention, ...] = ()
    organisations: tuple[OrganisationMention, ...] = field(default=())

    def mentions(self) -> Iterator[tuple[str, Mention]]:
        """Yield every mention with its kind: person, document, place or organisation."""
        yield from (("person", each) for each in self.persons)
        yield from (("document", each) for each in self.documents)
        yield from (("place", each) for each in self.places)
        yield from (("organisation", each) for each in self.organisations)
