"""One pass over the words: the offices, organisations, titles, names, places and documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

from pipelines.facts.analysis import Words, longest_phrase
from pipelines.facts.document_rules import DocumentAtom, documents_at
from pipelines.facts.name_rules import is_name, is_weak_name
from pipelines.facts.office_rules import BodyAtom, OfficeAtom, body_at, office_at
from pipelines.facts.place_rules import (
    PlaceAtom,
    bare_place_at,
    is_something_else,
    name_end,
    place_at,
)
from pipelines.facts.resolution import Resolver
from pipelines.facts.unit_index import unit_index
from pipelines.facts.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class TitleAtom:
    """A form of address, a rank or a degree."""

    start: int
    end: int
    key: str


@dataclass(frozen=True, slots=True)
class NameAtom:
    """What looks like a name; a weak one only beside an office or title."""

    start: int
    end: int
    is_weak: bool


Atom: TypeAlias = OfficeAtom | BodyAtom | TitleAtom | NameAtom | PlaceAtom


@dataclass(slots=True)
class Scan:
    """What one pass finds, in the order of the text; offsets of atoms count words."""

    words: Words
    resolver: Resolver
    atoms: list[Atom] = field(default_factory=list)
    documents: list[DocumentAtom] = field(default_factory=list)

    def run(self) -> None:
        """Read all words."""
        first, at = _first_words(), 0
        for index, (key, is_capital) in enumerate(
            zip(self.words.keys, self.words.capitals, strict=True)
        ):
            if index >= at and (key in first or (is_capital and self._may_be_name(index))):
                at = self._read(index, key)
        self.atoms = [self._named_later(at, atom) for at, atom in enumerate(self.atoms)]

    def _may_be_name(self, at: int) -> bool:
        """Whether a capitalised word may begin a name, a place or an organisation."""
        words, behind = self.words, at + 1
        if words.keys[at] in vocabulary().bodies:
            return True
        if behind < len(words.words) and not words.gaps[behind] and words.capitals[behind]:
            return True
        return (
            "'" in words.words[at]
            or words.gaps[behind] == "-"
            or self._is_titled(at)
            or self._is_known(at)
        )

    def _is_known(self, at: int) -> bool:
        return self.words.keys[at] in unit_index()

    def _named_later(self, at: int, atom: Atom) -> Atom:
        """Return a place for what looked like a name, if the text has it behind a class word."""
        if not isinstance(atom, NameAtom) or (at and isinstance(self.atoms[at - 1], TitleAtom)):
            return atom
        key = self.words.key(atom.start, atom.end)
        if key not in self.resolver.named or is_something_else(self.words, atom.start):
            return atom
        return PlaceAtom(atom.start, atom.end, atom.start, key, None, "named before")

    def _read(self, at: int, key: str) -> int:
        """Read what begins at a word; return where to go on."""
        if key in vocabulary().documents and (found := documents_at(self.words, at)):
            self.documents += found
            return self.words.index_at(found[-1].stop)
        atom = self._atom(at, key)
        if atom is None:
            return at + 1
        self.atoms.append(atom)
        if isinstance(atom, PlaceAtom):
            self._note(atom)
            return self._list_behind(atom)
        if isinstance(atom, (OfficeAtom, BodyAtom)):
            for place in atom.places:
                self._note(place)
        return atom.end

    def _note(self, place: PlaceAtom) -> None:
        if not place.key.isdigit() and (place.wanted is None or place.wanted.level != "village"):
            self.resolver.named.add(place.key)

    def _atom(self, at: int, key: str) -> Atom | None:
        """Return what begins at a word: an office before an organisation, a place before a name."""
        known, words = vocabulary(), self.words
        atom: Atom | None = None
        is_capital = words.capitals[at]
        if key in known.offices or key in known.prefixes:
            atom = office_at(words, at, self.resolver)
        if atom is None and is_capital and key in known.bodies:
            atom = self._body(at)
        if atom is None and key in known.classes:
            atom = place_at(words, at, self.resolver, in_office=False)
        if atom is None and is_capital:
            atom = self._bare_place(at)
        if atom is None and key in known.titles:
            atom = self._title(at)
        return self._name(at) if atom is None and is_capital else atom

    def _bare_place(self, at: int) -> PlaceAtom | None:
        """Return a place, unless a title stands directly before it: it is a name then."""
        place = bare_place_at(self.words, at, self.resolver)
        if place is None or (self._is_titled(at) and is_weak_name(self.words, at, place.end)):
            return None
        return place

    def _name(self, at: int) -> NameAtom | None:
        end = name_end(self.words, at)
        if end == at + 3 and self.words.key(at, end) in vocabulary().no_persons:
            return None
        if is_name(self.words, at, end):
            return NameAtom(at, end, is_weak=False)
        is_weak = is_weak_name(self.words, at, end, is_titled=self._is_titled(at))
        return NameAtom(at, end, is_weak=True) if is_weak else None

    def _is_titled(self, at: int) -> bool:
        """Whether a title stands directly before a word."""
        last = self.atoms[-1] if self.atoms else None
        return isinstance(last, TitleAtom) and last.end == at and self.words.gaps[at] in ("", ".")

    def _title(self, at: int) -> TitleAtom | None:
        found = longest_phrase(self.words, at, vocabulary().titles)
        if found is None or found[0] >= len(self.words.words):
            return None
        end, key = found
        gap = self.words.gaps[end]
        is_short = len(self.words.keys[end - 1]) <= 5
        return (
            TitleAtom(at, end, key)
            if not gap or gap in (":", ",") or (gap == "." and is_short)
            else None
        )

    def _body(self, at: int) -> BodyAtom | None:
        atom = body_at(self.words, at, self.resolver)
        if atom is None:
            return None
        is_long = atom.end > at + 1 and self.words.key(at, atom.end) not in vocabulary().general
        return atom if is_long else None

    def _list_behind(self, place: PlaceAtom) -> int:
        """Read the further names of a list that has one class word: "các xã A, B và C"."""
        at, words = place.end, self.words
        if place.wanted is not None and place.wanted.level == "village":
            return at
        while (start := self._next_of_list(at, place)) is not None:
            size = self._listed_size(start, place)
            if not size:
                break
            at = start + size
            key = words.key(start, at)
            self.atoms.append(PlaceAtom(start, at, start, key, place.wanted, "list of places"))
            self.resolver.named.add(key)
        return at

    def _next_of_list(self, at: int, place: PlaceAtom) -> int | None:
        words, size = self.words, len(self.words.words)
        if at >= size:
            return None
        if words.gaps[at] in (",", ";", "-") and words.capitals[at]:
            return at
        if words.keys[at] == "và" and words.gaps[at] in ("", ",") and at + 1 < size:
            return at + 1 if words.capitals[at + 1] and not words.gaps[at + 1] else None
        return None

    def _listed_size(self, start: int, place: PlaceAtom) -> int:
        end = name_end(self.words, start)
        for count in range(min(end - start, 4), 0, -1):
            if self._is_of_list(self.words.key(start, start + count), place, count):
                fits = start + count == end or is_name(self.words, start + count, end)
                return count if fits else 0
        return 0

    def _is_of_list(self, key: str, place: PlaceAtom, count: int) -> bool:
        """Whether a name may go on a list: of the same class, or in the source's province."""
        if place.wanted is not None:
            return self.resolver.known(key, place.wanted)
        return count > 1 and any(map(self.resolver.is_own, unit_index().get(key)))


@cache
def _first_words() -> frozenset[str]:
    """Return the words with which a phrase begins that may be in lower case."""
    known = vocabulary()
    trees = (known.documents, known.offices, known.prefixes, known.classes, known.titles)
    return frozenset(key for tree in trees for key in tree)
