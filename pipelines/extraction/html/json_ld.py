"""Read JSON-LD as pages write it: nearly JSON, in several scripts, with references.

Scripts are parsed as JSON if they are valid. Otherwise, a single pass over their tokens removes
what is not JSON (comments, CDATA and HTML comment markers, superfluous commas) and separates
consecutive values. Size, nesting and number of nodes are limited.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

MAX_SCRIPT_CHARS = 500_000
MAX_TOTAL_CHARS = 2_000_000
MAX_NESTING = 100
MAX_NODES = 20_000

Node = dict[str, Any]

_TOKEN = re.compile(
    r"""(?P<string>"(?:[^"\\]++|\\.)*+"?)"""
    r"""|(?P<marker><!\[CDATA\[|\]\]>|<!--|-->)"""
    r"""|(?P<comment>/\*(?:[^*]++|\*(?!/))*+(?:\*/)?|//)"""
    r"""|(?P<sign>[{}\[\],:])"""
    r"""|(?P<word>[^\s"{}\[\],:/<]++|[/<])"""
    r"""|\s++""",
    re.DOTALL,
)
_LOOSE_STRING = r"""(?P<string>"(?:[^"\\]++|\\.|"(?!\s*+(?:[,:}\]]|\Z)))*+"?)"""
"""A string that may contain unescaped quotes; it ends at a quote before a sign."""

_LOOSE_TOKEN = re.compile(
    _LOOSE_STRING + _TOKEN.pattern[_TOKEN.pattern.index("|(?P<marker>") :], re.DOTALL
)
_ESCAPE = re.compile(r'\\(?:(?P<known>["\\/bfnrt]|u[0-9a-fA-F]{4})|(?P<other>.|\Z))', re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_CLOSING = {"{": "}", "[": "]"}
_COMMENT_ENDS = {"<!--": "-->", "//": "\n"}
"""The end of each kind of comment. Outside of values, only the comment marks are skipped."""

_VOCABULARY = re.compile(r"(?:schema:|https?://schema\.org/)(?=\w)")
_VOCABULARY_MARKS = ('"schema:', "schema.org/headline")
"""Texts in scripts whose property names include their vocabulary."""

_PART_PROPERTIES = ("@graph", "mainEntity", "mainEntityOfPage", "breadcrumb", "@included")
"""Properties whose values are what the page is about, or part of the page."""


@dataclass(slots=True)
class Graph:
    """All nodes in the scripts of a page.

    ``nodes`` are those that the page is about, in order. ``by_id`` merges what all scripts say
    about a node.
    """

    nodes: list[Node] = field(default_factory=list)
    by_id: dict[str, Node] = field(default_factory=dict)

    def resolve(self, value: Any) -> Any:
        """Return a node with all that is known of its ``@id``; other values unchanged."""
        if isinstance(value, str):
            return self.by_id.get(value, value)
        if isinstance(value, dict) and isinstance(value.get("@id"), str):
            return {**self.by_id.get(value["@id"], {}), **value}
        return value


def read_graph(scripts: Iterable[str]) -> Graph:
    """Read the JSON-LD scripts of a page. Never raises."""
    graph = Graph()
    values: list[Any] = []
    left = MAX_TOTAL_CHARS
    for script in scripts:
        if len(script) <= min(left, MAX_SCRIPT_CHARS):
            left -= len(script)
            values += _values(script)
    _index_by_id(graph, values)
    graph.nodes = list(_top_nodes(graph, values))
    return graph


def as_list(value: object) -> list[Any]:
    """Return a value as a list of texts and nodes. Nested lists are left out."""
    items = value if isinstance(value, list) else [value]
    return [each for each in items if isinstance(each, str | dict)]


def types_of(node: Node) -> set[str]:
    """Return the types of a node, without the URL or prefix of their vocabulary."""
    return {
        re.split(r"[/#:]", each.rstrip("/"))[-1]
        for each in as_list(node.get("@type"))
        if isinstance(each, str)
    }


def text_values(value: object) -> list[str]:
    """Return the texts of a value: a text, the texts of a list, or that of ``{"@value": …}``."""
    found = [each.get("@value") if isinstance(each, dict) else each for each in as_list(value)]
    return [each for each in found if isinstance(each, str)]


def _index_by_id(graph: Graph, values: list[Any]) -> None:
    """Merge what is said about each ``@id``, at any depth."""
    queue, seen = list(reversed(values)), 0
    while queue and seen < MAX_NODES:
        value = queue.pop()
        seen += 1
        if isinstance(value, dict):
            key = value.get("@id")
            if isinstance(key, str) and len(value) > 1:
                known = graph.by_id.setdefault(key, {})
                for name, each in value.items():
                    known.setdefault(name, each)
            queue.extend(each for each in value.values() if isinstance(each, dict | list))
        elif isinstance(value, list):
            queue.extend(each for each in value if isinstance(each, dict | list))


def _top_nodes(graph: Graph, values: list[Any]) -> Iterator[Node]:
    """Yield the nodes at the top of the scripts and in their part properties, each once."""
    queue, seen = list(reversed(values)), set[int]()
    while queue and len(seen) < MAX_NODES:
        value = queue.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, list):
            queue.extend(each for each in reversed(value) if isinstance(each, dict | list))
        elif isinstance(value, dict):
            if value.keys() == {"@id"}:
                queue.append(graph.by_id.get(str(value["@id"])))
                continue
            yield value
            queue.extend(value[name] for name in reversed(_PART_PROPERTIES) if name in value)


