"""Offices and organisations: an office, the organisation that it belongs to, and where that is."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.facts.analysis import Words, is_lower_acronym, longest_phrase
from pipelines.facts.name_rules import is_name, is_surname
from pipelines.facts.place_rules import PlaceAtom, class_at, name_end, place_at, split_run
from pipelines.facts.resolution import Resolver
from pipelines.facts.vocabulary import Body, PlaceClass, vocabulary

MAX_UNKNOWN_WORDS = 5
MIN_ACRONYM_CHARS = 3
DISTRICT_KINDS = ("Huyện", "Quận", "Thị xã", "Thành phố")
NUMBERED = frozenset(
    {"bcđ", "khu", "vực", "số", "bộ", "đạo", "thôn", "bản", "ấp", "phố", "xóm", "khóm", "đoàn"}
)
"""Words behind which a number belongs to the name of an organisation."""
LEVELS = ("province", "city", "district", "commune")


@dataclass(frozen=True, slots=True)
class BodyAtom:
    """The words of an organisation, with the places in its name, and the level that it names."""

    start: int
    end: int
    body: Body
    places: tuple[PlaceAtom, ...]
    level: str | None


@dataclass(frozen=True, slots=True)
class OfficeAtom:
    """The words of an office; ``title_end`` is where its organisation begins."""

    start: int
    end: int
    title: str
    title_end: int
    body: BodyAtom | None
    places: tuple[PlaceAtom, ...]
    is_former: bool


@dataclass(slots=True)
class _Complement:
    """What follows an office or the first words of an organisation, word by word."""

    words: Words
    resolver: Resolver
    at: int
    takes: str = ""
    level: str | None = None
    body: tuple[int, Body] | None = None
    in_office: bool = False
    places: list[PlaceAtom] = field(default_factory=list)
    head_end: int = -1
    """Where the first words of the organisation end."""
    is_numbered: bool = False
    is_placed: bool = False
    """Whether the level of its place was read, so that no more words of its name follow."""

    def read(self) -> None:
        """Go on as long as a step finds something that belongs to the organisation."""
        size = len(self.words.words)
        while self.at < size and self._step():
            pass

    def _step(self) -> bool:
        gap = self.words.gaps[self.at]
        if gap:
            return gap in ("-", "&") and self._joined(self.at)
        key = self.words.keys[self.at]
        if key in vocabulary().connectors or key in vocabulary().joins:
            return self._joined(self.at + 1)
        return self._part(self.at)

    def _joined(self, at: int) -> bool:
        """A part behind "và", "của" or a dash: another term, or an organisation."""
        if at >= len(self.words.words) or (at > self.at and self.words.gaps[at]):
            return False
        key = self.words.keys[self.at]
        if key in vocabulary().joins and self.body is not None:
            return self._national_body(at)
        if self.places or self._is_office(at):
            return False
        found = self._term(at)
        if found is None and not self._is_acronym(at):
            return False
        self.at = found[0] if found else at + 1
        return True

    def _national_body(self, at: int) -> bool:
        """A body of the state behind "của", which an organisation belongs to."""
        found = body_phrase(self.words, at)
        if found is None or not found[1].is_national:
            return False
        self._take_body(at, *found)
        return True

    def _is_acronym(self, at: int) -> bool:
        """Whether an abbreviation that is not known goes on a name."""
        word = self.words.words[at]
        is_long = len(word) >= MIN_ACRONYM_CHARS and word.isupper()
        return is_long and not self.is_placed and body_phrase(self.words, at) is None

    def _term(self, at: int) -> tuple[int, str] | None:
        """Return the word of an organisation's name; one that may be a verb only at its start."""
        found = longest_phrase(self.words, at, vocabulary().terms)
        if found is None or self.is_placed or self._is_document(at):
            return None
        is_first = self.body is not None and at == self.head_end
        if found[1] in vocabulary().verbs and not self.words.capitals[at] and not is_first:
            return None
        return found

    def _part(self, at: int) -> bool:
        body = body_phrase(self.words, at)
        if body and body[0] == at + 1 and self._is_name(at):
            return False
        term = self._term(at)
        if self._is_office(at) and not (body and body[0] > at + 1):
            return False
        if body and not self.places and (term is None or body[0] >= term[0]):
            self._take_body(at, *body)
            return True
        if term and not self.places:
            self.at = term[0]
            return True
        return self._class(at) or self._name(at) or self._number(at) or self._unknown_words(at)

    def _is_document(self, at: int) -> bool:
        """Whether a document with its number begins here: its kind may be a word of a name, too."""
        found = longest_phrase(self.words, at, vocabulary().documents)
        if found is None or found[0] >= len(self.words.words):
            return False
        following = self.words.keys[found[0]]
        return following == "số" or following[0].isdigit()

    def _is_name(self, at: int) -> bool:
        """Whether a name begins here with a word that may also begin an organisation."""
        return self.in_office and is_name(self.words, at, self.words.run_end(at))

    def _unknown_words(self, at: int) -> bool:
        """Unknown words, of which the first has a capital, up to the level of a place."""
        if self.body is None or self.is_placed or not self.words.capitals[at]:
            return False
        for end in range(at + 1, min(at + MAX_UNKNOWN_WORDS, len(self.words.words))):
            if self.words.gaps[end]:
                return False
            found = class_at(self.words, end)
            if found and found[1].level in LEVELS and not self.words.capitals[end]:
                self.at = end
                return True
        return False

    def _is_office(self, at: int) -> bool:
        found = longest_phrase(self.words, at, vocabulary().offices)
        return found is not None and found[0] > at + 1

    def _take_body(self, at: int, end: int, body: Body) -> None:
        if self.body is None:
            self.body = (at, body)
        self.is_numbered = body.is_numbered
        self.takes, self.at, self.head_end = body.takes or self.takes, end, end
        self.level = body.level or self.level

    def _class(self, at: int) -> bool:
        found = class_at(self.words, at)
        if found is None or self.places:
            return False
        place = place_at(self.words, at, self.resolver, in_office=self.in_office)
        if place is not None:
            self.places.append(place)
            self.at, self.level = place.end, _level_of(place.wanted)
            return True
        if found[1].level not in LEVELS:
            return False
        self.at, self.level, self.takes, self.is_placed = found[0], found[1].level, "", True
        return True

    def _name(self, at: int) -> bool:
        """A place, or a name of its own, behind the words of an organisation."""
        if not self.words.capitals[at] or self.places or not self.takes:
            return False
        wanted = self._wanted()
        size = split_run(self.words, at, self.resolver, wanted, in_office=True)
        if size and self.takes != "name":
            key = self.words.key(at, at + size)
            self.places.append(PlaceAtom(at, at + size, at, key, wanted, "name of an organisation"))
            self.at = at + size
            return True
        return self.takes in ("name", "both") and self._own_name(at)

    def _wanted(self) -> PlaceClass | None:
        """Return the class of a place that is named without a class word."""
        if self.takes == "village":
            return PlaceClass("village", ())
        return PlaceClass("district", DISTRICT_KINDS) if self.level == "district" else None

    def _own_name(self, at: int) -> bool:
        end = name_end(self.words, at)
        if self.in_office:
            for start in range(at + 1, end - 1):
                if is_surname(self.words, start, sure=True) and is_name(self.words, start, end):
                    end = start
                    break
        self.at, self.takes = end, ""
        return True

    def _number(self, at: int) -> bool:
        is_number = self.words.words[at].isdigit() and len(self.words.words[at]) <= 4
        if not is_number or self.places:
            return False
        if self.is_numbered or self.words.keys[at - 1] in NUMBERED:
            self.at = at + 1
            return True
        return False


