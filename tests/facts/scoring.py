"""Compares the mentions that an extractor finds with those of labelled texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Mention = Mapping[str, Any]

TYPES = ("person", "document", "place", "organisation")
DOCUMENT_FIELDS = ("kind", "number", "date", "issuer")


class Problem(NamedTuple):
    """Something that was missed, found in excess, or described wrongly."""

    article: str
    type: str
    what: str
    mention: str
    expected: str
    found: str


@dataclass
class Score:
    """Counts of one or several texts; those of fields are of the mentions that were found."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def precision(self, name: str) -> float | None:
        """Return the share of what was found that is right, None if nothing was found."""
        return _share(self.counts[f"{name} right"], self.counts[f"{name} found"])

    def recall(self, name: str) -> float | None:
        """Return the share of what is labelled that was found, None if nothing is labelled."""
        return _share(self.counts[f"{name} right"], self.counts[f"{name} labelled"])

    def f1(self, name: str) -> float | None:
        """Return the harmonic mean of precision and recall, None if there is nothing at all."""
        both = self.counts[f"{name} found"] + self.counts[f"{name} labelled"]
        return _share(2 * self.counts[f"{name} right"], both)

    def accuracy(self, name: str) -> float | None:
        """Return the share of a field that is right, None if no mention with it was found."""
        return _share(self.counts[f"{name} right"], self.counts[f"{name} compared"])


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def add_text(score: Score, article: Mapping[str, Any], found: Iterable[Mention]) -> None:
    """Count what was found in a labelled text."""
    mentions = list(found)
    for type_ in TYPES:
        _add_type(score, article, type_, mentions)


def is_required(mention: Mention) -> bool:
    """Whether an extractor has to find a labelled mention.

    Not required, but not wrong either: a later short reference to a person or ("this decree") to a
    document, a public person without an office, a private one with an office, and an organisation
    inside an office or as the issuer of a document.
    """
    if mention["type"] == "person":
        return bool(mention["is_public"] and mention["offices"] and mention["refers_to"] is None)
    if mention["type"] == "document":
        return mention["refers_to"] is None or mention["number"] is not None
    return mention["type"] != "organisation" or mention["within"] is None


def is_forbidden(mention: Mention) -> bool:
    """Whether a labelled mention is of a private person, whom no table of people may hold."""
    return bool(mention["type"] == "person" and not mention["is_public"] and not mention["offices"])


def is_claimed(mention: Mention) -> bool:
    """Whether an extractor takes what it found for a fact; private persons are mentions only."""
    return bool(mention["type"] != "person" or mention.get("is_public", True))


def overlaps(one: Mention, other: Mention) -> bool:
    """Whether two mentions have a character in common."""
    return bool(one["start"] < other["end"] and other["start"] < one["end"])


def same_span(one: Mention, other: Mention) -> bool:
    """Whether two mentions begin and end together."""
    return (one["start"], one["end"]) == (other["start"], other["end"])


def _add_type(
    score: Score, article: Mapping[str, Any], type_: str, mentions: list[Mention]
) -> None:
    labelled = [one for one in article["mentions"] if one["type"] == type_]
    found = [one for one in mentions if one["type"] == type_ and is_claimed(one)]
    required = [one for one in labelled if is_required(one)]
    pairs = _paired(required, found)
    unpaired = [one for index, one in enumerate(found) if index not in pairs.values()]
    extra = [one for one in unpaired if not _is_allowed(one, labelled)]
    exact = sum(same_span(required[gold], found[index]) for gold, index in pairs.items())
    for name, right in ((type_, len(pairs)), (f"{type_} exact", exact)):
        score.counts[f"{name} labelled"] += len(required)
        score.counts[f"{name} found"] += len(pairs) + len(extra)
        score.counts[f"{name} right"] += right
    for gold, index in pairs.items():
        _compare(score, article, required[gold], found[index], mentions)
    for one in extra:
        _add_extra(score, article, one, labelled)
    for gold, one in enumerate(required):
        if gold not in pairs:
            _report(score, article, one, "missed")


