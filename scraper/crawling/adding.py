"""Adding a site to the registry: what was asked for, and what a look at the site has found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from pipelines.extraction.site_names import GENERIC_NAMES
from pipelines.text import fold
from scraper.base.errors import UsageError
from scraper.base.source import Source
from scraper.config.registry import Catalogue, source_for
from scraper.config.toml_file import describe_error
from scraper.crawling.preview import Preview

MAX_NAME_CHARS = 200
"""The longest name of a source."""

SEPARATOR = re.compile(r" [|–—»·•:-] | ?[|»] ?")
"""What stands between the parts of a title whose white space is single spaces."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user gave besides the address; None for what was left to us."""

    name: str | None = None
    delay: float | None = None

    @property
    def given(self) -> dict[str, object]:
        """The keys of the entry that were given."""
        delay = int(self.delay) if self.delay is not None and self.delay % 1 == 0 else self.delay
        values = {"name": self.name, "delay": delay}
        return {key: value for key, value in values.items() if value is not None}


def wanted_source(url: str, catalogue: Catalogue, asked: Asked) -> Source:
    """Return the source to look at: the registered one with this address, or a new one.

    Raises UsageError if the address or a value that was given is not allowed.
    """
    source = source_for(url, catalogue)
    try:
        return Source.model_validate({**source.model_dump(), **asked.given})
    except ValidationError as error:
        raise UsageError(describe_error(error.errors()[0], Source)) from error


def changes_nothing(source: Source, catalogue: Catalogue, asked: Asked) -> bool:
    """Whether adding a source again would change nothing: it is enabled, and no key was given."""
    registered = catalogue.sources.get(source.slug)
    return registered is not None and registered.enabled and not asked.given


def new_entry(found: Preview, catalogue: Catalogue, asked: Asked) -> dict[str, Any]:
    """Return the keys to write: all of a new entry, else what was given and what enables it."""
    registered = catalogue.sources.get(found.source.slug)
    if registered is not None:
        return {**asked.given, **({} if registered.enabled else {"enabled": True})}
    home_url = found.source.home_url
    platform = {"platform": found.platform} if found.platform else {}
    name = name_in(found.site_name) or urlsplit(home_url).netloc
    return {"name": name, "home_url": home_url, **platform, **asked.given}


def name_in(title: str | None) -> str | None:
    """Return the name of a site in the title of its home page, None if there is none.

    ``Trang chủ - Cổng thông tin điện tử xã Ví Dụ`` is named by its second part.
    """
    parts = [part.strip() for part in SEPARATOR.split(" ".join((title or "").split()))]
    telling = [part for part in parts if part and fold(part) not in GENERIC_NAMES]
    if title and len(telling) == len(parts):
        return title.strip()[:MAX_NAME_CHARS]
    return " - ".join(dict.fromkeys(telling))[:MAX_NAME_CHARS] or None
