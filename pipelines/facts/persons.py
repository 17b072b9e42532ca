"""Persons in a public office: those with an office in the text, and where they are named again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pipelines.facts.analysis import Words
from pipelines.facts.links import LinkedName
from pipelines.facts.mentions import Office, PersonMention
from pipelines.facts.office_rules import OfficeAtom

BEHIND_NAME = ("office behind the name", "appointed to the office")
"""Rules that tell a name with an unknown family name from other capitalised words."""

MAX_SHORT_WORDS = 2
"""Words of a short form of a name: "đồng chí Hà", "ông Hồng Hà"."""

MakeOffice = Callable[[OfficeAtom], Office]


@dataclass(slots=True)
class _Public:
    """The persons in office of a text by their names and the last words of these."""

    words: Words
    names: dict[str, int] = field(default_factory=dict)
    endings: dict[str, set[int]] = field(default_factory=dict)

    def add(self, linked: LinkedName, at: int) -> None:
        """Add a mention that states offices, if it is the first of its name."""
        start, end = linked.name.start, linked.name.end
        key = self.words.key(start, end)
        if key in self.names:
            return
        self.names[key] = at
        for begin in range(max(start + 1, end - MAX_SHORT_WORDS), end):
            self.endings.setdefault(self.words.key(begin, end), set()).add(at)

    def index_of(self, linked: LinkedName) -> int | None:
        """Return the mention that a name refers to: the same name, or its last words."""
        key = self.words.key(linked.name.start, linked.name.end)
        if key in self.names or linked.title is None:
            return self.names.get(key)
        found = self.endings.get(key, set())
        return next(iter(found)) if len(found) == 1 else None


def find_persons(
    words: Words, names: list[LinkedName], make_office: MakeOffice
) -> list[PersonMention]:
    """Return the mentions of persons in office, in the order of the text.

    A private person, and one who only leads a business, is not among them.
    """
    stated = [linked for linked in names if _is_public(words, linked)]
    order = {id(linked): at for at, linked in enumerate(stated)}
    public = _Public(words)
    for at, linked in enumerate(stated):
        public.add(linked, at)
    found: list[tuple[PersonMention, int | None]] = []
    for linked in names:
        if id(linked) in order:
            found.append((_stated(words, linked, make_office), None))
        elif (of := public.index_of(linked)) is not None:
            found.append((_repeated(words, linked, stated[of]), of))
    return _with_references(found, stated)


def _is_public(words: Words, linked: LinkedName) -> bool:
    if not any(_is_public_office(office) for office in linked.offices):
        return False
    if not linked.name.is_weak:
        return True
    is_long = linked.name.end - linked.name.start > 1
    return is_long and (linked.title is not None or linked.rule in BEHIND_NAME)


def _is_public_office(office: OfficeAtom) -> bool:
    return office.body is None or office.body.body.is_public


def _stated(words: Words, linked: LinkedName, make_office: MakeOffice) -> PersonMention:
    start, end, name = _span(words, linked)
    offices = tuple(make_office(office) for office in linked.offices)
    return PersonMention(start, end, name, linked.rule, " ".join(name.split()), offices)


def _repeated(words: Words, linked: LinkedName, of: LinkedName) -> PersonMention:
    start, end, name = _span(words, linked)
    full = _span(words, of)[2]
    rule = "full name of a person in office" if name == full else "short name of a person in office"
    return PersonMention(start, end, name, rule, " ".join(full.split()))


def _span(words: Words, linked: LinkedName) -> tuple[int, int, str]:
    start, end = words.starts[linked.name.start], words.ends[linked.name.end - 1]
    return start, end, words.text[start:end]


def _with_references(
    found: list[tuple[PersonMention, int | None]], stated: list[LinkedName]
) -> list[PersonMention]:
    """Return the mentions, those without offices with the index of the one that states them."""
    places = [at for at, (_, refers) in enumerate(found) if refers is None]
    return [
        person
        if refers is None
        else PersonMention(
            person.start, person.end, person.text, person.rule, person.name, (), places[refers]
        )
        for person, refers in found
    ]
