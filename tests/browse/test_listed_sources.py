"""The sources that the page of management lists."""

from __future__ import annotations

from pathlib import Path

import pytest
from datasette.utils.asgi import NotFound

from scraper.browse.managing import listed
from scraper.config.registry import load_catalogue, write_sources


def test_the_catalogue_is_listed_by_province_only(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    write_sources(file, {"baohagiang": {"enabled": False}, "hagiang": {"enabled": True}})
    catalogue = load_catalogue(file)
    shown = {source.slug for source in listed(catalogue, None)}
    assert shown == {"baohagiang", "baotuyenquang", "hagiang", "tuyenquang"}
    assert {source.province for source in listed(catalogue, "Cà Mau")} == {"Cà Mau"}
    assert "hamyen" in {source.slug for source in listed(catalogue, "Tuyên Quang")}
    with pytest.raises(NotFound):
        listed(catalogue, "Cà")
