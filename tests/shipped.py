"""Entries for a user's ``sources.toml`` with which no shipped source is crawled."""

from __future__ import annotations

from scraper.config.shipped_sources import is_perhaps_enabled, shipped_texts

ALL_DISABLED = "".join(
    f"[{slug}]\nenabled = false\n" for slug in shipped_texts() if is_perhaps_enabled(slug)
)
