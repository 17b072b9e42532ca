"""Which office belongs to which name: by what stands between them."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.facts.analysis import Words, longest_phrase
from pipelines.facts.office_rules import BodyAtom, OfficeAtom
from pipelines.facts.place_rules import PlaceAtom
from pipelines.facts.scanning import Atom, NameAtom, TitleAtom
from pipelines.facts.vocabulary import vocabulary

AFTER_NAME = frozenset({",", "-", "(", "- ", ",-", "giữ"})
AFTER_OFFICE = frozenset({"", ",", "-", "(", ")", "),", ") -", "kiêm", "giữ", ",-"})
BEFORE_NAME = frozenset({",", "-", ":", "giữ"})
IN_LIST = frozenset({",", "và"})
JOINING = {"và": "và", "kiêm": "kiêm", "cùng": "và", "đồng thời là": "kiêm"}
APPOINTED = "giữ"
APART = "…"
"""What separates atoms between which there are other words."""


@dataclass(slots=True)
class LinkedName:
    """A name with its offices, and the rule that joined them."""

    name: NameAtom
    offices: list[OfficeAtom] = field(default_factory=list)
    rule: str = ""
    title: str | None = None


@dataclass(slots=True)
class Links:
    """Joins names and offices of one text."""

    words: Words
    atoms: list[Atom]
    used: set[int] = field(default_factory=set)

    def join(self) -> list[LinkedName]:
        """Return the names of the text with their offices, in order."""
        found: dict[int, LinkedName] = {}
        for at, atom in enumerate(self.atoms):
            if isinstance(atom, NameAtom):
                found[at] = self._linked(at, atom)
        self._share(found)
        return list(found.values())

    def between(self, at: int) -> str:
        """Return what separates an atom from the next one: a sign, a joining word, or APART."""
        if at + 1 >= len(self.atoms):
            return APART
        end, start = self.atoms[at].end, self.atoms[at + 1].start
        if start == end:
            return self.words.gaps[start]
        if self.words.gaps[start] or self.words.gaps[end] not in ("", ","):
            return APART
        joined = JOINING.get(self.words.key(end, start))
        if joined:
            return joined
        found = longest_phrase(self.words, end, vocabulary().appointed)
        return APPOINTED if found and found[0] == start else APART

    def _linked(self, at: int, atom: NameAtom) -> LinkedName:
        linked = LinkedName(atom, title=self._title(at))
        before = self._before(at)
        after = self._after(at)
        if before:
            linked.rule = "office before the name"
        elif after:
            linked.rule = self._rule_after(at)
        else:
            before = self._before_loosely(at)
            linked.rule = "office before the name, separated" if before else ""
        self.used.update(before, after)
        linked.offices = [self._office(index) for index in (*before, *after)]
        return linked

    def _office(self, at: int) -> OfficeAtom:
        atom = self.atoms[at]
        assert isinstance(atom, OfficeAtom)
        return atom

    def _rule_after(self, at: int) -> str:
        return (
            "appointed to the office" if self.between(at) == APPOINTED else "office behind the name"
        )

    def _title(self, at: int) -> str | None:
        before = self.atoms[at - 1] if at else None
        if isinstance(before, TitleAtom) and self.between(at - 1) in ("", ".", ":", ","):
            return before.key
        return None

    def _first_of_titles(self, at: int) -> int:
        """Return the index of the first title directly before an atom, or its own."""
        while (
            at and isinstance(self.atoms[at - 1], TitleAtom) and self.between(at - 1) in ("", ".")
        ):
            at -= 1
        return at

    def _before(self, at: int) -> list[int]:
        """Return the offices that stand directly before a name or its titles."""
        first = self._first_of_titles(at)
        last = first - 1
        if last < 0 or not isinstance(self.atoms[last], OfficeAtom) or last in self.used:
            return []
        return self._chain_to(last) if self.between(last) == "" else []

    def _before_loosely(self, at: int) -> list[int]:
        """Return offices before a comma, dash or colon, if they are nobody's."""
        last = self._first_of_titles(at) - 1
        if last < 0 or not isinstance(self.atoms[last], OfficeAtom) or last in self.used:
            return []
        sign = self.between(last)
        is_titled = isinstance(self.atoms[at - 1], TitleAtom)
        if sign not in BEFORE_NAME or (sign == "," and not is_titled):
            return []
        return self._chain_to(last)

    def _chain_to(self, last: int) -> list[int]:
        chain, at = [last], last
        while at and isinstance(self.atoms[at - 1], OfficeAtom) and at - 1 not in self.used:
            if self.between(at - 1) not in AFTER_OFFICE:
                break
            at -= 1
            chain.insert(0, at)
        return chain

    def _after(self, at: int) -> list[int]:
        """Return the offices behind a name, up to the one that stands directly before another."""
        chain: list[int] = []
        sign, index = self.between(at), at + 1
        allowed = AFTER_NAME
        while index < len(self.atoms) and sign in allowed:
            atom = self.atoms[index]
            if isinstance(atom, OfficeAtom):
                if self._is_before_name(index):
                    break
                chain.append(index)
                allowed = AFTER_OFFICE
            elif not self._is_passed(index, bool(chain)):
                break
            sign, index = self.between(index), index + 1
        return chain

    def _is_passed(self, index: int, has_office: bool) -> bool:
        """Whether a rank, a place or an organisation stands within a chain of offices."""
        atom = self.atoms[index]
        if isinstance(atom, TitleAtom):
            return self.between(index) in (",", "-")
        if index + 1 >= len(self.atoms) or not isinstance(
            self.atoms[index + 1], (OfficeAtom, PlaceAtom)
        ):
            return False
        return has_office and isinstance(atom, (PlaceAtom, BodyAtom))

    def _is_before_name(self, index: int) -> bool:
        """Whether an office stands directly before the titles of another name, or the name."""
        while self.between(index) == "" or self._is_abbreviated(index):
            index += 1
            if isinstance(self.atoms[index], NameAtom):
                return True
            if not isinstance(self.atoms[index], TitleAtom):
                return False
        return False

    def _is_abbreviated(self, index: int) -> bool:
        """Whether a full stop behind a title is that of an abbreviation, not of a sentence."""
        return isinstance(self.atoms[index], TitleAtom) and self.between(index) == "."

    def _share(self, found: dict[int, LinkedName]) -> None:
        """Give the offices that are written once to all names of a list."""
        for at in sorted(found, reverse=True):
            following = self._next_name(at, found)
            if (
                following
                and not found[at].offices
                and following.offices
                and following.rule in ("office behind the name", "office behind a list of names")
            ):
                found[at].offices = self._own_of(following)
                found[at].rule = "office behind a list of names"
        for at in sorted(found):
            following = self._next_name(at, found)
            if following and not following.offices and self._is_before_list(at, found[at]):
                following.offices, following.rule = (
                    found[at].offices,
                    "office before a list of names",
                )

    def _own_of(self, linked: LinkedName) -> list[OfficeAtom]:
        return [office for office in linked.offices if office.start > linked.name.start]

    def _is_before_list(self, at: int, linked: LinkedName) -> bool:
        if linked.rule == "office before a list of names":
            return True
        if not linked.rule.startswith("office before the name"):
            return False
        start = linked.offices[0].start
        return start > 0 and self.words.keys[start - 1] in vocabulary().plural_offices

    def _next_name(self, at: int, found: dict[int, LinkedName]) -> LinkedName | None:
        """Return the next name of the same list; a title stands only behind "và"."""
        sign = self.between(at)
        if sign not in IN_LIST:
            return None
        following = at + 1
        if (
            sign == "và"
            and isinstance(self.atoms[following], TitleAtom)
            and not self.between(following)
        ):
            following += 1
        return found.get(following)
