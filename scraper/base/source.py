"""The model of a source: a site to crawl, as configured in ``sources.toml``."""

from __future__ import annotations

import re
from datetime import time
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_serializer,
    model_validator,
)


class Level(StrEnum):
    """Who publishes a site. Districts were abolished on 1 July 2025 (Resolution 203/2025/QH15)."""

    DISTRICT = "district"
    COMMUNE = "commune"
    PROVINCE = "province"
    DEPARTMENT = "department"
    NEWSPAPER = "newspaper"
    OTHER = "other"


class State(StrEnum):
    """The last known state of a site, seen by a person or by a run."""

    UNKNOWN = "unknown"
    LIVE = "live"
    MOVED = "moved"
    DEAD = "dead"
    HIJACKED = "hijacked"


Slug = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$")]


class Layout(BaseModel):
    """CSS selectors for a site that the general rules extract wrongly.

    A field without a selector is extracted by the general rules. ``until`` is the day on which the
    site replaced this layout; captures from before that day still use it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    until: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    title: str | None = None
    lede: str | None = None
    body: str | None = None
    author: str | None = None
    date: str | None = None
    section: str | None = None

    @field_validator("title", "lede", "body", "author", "date", "section")
    @classmethod
    def _is_selector(cls, value: str | None) -> str | None:
        return value if value is None else _checked_selector(value)


class ListPage(BaseModel):
    """A list that discovery does not find: its URL, and the form that is posted if there is one.

    Without ``formdata``, it is written as its URL alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    url: str
    formdata: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _is_url_or_table(cls, value: object) -> object:
        """Accept a URL in place of a table."""
        return {"url": value} if isinstance(value, str) else value

    @field_validator("url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        return checked_url(value, "/tin-tuc/")

    @model_serializer
    def _as_written(self) -> str | dict[str, object]:
        return {"url": self.url, "formdata": self.formdata} if self.formdata else self.url

    def __hash__(self) -> int:
        return hash((self.url, *self.formdata.items()))


def checked_url(value: str, example: str) -> str:
    """Return a URL that is absolute, or relative to the home page. Raises ValueError for others."""
    try:
        parts = urlsplit(value)
        is_absolute = parts.scheme in ("http", "https") and parts.hostname is not None
        is_valid = (is_absolute or not parts.scheme) and parts.port != 0
    except ValueError:
        is_valid = False
    if not value.strip() or not is_valid or re.search(r"[\x00-\x1f\x7f]", value):
        raise ValueError(f"must be an address like {example}")
    return value


PAGE_PLACEHOLDER = "{page}"
"""Placeholder for the page number in a declared request."""

MORE_EXAMPLE = f"/ajax/tin?page={PAGE_PLACEHOLDER}"


class More(BaseModel):
    """The request that a script of the site sends for further pages of a list.

    The keys are those of Scrapy's FormRequest. ``{page}`` in ``url`` or in a value of ``formdata``
    is replaced by the page number: ``first``, then ``step`` more each time. ``method`` defaults to
    POST if there is ``formdata``, else to GET. ``list`` is the URL of the page with the list, the
    home page if it is empty; relative links in the responses are resolved against it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    url: str = Field(min_length=1)
    method: Literal["GET", "POST"] | None = None
    formdata: dict[str, str] = Field(default_factory=dict)
    first: int = Field(default=2, ge=0, le=1_000_000)
    step: int = Field(default=1, ge=1, le=10_000)
    list: str = ""

    @field_validator("url", "list")
    @classmethod
    def _is_url(cls, value: str) -> str:
        """Refuse what is neither an absolute web URL nor relative to the home page."""
        if value:
            checked_url(value.replace(PAGE_PLACEHOLDER, "2"), MORE_EXAMPLE)
        if re.search(r"\s", value):
            raise ValueError(f"must be an address like {MORE_EXAMPLE}")
        return value

    @model_validator(mode="after")
    def _names_the_page(self) -> Self:
        """Refuse a request without a placeholder for the page number."""
        if not any(PAGE_PLACEHOLDER in text for text in (self.url, *self.formdata.values())):
            raise ValueError(f"`url` or a value of `formdata` must contain {PAGE_PLACEHOLDER}")
        return self

    def __hash__(self) -> int:
        return hash((self.url, *self.formdata.items()))

    @property
    def is_posted(self) -> bool:
        """Whether the request is sent by POST."""
        return self.method == "POST" or (self.method is None and bool(self.formdata))


class Source(BaseModel):
    """A site to crawl.

    ``home_url`` is the URL that is fetched; ``aliases`` are other host names of the same site.
    ``file_hosts`` are further hosts of its photos and attachments: sources that share one are
    crawled by one shard. ``filed_under`` is the base URL under which articles are stored if it
    differs from the one that is fetched (a demo on a free port, a site that moved). ``lists``,
    ``feeds`` and ``sitemaps`` are what discovery does not find by itself; ``more`` are requests for
    lists that continue by script only. ``delay`` is the pause between requests in
    seconds, None for the default. ``keep`` are texts that are never removed as learned boilerplate;
    a ``*`` at the end matches any continuation. ``at`` is the time of its nightly run, in
    Asia/Ho_Chi_Minh. ``photos`` and ``attachments`` say whether the files of its articles are
    fetched. ``unit_code`` is the code of the unit that publishes it (pipelines.gazetteer).
    ``evidence`` says where and when the address was seen, and how sure it is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: Slug
    name: str = Field(min_length=1, max_length=200)
    home_url: str
    level: Level = Level.OTHER
    province: str | None = None
    district: str | None = None
    former_province: str | None = None
    unit_code: str | None = Field(default=None, pattern=r"^(\d{2}|\d{5}|H\d{3})$")
    platform: str | None = None
    enabled: bool = True
    state: State = State.UNKNOWN
    confirmed: bool = False
    aliases: tuple[str, ...] = ()
    file_hosts: tuple[str, ...] = ()
    filed_under: str | None = None
    lists: tuple[ListPage, ...] = ()
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    more: tuple[More, ...] = ()
    delay: float | None = Field(default=None, ge=0, le=3600)
    verify_tls: bool = True
    at: time | None = None
    layouts: tuple[Layout, ...] = ()
    keep: tuple[str, ...] = ()
    photos: bool = True
    attachments: bool = True
    note: str | None = None
    evidence: str | None = None

    @field_validator("home_url", "filed_under")
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        return value if value is None else web_address(value)

    @field_validator("district", "former_province")
    @classmethod
    def _is_named(cls, value: str | None) -> str | None:
        """Return None for an empty text, which takes the name of a shipped entry away."""
        return value or None

    @field_validator("feeds", "sitemaps")
    @classmethod
    def _are_urls(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(checked_url(value, "/rss.xml") for value in values)

    @field_validator("lists", "more", "layouts", mode="before")
    @classmethod
    def _is_one_or_several(cls, value: object) -> object:
        """Accept one table in place of a list of tables."""
        return [value] if isinstance(value, dict) else value

    @field_validator("keep", mode="before")
    @classmethod
    def _are_texts(cls, value: object) -> object:
        """Refuse texts that would keep everything, or that are no texts."""
        example = '["a whole paragraph", "how another begins*"]'
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            raise ValueError(f"must be a list of texts: {example}")
        for text in value:
            if not text.strip().removesuffix("*").strip():
                raise ValueError(f"{text!r} names no text: {example}")
        return value

    @property
    def is_own(self) -> bool:
        """Whether the host belongs to the user: localhost, a loopback or a private IP address."""
        return is_own_host(self.home_url)


def is_own_host(url: str) -> bool:
    """Whether the host of a URL is localhost, or a loopback or private IP address."""
    try:
        host = urlsplit(url).hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return True
        return not ip_address(host).is_global
    except ValueError:
        return False


NO_ADDRESS = "must be an address like https://hamyen.tuyenquang.gov.vn/"


def web_address(value: str) -> str:
    """Return the URL of a site, with a path and no fragment. Raises ValueError if it is none."""
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError(NO_ADDRESS) from error
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[\w.:-]+", host):
        raise ValueError(NO_ADDRESS)
    if port == 0:
        raise ValueError("port 0 is not allowed")
    return parts._replace(path=parts.path or "/", fragment="").geturl()


def _checked_selector(selector: str) -> str:
    """Return the selector. Raises ValueError with the message of the parser if it is not CSS."""
    from cssselect import SelectorError  # imported here because few sources declare a layout
    from parsel import Selector

    try:
        Selector("<p></p>", type="html").css(selector)
    except (SelectorError, ValueError) as error:
        raise ValueError(f"is no CSS selector ({error})") from error
    return selector


def slug_from_host(host: str) -> str:
    """Return a slug for a host: ``www.hamyen.tuyenquang.gov.vn`` gives ``hamyen-tuyenquang``."""
    bare = re.sub(r"^www\.", "", host.lower())
    bare = re.sub(r"(\.gov|\.com|\.org|\.edu|\.net)?\.vn$|\.(com|net|org)$", "", bare)
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:64].strip("-") or "site"
