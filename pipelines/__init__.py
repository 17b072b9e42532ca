"""Item pipelines that extract, store and archive fetched pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.extraction import extract

__all__ = ["extract"]


def __getattr__(name: str) -> Any:
    """Import ``extract`` when it is first used, so that an idle daemon does not load the rules."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pipelines.extraction import extract

    return extract
