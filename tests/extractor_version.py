"""Keeps ``EXTRACTOR_VERSION`` in step with the rules: ``python -m tests.extractor_version``.

``pipelines/extractor_digest.toml`` holds the version and the digest of the rules that it stands
for. The command records both after the version was raised; a changed digest under the same
version is refused. Comments, docstrings and the layout of the code are not part of the digest.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.article import EXTRACTOR_VERSION

RULES = Path(__file__).parent.parent / "pipelines"
RECORD = RULES / "extractor_digest.toml"

LEFT_OUT = {
    "archive_middleware.py": "Scrapy middleware: writes the page to the archive, before extraction",
    "extract_pipeline.py": "Scrapy stage: hands pages to workers and takes their results",
    "store_pipeline.py": "Scrapy stage: writes to the database, after extraction",
    "save_article.py": "writes a finished article to the database",
    "workers.py": "the pool of worker processes with its limits, and the calls that they make",
    "items.py": "the fetched page and the names of the outcomes",
    "page_item.py": "the item that passes through the Scrapy stages",
    "extraction/vietnamese/spam.py": "judges stored articles for the health of a source",
    "extraction/vietnamese/spam.toml": "phrases of spam, for the health of a source",
    "extraction/similarity.py": "compares the texts of two finished articles",
    "gazetteer/__init__.py": "units of the country, for the registry of sources",
    "gazetteer/lookup.py": "units of the country, for the registry of sources",
    "gazetteer/units.py": "units of the country, for the registry of sources",
    "gazetteer/former.py": "former communes, for the registry of sources and for facts",
    "extractor_digest.toml": "the record itself",
    **{
        file.relative_to(RULES).as_posix(): "finds facts in a finished article"
        for file in sorted((RULES / "facts").iterdir())
        if file.suffix in (".py", ".toml")
    },
}
"""Files of ``pipelines/`` that do not decide what is extracted, each with the reason."""

ADVICE = (
    "The rules of extraction changed, but EXTRACTOR_VERSION is still {version}: raise it in "
    "pipelines/article.py, then run `make extractor-version` "
    "(or `python -m tests.extractor_version`)."
)
UNRECORDED = (
    "EXTRACTOR_VERSION is {version}, but pipelines/extractor_digest.toml does not hold its digest: "
    "run `make extractor-version` (or `python -m tests.extractor_version`)."
)


@dataclass(frozen=True)
class Recorded:
    """A version with the digest of its rules."""

    version: int
    digest: str

    def __str__(self) -> str:
        return (
            "# Written by `make extractor-version`, after EXTRACTOR_VERSION was raised.\n"
            f'version = {self.version}\ndigest = "{self.digest}"\n'
        )


class RefusedError(Exception):
    """Recording would give two sets of rules the same version."""


def current() -> Recorded:
    """The version and the digest of the working copy."""
    return Recorded(EXTRACTOR_VERSION, digest_of(RULES))


def recorded(record: Path = RECORD) -> Recorded | None:
    """What the record holds; None if there is no record."""
    if not record.exists():
        return None
    values = tomllib.loads(record.read_text("utf-8"))
    return Recorded(values["version"], values["digest"])


def problem(now: Recorded, before: Recorded | None) -> str | None:
    """What has to be done, as a sentence; None if the record fits."""
    if now == before:
        return None
    if before is not None and now.version == before.version:
        return ADVICE.format(version=now.version)
    return UNRECORDED.format(version=now.version)


def write_record(now: Recorded, record: Path = RECORD) -> None:
    """Write the record.

    Raises RefusedError if the version is not above the recorded one, unless nothing changed.
    """
    before = recorded(record)
    if before is not None and now != before:
        if now.version == before.version:
            raise RefusedError(ADVICE.format(version=now.version))
        if now.version < before.version:
            raise RefusedError(
                f"EXTRACTOR_VERSION is {now.version}, below the recorded {before.version}: "
                "a version is never used twice."
            )
    record.write_text(str(now), "utf-8")


def digest_of(folder: Path) -> str:
    """SHA-256 over the parsed code and data of a folder, without the files left out."""
    digest = hashlib.sha256()
    for path in rule_files(folder):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(_parsed(path).encode() + b"\0")
    return digest.hexdigest()


def rule_files(folder: Path) -> Iterator[Path]:
    """The files that decide what is extracted, in a fixed order."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in (".py", ".toml") and name not in LEFT_OUT:
            yield path


def _parsed(path: Path) -> str:
    text = path.read_text("utf-8")
    if path.suffix == ".toml":
        return json.dumps(tomllib.loads(text), ensure_ascii=False, default=str)
    return json.dumps(_tree(ast.parse(text)), ensure_ascii=False)


def _tree(node: Any) -> Any:
    """A syntax tree as lists, without docstrings and without fields that are empty.

    Not ``ast.dump``: what that prints differs between versions of Python.
    """
    if isinstance(node, list):
        return [_tree(each) for each in node if not _is_docstring(each)]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = [
        [name, _tree(value)]
        for name, value in ast.iter_fields(node)
        if value not in (None, []) and name not in ("ctx", "kind", "type_comment")
    ]
    return [type(node).__name__, *fields]


def _is_docstring(node: Any) -> bool:
    """Whether a statement is a text alone: it has no effect, wherever it stands."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def main() -> int:
    """Record the version; returns 1 if that is refused."""
    try:
        write_record(current())
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"recorded version {EXTRACTOR_VERSION}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
