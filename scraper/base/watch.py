"""The model of a watch: a saved search whose new hits are reported after each night."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

MAX_WATCHES = 500
"""Each costs one query of the full-text index a night."""


def _several(value: object) -> object:
    """Accept one text in place of a list of texts."""
    return [value] if isinstance(value, str) else value


def _normalised(text: str) -> str:
    """Return a text in NFC with single spaces, as texts of articles are stored."""
    return " ".join(unicodedata.normalize("NFC", text).split())


Texts = Annotated[tuple[str, ...], BeforeValidator(_several)]


class Watch(BaseModel):
    """A saved search.

    - ``name`` identifies it: what was reported is stored under it.
    - ``words`` are words and phrases as a search takes them; an article must have all of them.
    - ``places`` are names of provinces, districts or communes: an article is of the source of one
      of them, or names one of them.
    - ``sources`` are slugs: an article is of one of them.
    - ``alerts`` are the Apprise URLs that are notified in place of those of everybody.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=80)
    words: str = Field(default="", max_length=1000)
    places: Texts = ()
    sources: Texts = ()
    alerts: Texts = Field(default=(), repr=False)

    @field_validator("name")
    @classmethod
    def _is_name(cls, value: str) -> str:
        """Refuse a name that cannot be part of an address."""
        name = _normalised(value)
        if not (any(char.isalnum() for char in name) and name.isprintable()) or re.search(
            r"[/\\?#%]", name
        ):
            raise ValueError("must have a letter or a digit, and none of / \\ ? # %")
        return name

    @field_validator("words")
    @classmethod
    def _are_words(cls, value: str) -> str:
        if value.strip() and not any(char.isalnum() for char in value):
            raise ValueError("has no word: write words, and phrases in quotes")
        return _normalised(value)

    @field_validator("places")
    @classmethod
    def _are_places(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for place in value:
            if not any(char.isalnum() for char in place):
                raise ValueError(f"{place!r} names no place, such as Hàm Yên or xã Minh Hương")
        return tuple(_normalised(place) for place in value)

    @model_validator(mode="after")
    def _asks_for_something(self) -> Watch:
        if not (self.words or self.places or self.sources):
            raise ValueError("names nothing to look for: set words, places or sources")
        return self


def check_names(watches: tuple[Watch, ...]) -> tuple[Watch, ...]:
    """Return the watches. Raises ValueError for two with one name, or for too many."""
    seen: set[str] = set()
    for watch in watches:
        key = watch.name.casefold()
        if key in seen:
            raise ValueError(f"two entries have the name {watch.name!r}: give each its own")
        seen.add(key)
    if len(watches) > MAX_WATCHES:
        raise ValueError(f"must be at most {MAX_WATCHES} entries")
    return watches
