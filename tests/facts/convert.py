"""Converts the marked texts to labelled files: ``python -m tests.facts.convert FILE…``.

A file holds texts under heads of the form ``=== id | province | district or commune | day``; the
first line below is the title. Each text goes to the half that its id draws, as marked text and as
a line of ``gold.jsonl``. The texts of files that are named again are replaced.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.facts.markup import MarkupError, read_marks
from tests.facts.units import Source, UnitError, place_fields

GOLD = Path(__file__).parent / "gold"
HALVES = ("open", "held")
SEED = "tinhuyen facts 2026"
HEAD = re.compile(r"^=== ([\w-]+) \| ([^|]+) \| ([^|]+) \| (\d{4}-\d\d-\d\d)$", re.MULTILINE)


def half_of(name: str) -> str:
    """Return the half that an id draws: it does not change when texts are added."""
    return HALVES[hashlib.sha256(f"{SEED} {name}".encode()).digest()[0] % 2]


def marked_texts(content: str) -> Iterator[tuple[str, str]]:
    """Yield the id and the part of a file that belongs to each text, with its head."""
    starts = [head.start() for head in HEAD.finditer(content)]
    if content[: starts[0] if starts else None].strip():
        raise MarkupError(f"text before the first head: {content[:60]}")
    for start, end in zip(starts, [*starts[1:], len(content)], strict=True):
        part = content[start:end].strip()
        yield part.split(" | ")[0].removeprefix("=== "), part


def labelled(part: str) -> dict[str, Any]:
    """Return a text with its mentions as it stands in ``gold.jsonl``."""
    head, _, rest = part.partition("\n")
    name, province, district, day = HEAD.fullmatch(head).groups()  # type: ignore[union-attr]
    if not unicodedata.is_normalized("NFC", part):
        raise MarkupError(f"{name} is not in NFC")
    source = Source(province.strip(), district.strip().strip("-"), day)
    title, _, body = rest.strip().partition("\n\n")
    body = re.sub(r"[ \t]+$", "", body.strip(), flags=re.MULTILINE)
    wrong: list[str] = []

    def fields(words: str, hint: str) -> dict[str, Any]:
        try:
            return place_fields(source, words, hint)
        except UnitError as error:
            wrong.append(str(error))
            return {}

    try:
        text, mentions = read_marks(body, fields)
        context = _context(source)
    except ValueError as error:
        raise MarkupError(f"{name}: {error}") from error
    if wrong:
        raise MarkupError("\n  ".join([name, *wrong]))
    return {
        "id": name,
        "half": half_of(name),
        "source": context,
        "title": title,
        "text": text,
        "mentions": mentions,
    }


def _context(source: Source) -> dict[str, str | None]:
    """Return the codes of the source; its former district or its commune of today."""
    empty = Source("", "", source.published_at)
    district = source.district
    level = ("d" if source.has_districts else "c") + f",{source.province}"
    return {
        "province": place_fields(empty, source.province, "p")["unit"],
        "province_name": source.province,
        "former_district": place_fields(empty, district, level)["unit"]
        if district and source.has_districts
        else None,
        "commune": place_fields(empty, district, level)["unit"]
        if district and not source.has_districts
        else None,
        "published_at": source.published_at,
    }


def convert(files: list[Path]) -> int:
    """Write the texts of files to their halves; return how many could not be read."""
    failed = 0
    for file in files:
        parts: dict[str, dict[str, str]] = {half: {} for half in HALVES}
        for name, part in marked_texts(file.read_text("utf-8")):
            try:
                labelled(part)
            except MarkupError as error:
                print(error, file=sys.stderr)
                failed += 1
                continue
            parts[half_of(name)][name] = part
        for half, texts in parts.items():
            if texts:
                content = "\n\n\n".join(texts.values()) + "\n"
                (GOLD / half / file.with_suffix(".txt").name).write_text(content, "utf-8")
    for half in HALVES:
        write_lines(half)
    return failed


def write_lines(half: str) -> None:
    """Write ``gold.jsonl`` of a half from all its marked texts."""
    lines = [
        json.dumps(labelled(part), ensure_ascii=False)
        for file in sorted((GOLD / half).glob("*.txt"))
        for _, part in marked_texts(file.read_text("utf-8"))
    ]
    (GOLD / half / "gold.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")


if __name__ == "__main__":
    sys.exit(1 if convert([Path(name) for name in sys.argv[1:]]) else 0)