def _values(script: str) -> list[Any]:
    """Return the values in a script, in order."""
    script = script.strip("\ufeff\u200b \t\r\n")
    is_prefixed = any(sign in script for sign in _VOCABULARY_MARKS)
    hook = _without_vocabulary if is_prefixed else None
    try:
        return [json.loads(script, strict=False, object_hook=hook)]
    except (ValueError, RecursionError):
        pass
    if "&quot;" in script and '"' not in script:
        script = unescape(script)
    for pattern in (_TOKEN, _LOOSE_TOKEN):
        found: list[Any] = []
        try:
            for text in _repaired_texts(script, pattern):
                found.append(json.loads(text, strict=False, object_hook=hook))
        except (ValueError, RecursionError):
            if pattern is _TOKEN:
                continue
        return found
    return []


def _without_vocabulary(node: Node) -> Node:
    """Return a node with property names that do not include their vocabulary."""
    return {_VOCABULARY.sub("", name, count=1): value for name, value in node.items()}


class _Writer:
    """Builds JSON texts from tokens, with the commas where they belong."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.pieces: list[str] = []

    @property
    def last(self) -> str:
        """The last piece that was written, or ""."""
        return self.pieces[-1] if self.pieces else ""

    def value(self, text: str) -> None:
        """Write a string, number or word, or the beginning of a list or object."""
        if self.last and self.last not in ",:[{":
            self.pieces.append(",")
        self.pieces.append(text)

    def sign(self, sign: str) -> None:
        """Write a sign if it is valid here. Raises ValueError if the nesting is too deep."""
        if sign in _CLOSING:
            self.value(sign)
            self.open.append(sign)
            if len(self.open) > MAX_NESTING:
                raise ValueError("too deep")
        elif sign in "}]":
            if self.open and _CLOSING[self.open[-1]] == sign:
                self.close()
        elif self.last not in ",:[{":
            self.pieces.append(sign)

    def close(self) -> None:
        """Close the innermost list or object."""
        if self.last == ",":
            self.pieces.pop()
        elif self.last == ":":
            self.pieces.append("null")
        self.pieces.append(_CLOSING[self.open.pop()])

    def text(self) -> str:
        """Return the text so far and start a new one."""
        while self.open:
            self.close()
        text = "".join(self.pieces)
        self.pieces = []
        return text


def _repaired_texts(script: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield the JSON texts in a script, repaired. Raises ValueError if the nesting is too deep."""
    writer = _Writer()
    place = 0
    while found := pattern.match(script, place):
        place = found.end()
        kind, token = found.lastgroup, found[0]
        if token in _COMMENT_ENDS and writer.open:
            ended = script.find(_COMMENT_ENDS[token], place)
            place = ended if ended >= 0 else len(script)
        elif kind == "sign":
            if writer.open or token in _CLOSING:
                writer.sign(token)
                if not writer.open:
                    yield writer.text()
        elif kind == "string" and writer.open:
            writer.value(_string(token))
        elif kind == "word" and writer.open:
            _write_word(writer, token)
    if writer.open:
        yield writer.text()


def _write_word(writer: _Writer, token: str) -> None:
    """Write a number or literal. Any other word becomes ``null``."""
    if token in ("true", "false", "null") or _NUMBER.fullmatch(token):
        writer.value(token)
    elif writer.last == ":":
        writer.value("null")


def _string(token: str) -> str:
    """Return a valid JSON string: unknown escapes are unescaped, a missing end is added."""
    closed = len(token) > 1 and token.endswith('"')
    inner = token[1:-1] if closed else token[1:]
    inner = _ESCAPE.sub(lambda found: found[0] if found["known"] else found["other"] or "", inner)
    return '"' + re.sub(r'(?<!\\)((?:\\\\)*)"', r'\1\\"', inner) + '"'
