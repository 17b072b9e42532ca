"""The notation in which the texts of the gold set are written; README.md describes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.facts.kinds import document_kind, organisation_kind

Mention = dict[str, Any]
PlaceFields = Callable[[str, str], Mention]
"""Returns the fields of a place from its words and the hint written behind them."""

ELEMENT = re.compile(
    r"\{(?P<person>[^}]*)\}|\[(?P<office>[<>][^\]]*)\]|<(?P<document>[^>]*)>|«(?P<organisation>[^»]*)»"
    r"|_(?P<place>[^_]*)_|\^(?P<date>[^^]*)\^|`(?P<issuer>[^`]*)`"
)
DAY = re.compile(r"(\d{1,2})\s*(?:[/.-]|tháng)\s*(\d{1,2})\s*(?:[/.-]|năm)\s*(\d{4})")


class MarkupError(ValueError):
    """A text whose marks cannot be read."""


@dataclass
class MarkedText:
    """A text without its marks, and what they say of it."""

    place_fields: PlaceFields
    text: str = ""
    mentions: list[Mention] = field(default_factory=list)
    waiting: list[Mention] = field(default_factory=list)
    """Offices whose person comes behind them."""


def read_marks(marked: str, place_fields: PlaceFields) -> tuple[str, list[Mention]]:
    """Return the plain text, and the mentions in the order of the text.

    Raises MarkupError if a mark is open, or names somebody or something that is not there.
    """
    result = MarkedText(place_fields)
    _read(marked, result)
    if result.waiting:
        raise MarkupError(f"no person behind {result.waiting[0]['office']}")
    if left := re.search(r"[\[\]{}<>«»_^`~]", result.text):
        raise MarkupError(
            f"a mark is left: {result.text[max(0, left.start() - 30) : left.end() + 9]}"
        )
    _share(result.mentions)
    result.mentions.sort(key=lambda mention: (mention["start"], -mention["end"]))
    _refer(result.mentions)
    return result.text, result.mentions


def _read(marked: str, result: MarkedText) -> None:
    last = 0
    for mark in ELEMENT.finditer(marked):
        result.text += marked[last : mark.start()]
        READERS[str(mark.lastgroup)](mark[str(mark.lastgroup)], result)
        last = mark.end()
    result.text += marked[last:]


def _add(result: MarkedText, type_: str, words: str, **fields: Any) -> Mention:
    """Append words that may hold places to the text, and a mention of all of them."""
    start = len(result.text)
    _read(words, result)
    mention = {"type": type_, "start": start, "end": len(result.text)}
    mention |= {"text": result.text[start:], **fields}
    result.mentions.append(mention)
    return mention


def _person(inner: str, result: MarkedText) -> None:
    name, _, reference = inner.partition("@")
    shares, name = name.endswith("+"), name.removesuffix("+")
    private, name = name.endswith("!"), name.removesuffix("!")
    follows, name = name.startswith("&"), name.removeprefix("&")
    if follows:
        result.waiting = list(_latest(result, "person")["offices"])
    _add(
        result,
        "person",
        name,
        name=name,
        offices=result.waiting,
        is_public=not private,
        refers_to=reference or None,
        shares=shares,
    )
    result.waiting = []


def _office(inner: str, result: MarkedText) -> None:
    before, _, rest = inner[1:].partition("~")
    organisation, _, behind = rest.partition("~")
    start = len(result.text)
    known = len(result.mentions)
    _read(before, result)
    if organisation:
        body = _add(result, "organisation", organisation)
        _describe(body, result, known, within="office")
    _read(behind, result)
    office = {
        "office": result.text[start:],
        "organisation": body["text"] if organisation else None,
        "place": _first_place(result.mentions[known:]),
        "start": start,
        "end": len(result.text),
    }
    if inner[0] == ">":
        result.waiting.append(office)
    else:
        _latest(result, "person")["offices"].append(office)


def _document(inner: str, result: MarkedText) -> None:
    words, _, reference = inner.partition("@")
    shares, words = words.endswith("+"), words.removesuffix("+")
    kind, stated, words = words.rpartition("%")
    before, numbered, number = words.partition("=")
    mention = _add(result, "document", before + number)
    mention |= {
        "kind": kind if stated else document_kind(mention["text"]),
        "number": number if numbered else None,
        "date": None,
        "issuer": None,
        "refers_to": reference or None,
        "shares": shares,
    }


def _organisation(inner: str, result: MarkedText) -> None:
    kind, stated, words = inner.rpartition("|")
    known = len(result.mentions)
    mention = _add(result, "organisation", words)
    _describe(mention, result, known)
    if stated:
        mention["kind"] = kind


def _issuer(inner: str, result: MarkedText) -> None:
    document = _latest(result, "document")
    known = len(result.mentions)
    mention = _add(result, "organisation", inner)
    _describe(mention, result, known, within="document")
    document["issuer"] = mention["text"]


def _describe(mention: Mention, result: MarkedText, known: int, within: str | None = None) -> None:
    mention["kind"] = organisation_kind(mention["text"])
    mention["place"] = _first_place(result.mentions[known:])
    mention["within"] = within


def _date(inner: str, result: MarkedText) -> None:
    found = DAY.search(inner)
    if found is None:
        raise MarkupError(f"no day in {inner}")
    day, month, year = map(int, found.groups())
    _latest(result, "document")["date"] = f"{year}-{month:02}-{day:02}"
    result.text += inner


def _place(inner: str, result: MarkedText) -> None:
    words, _, hint = inner.partition("=")
    if words.endswith("?"):
        words, hint = words[:-1], "?"
    _add(result, "place", words, **result.place_fields(words, hint))


def _first_place(mentions: list[Mention]) -> str | None:
    return next((one["text"] for one in mentions if one["type"] == "place"), None)


def _latest(result: MarkedText, type_: str) -> Mention:
    for mention in reversed(result.mentions):
        if mention["type"] == type_:
            return mention
    raise MarkupError(f"no {type_} before this: …{result.text[-40:]}")


def _share(mentions: list[Mention]) -> None:
    """Give what is written once, behind the last of a list, to all of the list."""
    for type_, shared in (("person", ("offices",)), ("document", ("date", "issuer"))):
        behind: Mention | None = None
        for mention in reversed([one for one in mentions if one["type"] == type_]):
            if mention.pop("shares"):
                if behind is None:
                    raise MarkupError(f"nothing behind {mention['text']} to share with")
                for name in shared:
                    mention[name] = mention[name] or behind[name]
            behind = mention


def _refer(mentions: list[Mention]) -> None:
    """Replace the words that a later short form names by the index of their mention."""
    for at, mention in enumerate(mentions):
        wanted = mention.get("refers_to")
        if wanted is None:
            continue
        mention["refers_to"] = next(
            (
                index
                for index, other in enumerate(mentions[:at])
                if other["type"] == mention["type"]
                and other["refers_to"] is None
                and wanted in (other.get("number"), other["text"])
            ),
            None,
        )
        if mention["refers_to"] is None:
            raise MarkupError(f"nothing called {wanted} before {mention['text']}")


READERS: dict[str, Callable[[str, MarkedText], None]] = {
    "person": _person,
    "office": _office,
    "document": _document,
    "organisation": _organisation,
    "place": _place,
    "date": _date,
    "issuer": _issuer,
}