def _level_of(wanted: PlaceClass | None) -> str | None:
    return wanted.level if wanted else None


def body_phrase(words: Words, at: int) -> tuple[int, Body] | None:
    """Return the end and the kind of an organisation's first words."""
    found = longest_phrase(words, at, vocabulary().bodies)
    if found and is_lower_acronym(words, at, found[0], vocabulary().acronyms):
        return None
    return found


def body_at(words: Words, at: int, resolver: Resolver) -> BodyAtom | None:
    """Return the organisation that begins at a word."""
    found = body_phrase(words, at)
    if found is None:
        return None
    end, body = found
    rest = _Complement(words, resolver, end, body.takes, body.level, (at, body), head_end=end)
    rest.read()
    return BodyAtom(at, rest.at, body, tuple(rest.places), rest.level)


def office_at(words: Words, at: int, resolver: Resolver) -> OfficeAtom | None:
    """Return the office that begins at a word, with what stands before it ("nguyên")."""
    known = vocabulary()
    prefix = longest_phrase(words, at, known.prefixes)
    begin = prefix[0] if prefix else at
    found = _title_phrase(words, at, begin)
    if found is None:
        return None
    end, title = found
    end = _with_modifiers(words, end)
    takes = "village" if words.keys[end - 1] in known.of_villages else ""
    rest = _Complement(words, resolver, end, takes=takes, in_office=True)
    rest.read()
    if rest.at == end and title in known.weak:
        return None
    body = None
    if rest.body is not None:
        body = BodyAtom(rest.body[0], rest.at, rest.body[1], tuple(rest.places), rest.level)
    return OfficeAtom(at, rest.at, title, end, body, tuple(rest.places), bool(prefix))


def _title_phrase(words: Words, at: int, begin: int) -> tuple[int, str] | None:
    """Return the words of an office behind what stands before it; None if it is nobody's."""
    known = vocabulary()
    if begin > at and (begin >= len(words.words) or words.gaps[begin] not in ("", ".")):
        return None
    found = longest_phrase(words, begin, known.offices)
    if found is None or found[1] in known.never:
        return None
    if is_lower_acronym(words, begin, found[0], known.acronyms):
        return None
    is_signed_for = at and words.keys[at - 1] in known.signed_for and words.gaps[at] == "."
    return None if is_signed_for else found


def _with_modifiers(words: Words, end: int) -> int:
    while end < len(words.words) and not words.gaps[end]:
        found = longest_phrase(words, end, vocabulary().modifiers)
        if found is None:
            break
        end = found[0]
    return end
