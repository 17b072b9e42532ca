"""The news of Vietnam's local portals: what is installed is this one package.

``from tinhuyen import extract`` reads one page. The folders of the checkout are subpackages, with
the same modules: ``tinhuyen.pipelines``, ``tinhuyen.spiders`` and ``tinhuyen.scraper``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.extraction import extract

__all__ = ["extract"]


def __getattr__(name: str) -> Any:
    """Import the extraction when it is asked for: most commands need none of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pipelines.extraction import extract

    return extract
