"""The news of Vietnam's local portals: what is installed is this one package.

``from tinhuyen import extract`` reads one page, ``from tinhuyen import open_database`` what is
stored. The folders of the checkout are subpackages, with the same modules: ``tinhuyen.pipelines``,
``tinhuyen.spiders`` and ``tinhuyen.scraper``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.extraction import extract
    from scraper.base.errors import TinhuyenError
    from scraper.reading.database import ArticleDatabase, open_database
    from scraper.reading.records import (
        StoredArticle,
        StoredAttachment,
        StoredPhoto,
        StoredRevision,
    )

__all__ = [
    "ArticleDatabase",
    "StoredArticle",
    "StoredAttachment",
    "StoredPhoto",
    "StoredRevision",
    "TinhuyenError",
    "extract",
    "open_database",
]


def __getattr__(name: str) -> Any:
    """Import a name when it is asked for: most commands need none of them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "extract":
        from pipelines.extraction import extract

        return extract
    if name == "TinhuyenError":
        from scraper.base.errors import TinhuyenError

        return TinhuyenError
    from scraper.reading import database

    return getattr(database, name)
