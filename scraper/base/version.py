"""What `tinhuyen --version` prints."""

from __future__ import annotations

from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec


def version_text() -> str:
    """Return the text for click, which says whether extraction is compiled."""
    found = find_spec("pipelines.text")
    is_compiled = bool(found and (found.origin or "").endswith(tuple(EXTENSION_SUFFIXES)))
    return "%(prog)s, version %(version)s" + (", compiled" if is_compiled else "")
