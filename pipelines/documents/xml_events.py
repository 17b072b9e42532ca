"""Read XML as a stream of events. A document type declaration is refused.

No document of Office has one; entities that expand without end, or that name files and hosts, are
declared in one.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from pipelines.documents import time_limit
from pipelines.documents.document import UnreadableError

Attributes = dict[str, str]
MAX_DEPTH = 1_000
"""Elements inside each other."""

_SEPARATOR = " "
_ELEMENTS_BETWEEN_CHECKS = 1_000


class _LateError(Exception):
    """The time for a document is over."""


def walk(
    body: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] = lambda _: None,
    text: Callable[[str], None] = lambda _: None,
) -> None:
    """Call a function for each start, end and text. Names are local ones, without a namespace.

    It ends early if the document was read for long enough.

    Raises UnreadableError for XML that is broken or has a document type declaration.
    """
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    depth = elements = 0

    def start_element(name: str, found: Attributes) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > MAX_DEPTH:
            raise UnreadableError("broken_file")
        if elements % _ELEMENTS_BETWEEN_CHECKS == 0 and time_limit.is_over():
            raise _LateError
        start(
            _local(name), {_local(key): value for key, value in sorted(found.items(), reverse=True)}
        )

    def end_element(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(_local(name))

    parser.StartElementHandler = start_element
    parser.EndElementHandler = end_element
    parser.CharacterDataHandler = text
    try:
        parser.Parse(body, True)
    except _LateError:
        return
    except expat.ExpatError as error:
        is_memory = error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]
        raise UnreadableError("too_large" if is_memory else "broken_file") from None
    except (LookupError, ValueError):
        raise UnreadableError("broken_file") from None


def _local(name: str) -> str:
    return name.rpartition(_SEPARATOR)[2]


def _refuse(*_: object) -> None:
    raise UnreadableError("dangerous_xml")
