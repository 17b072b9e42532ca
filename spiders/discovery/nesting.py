"""Pages with elements in elements without end: their tree is built again with a bounded depth."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

MAX_DEPTH = 256
"""Elements around one another. Whenever lxml lets go of an element it visits all that are around
it. Pages of portals have up to 40; browsers, too, stop at some hundred (512 in Chromium)."""

_IS_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")


def is_deep(root: etree._Element) -> bool:
    """Whether a tree has more than ``MAX_DEPTH`` elements around one another."""
    return bool(_IS_DEEP(root))


def parse_flat(body: bytes) -> etree._Element:
    """Return the tree of an HTML page in UTF-8, in which no element lies deeper than ``MAX_DEPTH``.

    Elements that lie deeper in the page follow one another, with their attributes and the text
    before the next of them. Raises XMLSyntaxError if the page has no element.
    """
    parser = etree.HTMLParser(  # type: ignore[call-overload]  # stubs: wants what lxml does not
        encoding="utf-8", huge_tree=True, target=_FlatTreeBuilder()
    )
    root: etree._Element = etree.fromstring(body, parser)
    return root


class _FlatTreeBuilder:
    """A parser target that ends the deepest element before it starts one that lies too deep."""

    def __init__(self) -> None:
        self._builder = etree.TreeBuilder()
        self._tags: list[str | None] = []  # the open elements; None where it has been ended already
        self._depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._depth == MAX_DEPTH:
            self._end_innermost()
            self._tags.append(None)
        self._builder.start(tag, dict(attributes))
        self._tags.append(tag)
        self._depth += 1

    def end(self, _tag: str) -> None:
        if self._tags[-1] is None:
            self._tags.pop()
        else:
            self._end_innermost()

    def data(self, text: str) -> None:
        self._builder.data(text)

    def close(self) -> etree._Element:
        return self._builder.close()

    def _end_innermost(self) -> None:
        tag = self._tags.pop()
        if tag is not None:
            self._builder.end(tag)
            self._depth -= 1
