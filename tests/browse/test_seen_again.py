"""What was counted of a run and a source: lists cut short, and what came as it had been."""

from __future__ import annotations

import pytest

from tests.browse.library import EDITED
from tests.browse.test_guard import get


def shown(site: str, path: str, language: str) -> str:
    return get(f"{site}{path}?lang={language}").read().decode()


@pytest.mark.parametrize(
    ("language", "of_run", "of_source"),
    [
        ("vi", "chỉ chạy bằng script", "Danh sách còn nữa"),
        ("en", "nly script follows", "Lists that go on"),
    ],
)
def test_a_list_that_only_script_follows_is_told(
    site: str, language: str, of_run: str, of_source: str
) -> None:
    run, source = (shown(site, path, language) for path in ("/runs/1", "/sources/huyen"))
    assert "more_by_script" in run
    assert of_run in run
    assert of_source in source
    assert "http://huyen.localhost/tin-tuc" in source
    assert of_source not in shown(site, "/sources/tinh", language)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("vi", "1 lần một trang trả về đúng nguyên bản"),
        ("en", "1 time a page came exactly as the archive had it"),
    ],
)
def test_what_came_again_is_counted(site: str, language: str, told: str) -> None:
    assert told in shown(site, "/runs/1", language)
    assert told in shown(site, "/sources/huyen", language)
    assert told[2:] not in shown(site, "/sources/tinh", language)


def test_a_version_that_stood_again_says_so(site: str) -> None:
    page = shown(site, f"/articles/{EDITED}", "vi")
    assert page.count("lại đứng trên trang đến") == 1