def _is_allowed(found: Mention, labelled: list[Mention]) -> bool:
    return any(
        overlaps(found, one) for one in labelled if not is_required(one) and not is_forbidden(one)
    )


def _add_extra(
    score: Score, article: Mapping[str, Any], found: Mention, labelled: list[Mention]
) -> None:
    private = any(is_forbidden(one) and overlaps(found, one) for one in labelled)
    score.counts["private persons claimed"] += private
    _report(score, article, found, "private" if private else "extra")


def _paired(required: list[Mention], found: list[Mention]) -> dict[int, int]:
    """Return for each labelled mention the found one that stands for it: each only once."""
    pairs: dict[int, int] = {}
    for fits in (same_span, overlaps):
        for gold, one in enumerate(required):
            if gold in pairs:
                continue
            taken = set(pairs.values())
            for index, other in enumerate(found):
                if index not in taken and fits(one, other):
                    pairs[gold] = index
                    break
    return pairs


def _compare(
    score: Score,
    article: Mapping[str, Any],
    gold: Mention,
    found: Mention,
    mentions: list[Mention],
) -> None:
    for name, expected, given, right in COMPARED[gold["type"]](article, gold, found, mentions):
        score.counts[f"{name} compared"] += 1
        score.counts[f"{name} right"] += right
        if not right:
            _report(score, article, gold, name, expected, given)
    if not same_span(gold, found):
        _report(score, article, gold, "span", gold["text"], _words(article, found))


Compared = Iterator[tuple[str, Any, Any, bool]]


def _compare_person(_: Any, gold: Mention, found: Mention, __: Any) -> Compared:
    expected, given = _offices(gold), _offices(found)
    yield "offices exact", sorted(expected), sorted(given), expected == given


def _offices(mention: Mention) -> set[str]:
    return {_normal(office["office"]) for office in mention.get("offices") or ()}


def _compare_document(
    article: Mapping[str, Any], gold: Mention, found: Mention, mentions: list[Mention]
) -> Compared:
    if gold["refers_to"] is not None:
        target = article["mentions"][gold["refers_to"]]
        index = found.get("refers_to")
        given = mentions[index] if index is not None else None
        words = _words(article, given) if given is not None else None
        right = given is not None and overlaps(given, target)
        yield "short form resolved", target["text"], words, right
        return
    same = {name: _same_field(name, gold[name], found.get(name)) for name in DOCUMENT_FIELDS}
    for name in DOCUMENT_FIELDS:
        yield f"document {name}", gold[name], found.get(name), same[name]
    yield "all document fields", "", "", all(same.values())


def _same_field(name: str, expected: str | None, given: str | None) -> bool:
    """Whether a field of a document is right; spaces do not count in numbers (``15 /KH-UBND``)."""
    if name == "number":
        return "".join(_normal(expected).split()) == "".join(_normal(given).split())
    return _normal(expected) == _normal(given)


def _compare_place(_: Any, gold: Mention, found: Mention, __: Any) -> Compared:
    given = found.get("unit")
    if gold["unit"] is None:
        yield "place left open", gold["candidates"], given, given is None
    else:
        yield "place resolved", gold["unit"], given, given in (gold["unit"], *gold["others"])


def _compare_organisation(_: Any, gold: Mention, found: Mention, __: Any) -> Compared:
    right = _normal(gold["place"]) == _normal(found.get("place"))
    yield "organisation place", gold["place"], found.get("place"), right


COMPARED: dict[str, Callable[[Any, Mention, Mention, Any], Compared]] = {
    "person": _compare_person,
    "document": _compare_document,
    "place": _compare_place,
    "organisation": _compare_organisation,
}


def _normal(value: str | None) -> str:
    return " ".join((value or "").split()).casefold()


def _words(article: Mapping[str, Any], mention: Mention) -> str:
    return str(article["text"][mention["start"] : mention["end"]])


def _report(
    score: Score,
    article: Mapping[str, Any],
    mention: Mention,
    what: str,
    expected: Any = "",
    found: Any = "",
) -> None:
    words = _words(article, mention)
    score.problems.append(
        Problem(article["id"], mention["type"], what, words, str(expected), str(found))
    )
