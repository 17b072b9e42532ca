"""The news of Vietnam's local portals: what is installed is this one package.

``from tinhuyen import extract`` reads one page, ``from tinhuyen import open_database`` what is
stored. The folders of the checkout are subpackages, with the same modules: ``tinhuyen.pipelines``,
``tinhuyen.spiders`` and ``tinhuyen.scraper``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.extraction import extract
    from scraper.api.database import ArticleDatabase, open_database
    from scraper.api.records import (
        ArticleRecord,
        AttachmentRecord,
        PhotoRecord,
        RevisionRecord,
    )
    from scraper.base.errors import TinhuyenError

__all__ = [
    "ArticleDatabase",
    "ArticleRecord",
    "AttachmentRecord",
    "PhotoRecord",
    "RevisionRecord",
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
    from scraper.api import database

    return getattr(database, name)
