"""How the fields that a tool read from a page are judged beside the truth.

A judge returns one answer for each thing that the truth asks for, none if it says nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipelines.text import fold
from tests.bench.corpora import Case
from tests.bench.shingles import share_found
from tests.bench.tools import Found

DAY, MINUTE = len("2026-11-23"), len("2026-11-23T08:15")

Pair = tuple[Case, Found]


@dataclass(frozen=True)
class Column:
    """A column of the table of fields.

    ``offered`` says whether a tool gave the field on a page: one that never does gets a dash.
    """

    name: str
    judge: Callable[[Case, Found], list[bool]]
    offered: Callable[[Found], object] = lambda found: True


def is_same(one: str, other: str | None) -> bool:
    """Whether two texts are equal but for white space."""
    return " ".join(one.split()) == " ".join((other or "").split())


def text_of(case: Case, found: Found) -> str:
    """The text that is compared with the body.

    What a tool cuts from the text as the lede, though it is not, is part of the body.
    """
    is_cut = case.is_complete and found.lede_is_cut and found.lede
    if not is_cut or is_same(case.lede or "", found.lede):
        return found.body
    return f"{found.lede}\n\n{found.body}"


def boilerplate_in(case: Case, found: Found) -> list[bool]:
    """For each line that must not appear: whether it stands in body or lede."""
    return [line in found.body or line in (found.lede or "") for line in case.must_not_appear]


def _title(case: Case, found: Found) -> list[bool]:
    return [is_same(case.title, found.title)] if case.title else []


def _section(case: Case, found: Found) -> list[bool]:
    return [fold(found.section or "") == fold(case.section)] if case.section else []


def _lede(case: Case, found: Found) -> list[bool]:
    return [any(is_same(each, found.lede) for each in case.ledes)] if case.lede else []


def _author(case: Case, found: Found) -> list[bool]:
    return [_names(case.authors) == _names([found.author or ""])] if case.authors else []


def _names(texts: Iterable[str]) -> set[str]:
    return {fold(part.strip()) for text in texts for part in text.replace(";", ",").split(",")}


def _published(length: int) -> Callable[[Case, Found], list[bool]]:
    def judge(case: Case, found: Found) -> list[bool]:
        if len(case.published or "") < length:
            return []
        return [(found.published or "")[:length] == (case.published or "")[:length]]

    return judge


def _captions_found(case: Case, found: Found) -> list[bool]:
    given = [" ".join(caption.split()) for caption, _ in found.captions if caption]
    return [
        any(" ".join(text.split()) in caption for caption in given) for text in case.captions or []
    ]


def _captions_left(case: Case, found: Found) -> list[bool]:
    """For each caption: whether a line of the body consists of it, for the most part.

    That its words also stand in a sentence of the body is no fault.
    """
    lines = found.body.splitlines()
    return [any(share_found(line, text) > 0.75 for line in lines) for text in case.captions or []]


def _notices(case: Case, found: Found) -> list[bool]:
    if not case.is_notice:
        return []
    return [found.is_kept and all(_title(case, found) + _published(DAY)(case, found))]


def _repeated_title(case: Case, found: Found) -> list[bool]:
    return [any(fold(tag) == fold(case.title) for tag in found.tags)] if case.title else []


def _invented(case: Case, found: Found) -> list[bool]:
    """For each field that the page does not have: whether the tool gives one all the same.

    The first paragraph, or what else can pass for a lede, is no invention.
    """
    if not case.is_complete:
        return []
    passable = ["", *case.ledes, case.body.split("\n\n")[0]]
    absent = {
        "section": (case.section, bool(found.section)),
        "lede": (case.lede, not any(is_same(each, found.lede) for each in passable)),
        "day": (case.published, bool(found.published)),
        "author": (case.authors, bool(found.author)),
    }
    return [is_given for truth, is_given in absent.values() if not truth]


COLUMNS = (
    Column("title", _title, lambda found: found.title),
    Column("section", _section, lambda found: found.section),
    Column("lede", _lede, lambda found: found.lede),
    Column("day", _published(DAY), lambda found: found.published),
    Column("minute", _published(MINUTE), lambda found: found.published),
    Column("author", _author, lambda found: found.author),
    Column(
        "invented",
        _invented,
        lambda found: found.section or found.lede or found.published or found.author,
    ),
    Column("captions found", _captions_found, lambda found: found.captions),
    Column("captions in body", _captions_left),
    Column("notices kept", _notices, lambda found: found.title),
    Column("boilerplate kept", boilerplate_in),
    Column("title as tag", _repeated_title, lambda found: found.tags),
)


def counts(pairs: list[Pair]) -> dict[str, tuple[int, int] | None]:
    """By column: how many answers are yes, of how many; None if the tool gives no such field."""
    results: dict[str, tuple[int, int] | None] = {}
    for column in COLUMNS:
        answers = [answer for pair in pairs for answer in column.judge(*pair)]
        is_offered = any(column.offered(found) for _, found in pairs)
        if answers:
            results[column.name] = (sum(answers), len(answers)) if is_offered else None
    return results
