"""Filters of sources: what each of them selects, alone and together."""

from __future__ import annotations

import pytest

from scraper.base.errors import UsageError
from scraper.base.source import Level, Source, State
from scraper.config.source_filters import Findings, SourceFilters


def source(slug: str, province: str | None = None, **values: object) -> Source:
    given = {"name": slug, "home_url": f"https://{slug}.example/", "province": province, **values}
    return Source.model_validate({"slug": slug, **given})


SOURCES = {
    each.slug: each
    for each in (
        source("xa", "Tuyên Quang", level=Level.COMMUNE, platform="nukeviet"),
        source("bao", "Tuyên Quang", level=Level.NEWSPAPER, former_province="Hà Giang"),
        source("cu", "Hà Giang", level=Level.DISTRICT, enabled=False),
        source("nam", "Ninh Bình", former_province="Nam Định", state=State.DEAD),
        source("ninh", "tỉnh Ninh Bình"),
        source("hcm", "TP HCM"),
        source("vidu", "Ví Dụ"),
        source("khong"),
    )
}
FINDINGS = {
    "xa": Findings("liferay", "live"),
    "bao": Findings("nukeviet", "unknown"),
    "nam": Findings(None, "live"),
}


@pytest.mark.parametrize(
    ("given", "slugs"),
    [
        ({"province": "Tuyên Quang"}, ["xa", "bao", "cu"]),
        ({"province": "tinh tuyen quang"}, ["xa", "bao", "cu"]),
        ({"province": "ha giang"}, ["bao", "cu"]),
        ({"province": "Tỉnh Hà Giang"}, ["bao", "cu"]),
        ({"province": "Ninh Bình"}, ["nam", "ninh"]),
        ({"province": "NAM ĐỊNH"}, ["nam"]),
        ({"province": "Thành phố Hồ Chí Minh"}, ["hcm"]),
        ({"province": "Bình Dương"}, []),
        ({"province": "vi du"}, ["vidu"]),
        ({"level": "newspaper"}, ["bao"]),
        ({"platform": "nukeviet"}, ["bao"]),
        ({"platform": "liferay"}, ["xa"]),
        ({"state": "live"}, ["xa", "nam"]),
        ({"state": "dead"}, []),
        ({"enabled": False}, ["cu"]),
        ({"province": "Hà Giang", "enabled": True}, ["bao"]),
        ({"province": "Tuyên Quang", "level": "commune", "state": "unknown"}, []),
        ({}, list(SOURCES)),
    ],
    ids=str,
)
def test_a_source_meets_all_that_is_given(given: dict[str, object], slugs: list[str]) -> None:
    found = SourceFilters(**given).select(SOURCES, FINDINGS)  # type: ignore[arg-type]
    assert [each.slug for each in found] == slugs


def test_an_entry_counts_where_no_run_has_found_anything() -> None:
    assert [one.slug for one in SourceFilters(state="dead").select(SOURCES, {})] == ["nam"]
    assert [one.slug for one in SourceFilters(platform="nukeviet").select(SOURCES, {})] == ["xa"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("Tuyên Quan", "did you mean Tuyên Quang"), ("", "see"), ("x" * 500, "see")],
)
def test_an_unknown_province_is_answered_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        SourceFilters(province=name).select(SOURCES, {})


def test_filters_are_written_as_the_command_line_takes_them() -> None:
    filters = SourceFilters("Tuyên Quang", level="commune", state="live", enabled=False)
    assert filters.as_options == "--province 'Tuyên Quang' --level commune --state live --disabled"
    assert filters.are_given
    assert not SourceFilters().are_given
    assert SourceFilters(enabled=False).are_given
