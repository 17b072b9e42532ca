"""Parse a page: its elements and text are passed to a target, and no tree is kept.

A tree is built only if the source declares a layout, because its selectors need one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from inspect import Parameter, Signature
from types import SimpleNamespace
from typing import Protocol, TypeVar

from lxml import etree

MAX_PAGE_CHARS = 16_000_000
"""Longer texts are not web pages. The limit of the downloader is far lower."""

MAX_ATTRIBUTES = 5_000
"""Attributes in one tag. libxml2 compares each one with all before it."""

_MAX_SCANS = 4
"""How often the bytes of a page are scanned for such tags. Only malicious pages need more than one
scan."""

_WINDOW_BYTES = 10_000
_TAG = re.compile(rb"""[a-zA-Z](?:[^>"']++|"[^"]*+"|'[^']*+')*+""")
_VALUE = re.compile(rb"""=\s*+(?:"[^"]*+"|'[^']*+')""")

_START = Signature([Parameter(name, Parameter.POSITIONAL_ONLY) for name in ("tag", "attributes")])
"""The signature of ``start``. lxml asks for it for each page, and inspecting a method takes longer
than parsing a small page."""

_Result = TypeVar("_Result")


class UnreadableError(Exception):
    """The page cannot be read. ``reason`` is stored with its outcome."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ParserTarget(Protocol):
    """The interface of an lxml parser target. ``data`` may get a text in several pieces."""

    def start(self, tag: str, attributes: Mapping[str, str], /) -> None: ...  # noqa: D102
    def end(self, tag: str, /) -> None: ...  # noqa: D102
    def data(self, text: str, /) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


def parse_into(target: ParserTarget, text: str) -> None:
    """Parse a decoded page and pass its elements and text to a target.

    Raises UnreadableError with the reason ``too_large``, ``too_many_attributes`` or ``no_content``,
    and whatever the target raises. The target gets nothing if there is no markup.
    """
    start = partial(target.start)
    start.__signature__ = _START  # type: ignore[attr-defined]
    events = SimpleNamespace(start=start, end=target.end, data=target.data, close=target.close)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, recover=True, target=events)
    _parse(text, lambda body: etree.fromstring(body, parser))


def parse_tree(text: str) -> etree._Element:
    """Return the tree of a decoded page. Raises UnreadableError as ``parse_into`` does."""
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, recover=True, remove_comments=True, remove_pis=True
    )
    root: etree._Element | None = _parse(text, lambda body: etree.fromstring(body, parser))
    if root is None:
        raise UnreadableError("no_content")
    return root


def replay_tree(target: ParserTarget, root: etree._Element) -> None:
    """Pass the elements and text of a tree to a target. Raises what the target raises."""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            target.start(str(element.tag), dict(element.items()))
            text = element.text
        else:
            target.end(str(element.tag))
            text = element.tail
        if text:
            target.data(text)
    target.close()


def _parse(text: str, parse: Callable[[bytes], _Result]) -> _Result:
    """Parse a page that is within the limits. Raises UnreadableError."""
    if len(text) > MAX_PAGE_CHARS:
        raise UnreadableError("too_large")
    body = text.encode("utf-8", "replace").replace(b"\0", b"")
    if has_attribute_bomb(body):
        raise UnreadableError("too_many_attributes")
    try:
        return parse(body)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError("no_content") from error


def has_attribute_bomb(body: bytes) -> bool:
    """Whether a tag has so many attributes that libxml2 needs minutes to compare them."""
    left = _MAX_SCANS * len(body)
    for start in _parts_without_tag_start(body):
        tag = _TAG.match(body, start)
        if tag is None:
            continue
        left -= tag.end() - start
        if left < 0 or _count_attributes(tag[0]) > MAX_ATTRIBUTES:
            return True
    return False


def _count_attributes(tag: bytes) -> int:
    """Return an upper bound of the number of attributes in a tag."""
    if len(tag) < MAX_ATTRIBUTES:
        return 0
    return len(_VALUE.sub(b" ", tag).replace(b"/", b" ").split())


def _parts_without_tag_start(body: bytes) -> Iterator[int]:
    """Yield where long parts without ``<`` begin. Normal pages are skipped in large steps."""
    last = 0
    for window in range(0, len(body), _WINDOW_BYTES):
        if body.find(b"<", window, window + _WINDOW_BYTES) == -1:
            start = body.rfind(b"<", last, window) + 1
            if start:
                last = start
                yield start
