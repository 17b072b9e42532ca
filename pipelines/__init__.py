"""From a page to an article: one file a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.extraction import extract

__all__ = ["extract"]


def __getattr__(name: str) -> Any:
    """Load the stages when they are asked for: an idle daemon needs none of them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pipelines.extraction import extract

    return extract
