"""The model of a web archive that the user declares: what kind it is, and where it answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from scraper.base.urls import scheme_of

ArchiveKind = Literal["internet-archive", "common-crawl", "pywb"]


def _is_address(value: str) -> str:
    """Refuse what is no address of a service."""
    if scheme_of(value) not in ("http", "https") or "#" in value or not value.isprintable():
        raise ValueError("must be a URL with http or https")
    return value


Address = Annotated[str, Field(max_length=1000, pattern=r"^\S+$"), AfterValidator(_is_address)]


class WebArchiveEntry(BaseModel):
    """A web archive.

    - ``name`` is what ``archive recover --service`` calls it. Under the name of a known service, it
      replaces its addresses.
    - ``kind`` is the software whose protocol it has.
    - ``index`` is the address of its CDX server; for Common Crawl that of the index server.
    - ``captures`` is the address before the moment of a capture; for Common Crawl that of the
      files.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    kind: ArchiveKind
    index: Address
    captures: Address


def check_archive_names(entries: tuple[WebArchiveEntry, ...]) -> tuple[WebArchiveEntry, ...]:
    """Return the entries. Raises ValueError for two with one name."""
    names = [entry.name for entry in entries]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two entries have the name {name!r}: give each its own")
    return entries
