"""Messages in the language of the reader.

The code, the logs, JSON and the database are in English. As with gettext, an English message is the
key of its translation; ``vietnamese/*.toml`` hold these, ``words.toml`` and ``headings.toml`` the
words for values of columns and for headings. Values stand in a message as ``{name}``; those of an
f-string are numbered: ``{0}``.

`translate` takes a finished message apart, so that one that is stored, or raised in a lower layer,
is translated where it is shown. A translation says which values are words or messages themselves:
``{0:reason}`` is a word of that kind, ``{0:message}`` is translated in turn; all others, such as
names and addresses, stay as they are. `say` fills in a message of the command line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

ENGLISH, VIETNAMESE = "en", "vi"
LANGUAGES = (VIETNAMESE, ENGLISH)

LONGEST_CHARS = 2_000
"""Characters of a message that is taken apart; what is longer is shown as it is."""

WORD_FILES = ("words.toml", "headings.toml")

BRIEF_CHARS = 14
"""Characters of a template of which a message may have as many by chance."""

SWAPPED = str.maketrans(",.", ".,")
"""Takes the marks of an English number to those of a Vietnamese one."""

DEEPEST = 6
"""Messages inside one another."""

GAP = re.compile(r"\{(\w+)(?::(\w+))?\}")
MESSAGE = "message"
SEPARATOR = "; "


@dataclass(frozen=True, slots=True)
class Template:
    """A message with gaps. ``literals`` are the texts around them, one more than the gaps."""

    text: str
    literals: tuple[str, ...]
    gaps: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Template:
        """Return the template that a text with ``{name}`` writes."""
        parts = GAP.split(text)
        return cls(text, tuple(parts[::3]), tuple(parts[1::3]))

    @property
    def literal_chars(self) -> int:
        """How much of a message it states itself: the more, the surer it is meant."""
        return sum(map(len, self.literals))

    @property
    def has_words(self) -> bool:
        """Whether it states more than marks between its gaps."""
        return any(map(str.isalpha, "".join(self.literals)))

    def values_in(self, message: str) -> dict[str, str] | None:
        """Return what fills the gaps in a message, or None if it is another message.

        Each literal is taken at its first place, in time linear in the message.
        """
        first, *between, last = self.literals
        end = len(message) - len(last)
        if not (message.startswith(first) and message.endswith(last) and len(first) < end):
            return None
        values, start = [], len(first)
        for literal in between:
            at = message.find(literal, start + 1, end)
            if at == -1:
                return None
            values.append(message[start:at])
            start = at + len(literal)
        if start >= end:
            return None
        return dict(zip(self.gaps, [*values, message[start:end]], strict=True))


Reading = tuple[Template, str, dict[str, str]]
"""A template that fits a message, its translation, and what fills the gaps."""


def fill(text: str, values: Mapping[str, object], language: str, depth: int = 0) -> str:
    """Put values into the gaps of a text; a gap without a value stays."""

    def written(gap: re.Match[str]) -> str:
        name, kind = gap.groups()
        if name not in values:
            return gap[0]
        value = str(values[name])
        if kind is None:
            return value
        if kind == MESSAGE:
            return translate(value, language, depth + 1)
        return word(kind, value, language)

    return GAP.sub(written, text)


@cache
def catalogue() -> dict[str, str]:
    """The Vietnamese of each message."""
    found: dict[str, str] = {}
    folder = files("scraper.base").joinpath("vietnamese")
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".toml"):
            found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def words() -> dict[str, dict[str, dict[str, str]]]:
    """The words for values of the database, by kind (``outcome``, ``reason`` …) and value."""
    folder = files("scraper.base")
    texts = (folder.joinpath(name).read_text(encoding="utf-8") for name in WORD_FILES)
    return {kind: known for text in texts for kind, known in tomllib.loads(text).items()}


@cache
def _templates() -> list[tuple[Template, str]]:
    """The messages with numbered gaps, each with its translation, those that state most first.

    Others are filled by `say`: they are never met finished.
    """
    keys = {key: set(gaps_of(key)) for key in catalogue()}
    numbered = [key for key, gaps in keys.items() if gaps and all(map(str.isdigit, gaps))]
    pairs = [(Template.of(key), catalogue()[key]) for key in numbered]
    return sorted(pairs, key=lambda pair: pair[0].literal_chars, reverse=True)


@lru_cache(2_000)
def translate(message: str, language: str, depth: int = 0) -> str:
    """Return a finished English message in a language; one that is not known stays as it is.

    Several messages may be joined by SEPARATOR. ``depth`` counts the messages around this one.
    """
    if language == ENGLISH or len(message) > LONGEST_CHARS or depth > DEEPEST:
        return message
    if (exact := catalogue().get(message)) is not None:
        return exact
    found = _readings(message)
    whole = _surest([reading for reading in found if not _is_joined(reading[2])])
    if whole is None and SEPARATOR in message:
        parts = [translate(part, language, depth + 1) for part in message.split(SEPARATOR)]
        if (joined := SEPARATOR.join(parts)) != message:
            return joined
    best = whole or next(iter(found), None)
    return fill(best[1], best[2], language, depth) if best else message


def _readings(message: str) -> list[Reading]:
    """The templates that fit a message, those that state most first."""
    return [
        (template, translation, values)
        for template, translation in _templates()
        if (values := template.values_in(message)) is not None
        and not _is_chance(template, translation, values)
    ]


def _surest(found: Sequence[Reading]) -> Reading | None:
    """The template that states most: of those without a word, one around messages that are known.

    A mark like ``: `` may stand within a message, too.
    """
    first = next(iter(found), None)
    if first is None or first[0].has_words:
        return first
    return next((reading for reading in found if _is_around_known(reading)), first)


def _is_around_known(reading: Reading) -> bool:
    _, translation, values = reading
    inner = [values[name] for name, kind in GAP.findall(translation) if kind == MESSAGE]
    return all(
        each in catalogue() or any(one[0].has_words for one in _readings(each)) for each in inner
    )


def _is_chance(template: Template, translation: str, values: Mapping[str, str]) -> bool:
    """Whether a message only begins or ends like a template of a few words: ``{0} pages``.

    Such a template takes values of one word, unless they are messages themselves.
    """
    if template.literal_chars >= BRIEF_CHARS or ":" in template.text:
        return False
    return any(not kind and " " in values[name] for name, kind in GAP.findall(translation))


def _is_joined(values: Mapping[str, str]) -> bool:
    """Whether what fills the gaps looks like the end of one message and the begin of another."""
    return any(SEPARATOR in each and each not in catalogue() for each in values.values())


def translate_lines(text: str, language: str) -> str:
    """Return a text whose lines are messages."""
    return "\n".join(translate(line, language) for line in text.split("\n"))


def word(kind: str, value: str, language: str) -> str:
    """Return the word for a value of a column, the value itself if there is none.

    Some values carry another one: ``http_502`` is the word ``http_{0}``.
    """
    known = words().get(kind, {})
    if (found := known.get(value)) is not None:
        return found[language]
    for template, texts in _patterns(kind):
        if (values := template.values_in(value)) is not None:
            return fill(texts[language], values, language)
    return value


@cache
def _patterns(kind: str) -> list[tuple[Template, dict[str, str]]]:
    known = words().get(kind, {})
    return [(Template.of(value), texts) for value, texts in known.items() if GAP.search(value)]


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number with its English word: ``1 photo``, ``2 photos``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


class _CommandLine:
    """The command line of this process."""

    language = ENGLISH


def speak(language: str) -> None:
    """Set the language of the command line, for this process."""
    _CommandLine.language = language


def spoken() -> str:
    """The language of the command line."""
    return _CommandLine.language


def say(message: str, /, **values: object) -> str:
    """Return a message of the command line with its values, in the language of the reader."""
    text = catalogue().get(message, message) if spoken() == VIETNAMESE else message
    return fill(text, values, spoken())


def say_count(count: int, one: str, many: str | None = None) -> str:
    """Return a number with its word in the language of the reader: ``2 photos``, ``2 ảnh``."""
    return translate(counted(count, one, many), spoken())


def say_number(value: float) -> str:
    """Return a number in the language of the reader: ``1,234.5``, ``1.234,5``."""
    english = f"{value:,}"
    return english.translate(SWAPPED) if spoken() == VIETNAMESE else english


def gaps_of(text: str) -> Iterator[str]:
    """The names of the gaps of a text."""
    return (gap[1] for gap in GAP.finditer(text))
