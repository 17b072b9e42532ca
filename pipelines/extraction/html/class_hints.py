"""Look up what the class and id words of an element suggest about its role.

Themes of all platforms use the same small vocabulary, English and Vietnamese. A hint is evidence,
not a decision: a theme may use the class ``comment-open`` for the whole article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from pipelines.extraction.html.hints import ALIGNED, BOILERPLATE, VOCABULARY, Hint

_DOUBTFUL = BOILERPLATE | Hint.LEDE


_MISLEADING = re.compile(
    r"relati(?:ve|on)|meta-description|(?:has|no|with|without)-side-?bar"
    r"|side-?bar-?(?:layout|grid|wrap(?:per)?-content)|content-side-?bar|grid-side-?bar"
    r"|social-?(?:media-?)?embed|share-?holder|market-share|(?<![a-z])shared(?![a-z])"
    r"|(?<![a-z])comments?-(?:open|closed|enabled|disabled|on|off|allowed)(?![a-z])"
    r"|(?<![a-z])(?:large|larger|small|medium|normal|base|default|big)-font-?size"
    r"|(?<![a-z])font-?size-?(?:\d|(?:xs|sm|md|lg|xl|base|small|medium|large|normal|default)(?![a-z]))"
    r"|(?<![a-z])print-?(?:only|show|visible|block|inline|d)(?![a-z])"
    r"|(?<![a-z])(?:visible-print|d-print-(?:block|inline|flex|table|grid)[a-z-]*)(?![a-z])"
    r"|(?<![a-z])toc-(?:\d|anchor|heading|target|link|title|section|h\d)"
    r"|(?<![a-z])language-[a-z]{2}(?![a-z])"
    r"|(?<![a-z0-9])[a-z]*+\d++[a-z]++\d[a-z0-9]*"
)
"""Words that contain a stem but suggest nothing. The last alternative matches generated names."""

_NOT_PRINTED = re.compile(
    r"(?:(?<![a-z])(?:no|not|non|hide|hidden|dont)-?print|(?<![a-z])d-print-none"
    r"|(?<![a-z])print-?(?:hidden|hide|none|no))(?![a-z])"
)
_VARIANT = re.compile(
    r"(?:(?:print|screen|hover|focus[\w-]*|active|visited|disabled|checked|target|first[\w-]*"
    r"|last[\w-]*|only[\w-]*|odd|even|empty|before|after|placeholder|marker|selection|dark|light"
    r"|motion-[a-z]+|rtl|ltr|portrait|landscape|open|(?:group|peer|in|not|has|aria|data|supports|nth)"
    r"[-/\[][^:]*|noscript|contrast-\w+|forced-colors|starting|file|backdrop|\*{1,2}|@.*|\[.*\])"
    r"|(?P<width>(?:max-|min-)?(?:xs|sm|md|lg|xl|[2-9]xl|xxl|mobile|tablet|laptop|desktop"
    r"|\[[^\]:]*\])(?:up|down)?)):"
    r"|\[|(?:group|peer)/",
    re.DOTALL,
)
"""Prefixes of words that apply only in a certain state (``print:hidden``) or to what is in
brackets. Alignment counts for every screen width."""

_HAS_PREFIX = re.compile(r"(?:has|no|with|without|hide|show)[-_](?!-)")
"""Prefixes of words that say what an element has, not what it is (``has-large-font-size``)."""

_MIN_SLUG_PARTS = 5
_SLUG_WORDS = frozenset({
    *("of", "a", "an", "and", "to", "with", "is", "are", "be", "will", "gets", "get"),
    *("for", "by", "at", "as", "after", "before", "over", "under", "va", "cua", "cho", "voi"),
    *("tai", "ve", "khi", "nhung", "cac", "duoc", "tu", "sau", "truoc", "theo"),
})  # fmt: skip
"""Words that are in slugs made from headlines, but rarely in names of page parts."""

MAX_WORD_CHARS = 200
"""Longer words are not names. This limits the memory of the cache."""

_HIDING_WORDS = frozenset(
    {"hidden", "is-hidden", "element-hidden", "element-invisible", "hide-accessible", "d-none"}
)
_PREFIX_CHARS = 3
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class _Stem:
    """A stem in a name. ``starts_word`` and ``ends_word`` forbid a letter before or after it."""

    text: str
    hint: int
    starts_word: bool
    ends_word: bool


@lru_cache(maxsize=4096)
def read_hints(words: str) -> int:
    """Return the hints of the class, id and itemprop words of an element, in any spelling."""
    hints = Hint.NONE
    for word in words.split():
        if len(word) <= MAX_WORD_CHARS:
            hints |= _hints_of_word(word)
    return hints


@lru_cache(maxsize=16_384)
def _hints_of_word(word: str) -> int:
    """Return the hints of one word, from the stems that begin at each of its positions."""
    if (":" in word or "[" in word or "/" in word) and (variant := _VARIANT.match(word)):
        return _hints_of_variant(word, variant)
    lower = word if word.islower() else _CAMEL.sub("-", word).lower()
    plain = _SEPARATORS.sub("-", lower)
    hints = _hints_of_stems(plain + ".")
    if hints & _DOUBTFUL and _MISLEADING.search(plain):
        hints = _hints_of_stems(_MISLEADING.sub("-", plain) + ".")
    if "print" in plain and _NOT_PRINTED.search(plain):
        hints = _hints_of_stems(_NOT_PRINTED.sub("-", plain) + ".") | Hint.NOT_PRINTED
    elif hints & BOILERPLATE and (_is_slug(plain) or _HAS_PREFIX.match(lower)):
        hints &= ~BOILERPLATE
    return hints | Hint.HIDDEN if plain in _HIDING_WORDS else hints


def _hints_of_stems(plain: str) -> int:
    """Return the hints of all stems in a name in lower case."""
    hints = Hint.NONE
    for start in range(len(plain) - 2):
        for stem in _STEMS.get(plain[start : start + _PREFIX_CHARS], ()):
            if plain.startswith(stem.text, start) and _is_bounded(plain, start, stem):
                hints |= stem.hint
    return hints


def _hints_of_variant(word: str, variant: re.Match[str]) -> int:
    """Return the hints of a word that applies only in a certain state."""
    if word == "print:hidden":
        return Hint.NOT_PRINTED
    return _hints_of_word(word[variant.end() :]) & ALIGNED if variant["width"] else Hint.NONE


def _is_slug(plain: str) -> bool:
    """Whether a name is a slug made from a headline: ``share-of-clean-water-rises``."""
    parts = plain.split("-")
    return len(parts) >= _MIN_SLUG_PARTS and not _SLUG_WORDS.isdisjoint(parts[1:-1])


def _is_bounded(plain: str, start: int, stem: _Stem) -> bool:
    """Whether a stem at a position has no letter next to it that it forbids."""
    if stem.starts_word and start and plain[start - 1].isalpha():
        return False
    end = start + len(stem.text)
    return not (stem.ends_word and plain[end : end + 1].isalpha())


def _spellings(stem: str) -> Iterator[str]:
    """Yield all spellings of a stem: each alternative, with and without its separators."""
    parts = [
        part[1:-1].split(",") if part[0] == "{" else ["-", ""] if part == "-" else [part]
        for part in re.findall(r"\{[^{}]*\}|[^{}-]+-$|-|[^{}-]+", stem)
    ]
    return map("".join, product(*parts))


def _stems_by_prefix() -> dict[str, list[_Stem]]:
    """Return all stems by their first letters."""
    found: dict[str, list[_Stem]] = {}
    for hint, stems in VOCABULARY.items():
        for stem in stems.split():
            for text in _spellings(stem.strip("|")):
                entry = _Stem(text, hint, stem[0] == "|", stem[-1] == "|")
                found.setdefault(text[:_PREFIX_CHARS], []).append(entry)
    return found


_STEMS = _stems_by_prefix()
