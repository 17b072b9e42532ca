"""Documents with their issuers; short forms refer to the full one in the same text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipelines.facts.analysis import Words, key_of
from pipelines.facts.document_rules import DocumentAtom, number_head, number_key
from pipelines.facts.mentions import DocumentMention
from pipelines.facts.office_rules import BodyAtom, OfficeAtom
from pipelines.facts.vocabulary import vocabulary

ISSUED_BY = frozenset({"của", "do"})
MAX_ALIKE = 20
"""Documents of a kind with one number among which a short form is looked up; more are unclear."""


def find_documents(
    words: Words, atoms: list[DocumentAtom], issuers: Iterable[OfficeAtom | BodyAtom]
) -> list[DocumentMention]:
    """Return the documents; ``issuers`` are the offices and organisations of the text."""
    bodies = {body.start: body for body in issuers}
    found = [_mention(words, atom, bodies) for atom in atoms]
    return _refer(_share(found))


def _mention(
    words: Words, atom: DocumentAtom, bodies: dict[int, OfficeAtom | BodyAtom]
) -> DocumentMention:
    issuer = _issuer(words, atom, bodies)
    start = words.starts[issuer.start] if issuer else None
    return DocumentMention(
        atom.start,
        atom.end,
        words.text[atom.start : atom.end],
        atom.rule,
        atom.kind,
        atom.number,
        atom.number,
        atom.date,
        words.text[start : words.ends[issuer.end - 1]] if issuer else None,
        start,
        _numbered_issuer(atom.number),
    )


def _issuer(
    words: Words, atom: DocumentAtom, bodies: dict[int, OfficeAtom | BodyAtom]
) -> OfficeAtom | BodyAtom | None:
    """Return who stands behind "của", directly behind the document or its date."""
    at = words.index_at(atom.stop)
    if (
        at >= len(words.words)
        or words.gaps[at] not in ("", ",", ")")
        or words.keys[at] not in ISSUED_BY
    ):
        return None
    return bodies.get(at + 1)


def _numbered_issuer(number: str | None) -> str | None:
    """Return who issues documents with such a number, if one body alone does."""
    if number is None:
        return None
    ends = [part.lower() for part in number_key(number).replace("/", "-").split("-")]
    known = vocabulary().issuers
    return next(
        (known[name] for end in reversed(ends) if (name := end.rstrip("0123456789")) in known), None
    )


def _share(found: list[DocumentMention]) -> list[DocumentMention]:
    """Give the date and issuer that are written once, behind a list of numbers, to all of it."""
    shared = list(found)
    for at in range(len(found) - 2, -1, -1):
        behind = shared[at + 1]
        if behind.rule == "further number":
            one = shared[at]
            shared[at] = replace(
                one, date=one.date or behind.date, issuer=one.issuer or behind.issuer,
                issuer_start=one.issuer_start or behind.issuer_start,
            )  # fmt: skip
    return shared


def _refer(found: list[DocumentMention]) -> list[DocumentMention]:
    result: list[DocumentMention] = []
    known = _FullForms(result)
    for mention in found:
        at = known.index_of(mention)
        if at is None:
            known.add(mention, len(result))
            result.append(mention)
        else:
            result.append(replace(mention, refers_to=at, full_number=result[at].full_number))
    return result


@dataclass(slots=True)
class _FullForms:
    """The documents that later mentions may name, by name, number, and the digits of the number."""

    found: list[DocumentMention]
    by_name: dict[str, list[int]] = field(default_factory=dict)
    by_digits: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def add(self, mention: DocumentMention, at: int) -> None:
        """Add a document that refers to no earlier one."""
        self.by_name.setdefault(_name(mention), []).append(at)
        if mention.number is not None:
            self.by_digits.setdefault(_digits(mention), []).append(at)

    def index_of(self, mention: DocumentMention) -> int | None:
        """Return the document that a mention names again, by the same or a shorter number.

        None if there is none, or if several have the kind and the number.
        """
        same = self._agreeing(mention, self.by_name.get(_name(mention), ()))
        if mention.number is not None and not same:
            alike = self.by_digits.get(_digits(mention), ())
            number = number_key(mention.number)
            same = [
                at
                for at in self._agreeing(mention, alike[: MAX_ALIKE + 1])
                if _is_short_for(number, number_key(self.found[at].number or ""))
            ]
        return same[0] if len(same) == 1 else None

    def _agreeing(self, mention: DocumentMention, places: Sequence[int]) -> list[int]:
        """Return those whose date is the same, or not stated in one of the places."""
        return [
            at
            for at in places[: MAX_ALIKE + 1]
            if not mention.date or self.found[at].date in (None, mention.date)
        ]


def _name(mention: DocumentMention) -> str:
    """Return what two mentions of a document have in common: kind and number, or the words."""
    if mention.number is None:
        return key_of(mention.text)
    return f"{key_of(mention.kind)} {number_key(mention.number)}"


def _digits(mention: DocumentMention) -> tuple[str, str]:
    return key_of(mention.kind), number_head(mention.number or "")


def _is_short_for(number: str, full: str) -> bool:
    return number.isdigit() or full.startswith((f"{number}/", f"{number}-"))
