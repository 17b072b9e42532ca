"""Every compiled regular expression of the program, and strings made to hurt each."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from itertools import islice
from re import _parser  # type: ignore[attr-defined]  # the standard library's own
from types import ModuleType
from typing import Any

PACKAGES = ("spiders", "pipelines", "scraper")
DEEPEST = 6
"""How far into tuples, dictionaries and objects patterns are looked for."""

NASTY = (
    *(
        "a",
        " ",
        "\n",
        "0",
        "<",
        ">",
        "=",
        "/",
        "&",
        '"',
        "a ",
        "a-",
        "a.",
        "0 ",
        "a\n",
        "<a ",
        "<a>",
    ),
    *("=a", "A", "Ạ ", "(", ")", "[", ",", ".", "-", "_", "%20", "a/", "?", "?a", ":", "0/", "; "),
    *("'", "…", "*", "\u00a0", "&#", "Nguyễn ", "a, "),
)
"""What is repeated whatever the pattern."""

MOST_PIECES = 24
"""Pieces of one pattern that are repeated, alone and in pairs."""


def modules() -> Iterator[ModuleType]:
    """All modules of the program."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def patterns() -> dict[str, re.Pattern[Any]]:
    """Each pattern that a module holds, or a cached function without arguments, by its place."""
    found: dict[int, tuple[str, re.Pattern[Any]]] = {}
    met: set[int] = set()
    for module in modules():
        for name, value in vars(module).items():
            if not name.startswith("__"):
                for place, pattern in _within(value, f"{module.__name__}.{name}", 0, met):
                    found.setdefault(id(pattern), (place, pattern))
    return dict(found.values())


def _within(
    value: object, place: str, depth: int, met: set[int]
) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield place, value
        return
    if depth > DEEPEST or id(value) in met or isinstance(value, (str, bytes, int, float)):
        return
    if _is_cached_constant(value):
        met.add(id(value))
        yield from _within(value(), f"{place}()", depth + 1, met)  # type: ignore[operator]
        return
    parts: Iterator[tuple[object, object]] = iter(())
    if isinstance(value, dict):
        parts = (
            (key, part)
            for pair in value.items()
            for key, part in ((pair[0], pair[1]), ("key", pair[0]))
        )
    elif isinstance(value, (list, tuple, set, frozenset)):
        parts = iter(enumerate(value))
    elif getattr(type(value), "__module__", "").split(".")[0] in PACKAGES or (
        isinstance(value, type) and value.__module__.split(".")[0] in PACKAGES
    ):
        names = getattr(value, "__dict__", {}) or {}
        slots = [name for name in getattr(type(value), "__slots__", ()) if hasattr(value, name)]
        parts = iter([*names.items(), *((name, getattr(value, name)) for name in slots)])
    else:
        return
    met.add(id(value))
    for key, part in list(parts):
        yield from _within(part, f"{place}.{key}", depth + 1, met)


def _is_cached_constant(value: object) -> bool:
    """Whether a value is a cached function of ours without arguments: it reads a table once."""
    is_ours = str(getattr(value, "__module__", "")).split(".")[0] in PACKAGES
    return is_ours and hasattr(value, "cache_info") and not inspect.signature(value).parameters  # type: ignore[arg-type]


def attacks(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str, str]]:
    """What comes first, what is repeated, and what ends it, so that no match succeeds."""
    pieces = list(dict.fromkeys(islice(_pieces(pattern), 200)))[:MOST_PIECES]
    whole = "".join(pieces)
    prefixes = [_example(pattern, cut) for cut in range(1, 12)]
    repeated = [*NASTY, *pieces, whole, *(prefix for prefix in prefixes if prefix)]
    repeated += [a + b for a in pieces[:6] for b in (" ", "a", "0", *pieces[:6]) if a + b]
    for piece in dict.fromkeys(repeated):
        if not piece:
            continue
        yield "", piece, "\x00"
        for start in dict.fromkeys([pieces[0] if pieces else "", *prefixes[:6]]):
            if start:
                yield start, piece, "\x00"


def _pieces(pattern: re.Pattern[Any]) -> Iterator[str]:
    """Literal runs and one character of each class, in the order of the pattern."""
    yield from _pieces_of(_tree(pattern))


def _tree(pattern: re.Pattern[Any]) -> Any:
    source = (
        pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    )
    return _parser.parse(
        source, pattern.flags & ~(re.UNICODE if isinstance(pattern.pattern, bytes) else 0)
    )


def _pieces_of(tree: Any) -> Iterator[str]:
    run = ""
    for kind, value in tree:
        name = str(kind)
        if name == "LITERAL":
            run += chr(value)
            continue
        if run:
            yield run
            run = ""
        yield from _inner(name, value)
    if run:
        yield run


def _inner(name: str, value: Any) -> Iterator[str]:
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        yield from _pieces_of(value[2])
    elif name == "SUBPATTERN":
        yield from _pieces_of(value[3])
    elif name == "ATOMIC_GROUP":
        yield from _pieces_of(value)
    elif name in ("ASSERT", "ASSERT_NOT"):
        yield from _pieces_of(value[1])
    elif name == "BRANCH":
        for branch in value[1]:
            yield from _pieces_of(branch)
    elif name in ("IN", "NOT_LITERAL", "ANY"):
        yield _one_of(name, value)


def _one_of(name: str, value: Any) -> str:
    """A character that a class takes."""
    source = {"IN": value, "NOT_LITERAL": [("x", value)], "ANY": []}[name]
    if name == "IN":
        negated = any(str(kind) == "NEGATE" for kind, _ in source)
        if not negated:
            for kind, one in source:
                if str(kind) == "LITERAL":
                    return chr(one)
                if str(kind) == "RANGE":
                    return chr(one[0])
                if str(kind) == "CATEGORY":
                    return {"CATEGORY_SPACE": " ", "CATEGORY_DIGIT": "0"}.get(str(one), "a")
    return "a"


def _example(pattern: re.Pattern[Any], cut: int) -> str:
    """The beginning of what the pattern takes: its first ``cut`` parts."""
    return _beginning(_tree(pattern), cut)


def _beginning(tree: Any, cut: int) -> str:
    text = ""
    for kind, value in islice(tree, cut):
        name = str(kind)
        if name == "LITERAL":
            text += chr(value)
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            text += _beginning(value[2], 99) * max(1, min(value[0], 3))
        elif name == "SUBPATTERN":
            text += _beginning(value[3], 99)
        elif name == "ATOMIC_GROUP":
            text += _beginning(value, 99)
        elif name == "BRANCH":
            text += _beginning(value[1][0], 99)
        elif name in ("IN", "NOT_LITERAL", "ANY"):
            text += _one_of(name, value)
    return text
