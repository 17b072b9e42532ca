"""Names of persons: their form, the titles before them, and accounts that are not persons.

Vietnamese names have two to five capitalised syllables, the family name first. Pen names have two
given names (``Tuấn Tú``), or initials (``B.NG``). The words are in ``names.toml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.extraction.vietnamese import read_words
from pipelines.text import fold

MAX_PEN_NAME_CHARS = 40
MAX_POST_WORDS = 10
THEO_WORDS = 3

_INITIALS = re.compile(
    r"(?:[A-ZĐ][a-zđ]?\.\s?){1,3}[A-ZĐ]{1,3}[a-z]{0,2}\.?|(?:[A-ZĐ]\.){2,4}"
    r"|(?!T[PXT]\.)(?:[A-ZĐ][A-Za-zđ]{0,2}\.\s?){1,2}[A-ZÀ-ỸĐ][a-zà-ỹđ]{1,9}"
)
_HIGHLAND = re.compile(r"[KHY]['’]\s?[A-ZÀ-ỸĐ]\w{1,8}|[KH]['’]\w{2,9}")
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")


@dataclass(frozen=True, slots=True)
class _Names:
    """The words of ``names.toml``, prepared for lookup."""

    surnames: frozenset[str]
    sure_surnames: frozenset[str]
    clans: frozenset[str]
    middles: frozenset[str]
    no_names: frozenset[str]
    no_persons: frozenset[str]
    titles: tuple[str, ...]
    roles: frozenset[str]
    groups: tuple[str, ...]
    posts: tuple[str, ...]
    english_posts: frozenset[str]
    english_fields: frozenset[str]


def is_person_name(text: str) -> bool:
    """Whether a text is only a person's name or initials, without a label."""
    text = text.strip()
    if _INITIALS.fullmatch(text) or _HIGHLAND.fullmatch(text):
        return True
    name = without_title(text.strip(".,"))
    words = name.split()
    if not 2 <= len(words) <= 6 or not all(_WORD.fullmatch(word) for word in words):
        return False
    if not all(word[0].isupper() for word in words) or _holds_acronym(words):
        return False
    return fold(name) not in _names().no_persons and _is_composed_like_a_name(words)


def is_pen_name(text: str) -> bool:
    """Whether a text after a label can be a name; a single word can."""
    words = text.split()
    if not 1 <= len(words) <= 6 or len(text) > MAX_PEN_NAME_CHARS or is_role(text):
        return False
    return all(word[0].isupper() or word[0].isdigit() for word in words) and ":" not in text


def is_role(text: str) -> bool:
    """Whether a text names an account or a group (``admin``, ``Nhóm PV Thời sự``)."""
    key = fold(text).strip(" .:")
    return key in _names().roles or (len(key.split()) <= 8 and key.startswith(_names().groups))


def is_post(text: str) -> bool:
    """Whether a text beside a name is a position or degree: ``Correspondent``, ``ThS``."""
    names, words = _names(), fold(text).replace("-", " ").strip(" .:").split()
    if not words or len(words) > MAX_POST_WORDS:
        return False
    if is_role(text) or text.lower().strip(" .") in names.titles:
        return True
    if not names.english_posts.isdisjoint(words):
        return names.english_posts.union(names.english_fields).issuperset(words)
    post = next(filter(" ".join([*words, ""]).startswith, names.posts), None)
    rest = " ".join(text.split()[len(post.split()) :]) if post else ""
    return post is not None and not is_person_name(rest)


def without_post(name: str) -> str:
    """Return the name without a position after it: ``Lê Na Phóng viên``."""
    words = name.split()
    if len(words) < 3 or is_post(name):
        return name
    for size in range(2, len(words)):
        if is_post(" ".join(words[size:])) and is_person_name(" ".join(words[:size])):
            return " ".join(words[:size])
    return name


def is_initials(text: str) -> bool:
    """Whether a name is written as initials: ``T.T``, ``B.NG``, ``Ng. Hà``."""
    return bool(_INITIALS.fullmatch(text.strip()))


