"""The regular expressions that stand inside functions, found in the source text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ROOMS = ("spiders", "scraper", "pipelines")
CALLS = {"compile", "search", "match", "fullmatch", "split", "sub", "subn", "findall", "finditer"}


@dataclass(frozen=True, slots=True)
class InlineCall:
    """A call of the module ``re`` in a function; ``pattern`` is None if it is no literal."""

    function: str
    line: int
    call: str
    pattern: re.Pattern[Any] | None

    @property
    def place(self) -> str:
        return f"{self.function}:{self.line}"


def source_files() -> Iterator[Path]:
    """The modules of the program."""
    return (file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")))


def inline_calls() -> list[InlineCall]:
    """Every call of ``re`` in a function that is not given a pattern compiled elsewhere."""
    return [
        call
        for file in source_files()
        for call in _calls_of(ast.parse(file.read_text()), _module_name(file))
    ]


def hidden_imports() -> list[str]:
    """Where ``re`` is imported under another name, or one of its functions."""
    return [
        f"{_module_name(file)}:{node.lineno}"
        for file in source_files()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in node.names
        if (isinstance(node, ast.ImportFrom) and node.module == "re" and name.name in CALLS)
        or (isinstance(node, ast.Import) and name.name == "re" and name.asname)
    ]


def _module_name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _calls_of(tree: ast.AST, place: str, *, is_function: bool = False) -> Iterator[InlineCall]:
    for node in ast.iter_child_nodes(tree):
        inner, inside = place, is_function
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            inner = f"{place}.{node.name}"
            inside = is_function or not isinstance(node, ast.ClassDef)
        inside = inside or isinstance(node, ast.Lambda)
        if inside and isinstance(node, ast.Call) and (call := _inline_call(node, inner)):
            yield call
        yield from _calls_of(node, inner, is_function=inside)


def _inline_call(node: ast.Call, function: str) -> InlineCall | None:
    of, given = node.func, node.args[0] if node.args else None
    if not (isinstance(of, ast.Attribute) and of.attr in CALLS):
        return None
    if not (isinstance(of.value, ast.Name) and of.value.id == "re"):
        return None
    if isinstance(given, ast.Name) and given.id.isupper():
        return None
    pattern = None
    if isinstance(given, ast.Constant) and isinstance(given.value, (str, bytes)):
        pattern = re.compile(given.value, _flags(node))
    return InlineCall(function, node.lineno, of.attr, pattern)


def _flags(node: ast.Call) -> int:
    names = (
        part.attr
        for value in [*node.args[1:], *(keyword.value for keyword in node.keywords)]
        for part in ast.walk(value)
        if isinstance(part, ast.Attribute)
        and isinstance(part.value, ast.Name)
        and part.value.id == "re"
    )
    flags = 0
    for name in names:
        flags |= int(getattr(re, name))
    return flags
