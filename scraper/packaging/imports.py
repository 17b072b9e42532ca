"""Imports of a checkout as those of the installed package: ``tinhuyen.scraper`` for ``scraper``.

Only the standard library is imported, since the build runs before anything is installed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "tinhuyen"
"""The one name that is installed."""

FOLDERS = ("pipelines", "scraper", "spiders")
TOP = (*FOLDERS, "settings")
"""What lies at the top of a checkout and below the package when it is installed."""

DOTTED = re.compile(rf"(?:{'|'.join(FOLDERS)})(?:\.[A-Za-z_]\w*)+")

Change = tuple[int, int, bytes, bytes]
"""A line, the column at which the rest of the line is searched, what is replaced, and by what."""


def below_package(source: str, root: Path) -> str:
    """The source of a module with the imports that it has when it is installed.

    Strings that name a module below ``root``, alone or with something in it, change as imports do:
    settings of Scrapy and modules to preload are such strings.
    Raises ValueError for an import that cannot be rewritten.
    """
    lines = source.encode().splitlines(keepends=True)
    for line, column, old, new in sorted(_changes(ast.parse(source), root), reverse=True):
        text = lines[line - 1]
        lines[line - 1] = text[:column] + text[column:].replace(old, new, 1)
    return b"".join(lines).decode()


def _changes(tree: ast.Module, root: Path) -> Iterator[Change]:
    for node in ast.walk(tree):
        change: tuple[str, str] | None = None
        if isinstance(node, ast.ImportFrom):
            change = _of_import_from(node)
        elif isinstance(node, ast.Import):
            change = _of_import(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            change = _of_text(node.value, root)
        if change is not None:
            old, new = change
            yield node.lineno, node.col_offset, old.encode(), new.encode()  # type: ignore[attr-defined]


def _of_import_from(node: ast.ImportFrom) -> tuple[str, str] | None:
    if node.level or not node.module or not _is_ours(node.module):
        return None
    return f"from {node.module}", f"from {PACKAGE}.{node.module}"


def _of_import(node: ast.Import) -> tuple[str, str] | None:
    ours = [each.name for each in node.names if _is_ours(each.name)]
    if not ours:
        return None
    if len(node.names) > 1 or "." in ours[0]:
        raise ValueError(f"line {node.lineno}: write `from … import …`, not `import {ours[0]}`")
    return f"import {ours[0]}", f"from {PACKAGE} import {ours[0]}"


def _of_text(text: str, root: Path) -> tuple[str, str] | None:
    if not DOTTED.fullmatch(text):
        return None
    places = [root.joinpath(*name.split(".")) for name in (text, text.rpartition(".")[0])]
    if not any(place.is_dir() or place.with_suffix(".py").is_file() for place in places):
        return None
    return text, f"{PACKAGE}.{text}"


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in TOP