def is_short_for(short: str, name: str) -> bool:
    """Whether initials or a pen name may belong to the person with a fuller name.

    ``T.T`` and ``Tuấn Tú``, ``N.V.An`` and ``Nguyễn Văn An``, ``Tuấn Tú`` and ``Lê Tuấn Tú``.
    """
    words = fold(name).split()
    if is_initials(name) or fold(short) == " ".join(words):
        return False
    if not is_initials(short):
        parts = fold(short).split()
        is_end = 2 <= len(parts) < len(words) and words[-len(parts) :] == parts
        return is_end and begins_with_surname(name)
    parts = [part for part in re.split(r"[.\s]+", fold(short)) if part]
    if len(parts) == len(words) or len(parts) < 2:
        return len(parts) == len(words) and all(map(str.startswith, words, parts))
    ends = (words[-len(parts) :], [words[0], *words[1 - len(parts) :]])
    return len(parts) < len(words) and any(all(map(str.startswith, end, parts)) for end in ends)


def begins_with_surname(name: str) -> bool:
    """Whether a text begins with a common family name."""
    return name.split(" ", 1)[0].lower() in _names().surnames


def is_possible_pen_name(text: str) -> bool:
    """Whether a text with the form of a name is not a place, heading or position."""
    return fold(text).strip(" .:") not in _names().no_persons and not is_post(text)


def is_named_theo(text: str) -> bool:
    """Whether ``Theo`` is part of the name and does not mean "according to": ``Theo Văn Bình``."""
    words = text.split()
    return len(words) == THEO_WORDS and words[0] == "Theo" and words[1] in ("Văn", "Thị")


def without_title(name: str) -> str:
    """Return the name without titles and degrees before it: ``ThS. Lê Na`` is ``Lê Na``."""
    while (rest := _behind_title(name)) is not None:
        name = rest
    return name


def _behind_title(name: str) -> str | None:
    """Return what follows the title at the beginning, or None if there is no title."""
    titles = _names().titles
    lower = name[: len(titles[0])].lower()  # the first is the longest
    if not lower.startswith(titles):
        return None
    for title in titles:
        if lower.startswith(title):
            rest = name[len(title) :]
            if rest.startswith((" ", ": ", ". ")):
                return rest.lstrip(" :.-")
    return None


def _is_composed_like_a_name(words: list[str]) -> bool:
    """Whether words are composed like a name.

    A family name and a common middle name are sufficient. Otherwise, no word may be of another
    kind.
    """
    names = _names()
    lower = [word.lower() for word in words]
    has_surname = lower[0] in names.surnames
    if len(words) > 5 and not has_surname:
        return False
    if has_surname and len(words) > 2 and lower[1] in names.middles:
        return True
    if lower[0] in ("y", "h'", "h’") and lower[-1] in names.clans:
        return True
    if not names.english_posts.isdisjoint(lower):
        return False
    rest = lower[1:] if has_surname else lower
    if lower[0] in names.sure_surnames:
        rest = rest[:-1]
    return not any(word in names.no_names for word in rest)


def _holds_acronym(words: list[str]) -> bool:
    """Whether one word is in capitals and others are not (``Trường THCS Sơn Hà``)."""
    capitals = [word.isupper() for word in words if len(word.strip(".")) > 1]
    return any(capitals) and not all(capitals)


@lru_cache(maxsize=1)
def _names() -> _Names:
    """Return the words of ``names.toml``, which are read once."""
    data: dict[str, list[str]] = read_words("names")
    return _Names(
        surnames=frozenset(map(str.lower, data["surnames"])),
        sure_surnames=frozenset(map(str.lower, data["sure_surnames"])),
        clans=frozenset(map(str.lower, data["clans"])),
        middles=frozenset(map(str.lower, data["middles"])),
        no_names=frozenset(map(str.lower, data["no_names"])),
        no_persons=frozenset(map(fold, data["places"] + data["phrases"])),
        titles=tuple(sorted(data["titles"], key=len, reverse=True)),
        roles=frozenset(map(fold, data["roles"])),
        groups=tuple(f"{fold(group)} " for group in data["groups"]),
        posts=tuple(f"{fold(post)} " for post in data["posts"]),
        english_posts=frozenset(data["english_posts"]),
        english_fields=frozenset(data["english_fields"]),
    )
