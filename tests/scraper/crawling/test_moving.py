"""Sites that move: whose the new address is, and that no article is stored twice."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from scraper.base.source import Source, State
from scraper.config.registry import Catalogue
from scraper.crawling.moving import move_to, why_not_followed
from scraper.crawling.owners import may_be_same_owner, names_other_owner
from scraper.crawling.preview import Preview, Proof
from scraper.demo.server import Answer, Request
from tests.portals.platforms import NukeVietPortal
from tests.scraper.nights import House
from tests.spiders.crawling import source_at

OLD = "https://hamyen.tuyenquang.gov.vn/"
NEW = "https://hamyen.example.vn/"
DISTRICT = "Cổng thông tin điện tử huyện Hàm Yên"


class Moving(NukeVietPortal):
    """A portal that redirects every request to another address, once it has one."""

    moved_to: str | None = None

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        if self.moved_to is None:
            return super().answer(request, form)
        return Answer(status=301, headers={"Location": f"{self.moved_to}{request.path}"})


def test_a_site_that_moved_is_followed_and_no_article_is_stored_twice(tmp_path: Path) -> None:
    with Moving(4) as old, NukeVietPortal(4) as new:
        house = House(tmp_path, old.home_url)
        house.tinhuyen("crawl")
        sql = "SELECT id, url, page, title, first_seen_at FROM articles ORDER BY id"
        before = house.rows(sql)
        assert len(before) == 4
        old.moved_to = new.base
        said = house.tinhuyen("sources", "check", "portal", "--delay", "0.01")
        assert (said.returncode, house.rows(sql)) == (3, before)
        assert f"{old.home_url} → {new.home_url} (301)" in said.stdout
        assert "check portal --fix" in said.stdout
        assert "filed_under" not in house.sources.read_text()
        fixed = house.tinhuyen(
            "sources", "check", "portal", "--fix", "--yes", "--delay", "0.01", "--json"
        )
        assert fixed.returncode == 0, fixed.stderr
        [move] = [one["move"] for one in json.loads(fixed.stdout)]
        assert (move["written"], move["articles_stored"]) == (True, 4)
        entry = tomllib.loads(house.sources.read_text())["portal"]
        assert (entry["home_url"], entry["filed_under"]) == (new.home_url, old.home_url)
        new.publish(1)
        asked = len(old.log)
        again = house.tinhuyen("crawl")
        assert again.returncode == 0, again.stderr
        assert len(old.log) == asked
    after = house.rows(sql)
    assert after[:4] == before
    assert len(after) == 5


@pytest.mark.parametrize(
    ("names", "site_name", "is_other"),
    [
        ([DISTRICT], "UBND HUYỆN HÀM YÊN - TỈNH TUYÊN QUANG", False),
        ([DISTRICT], "Cổng thông tin điện tử xã Hàm Yên", True),
        ([DISTRICT], "Cổng thông tin điện tử huyện Chiêm Hóa", True),
        ([DISTRICT], "Trang thông tin Hàm Yên", False),
        ([DISTRICT], "Huyện Hàm Yên, tỉnh Lào Cai", True),
        (["Xã Thái Hòa"], "Trang chủ | phường Thái Hòa, Tuyên Quang", False),
        (["Xã Thái Hòa"], "Xã Thái Sơn - Trang thông tin", True),
        (["Xã Tân An"], "Xã Tân Anh", True),
        (["Xã Suối Thử"], "UBND xã Suối Thử trang chủ", False),
        (["TP. Tuyên Quang"], "Thành phố Tuyên Quang", False),
        (["Thành phố Hà Giang"], "Tỉnh Hà Giang", False),
        (["Báo Tuyên Quang"], "Báo Lào Cai", False),
    ],
)
def test_a_name_with_another_unit_is_another_owners(
    names: list[str], site_name: str, is_other: bool
) -> None:
    source = source_at(OLD, province="Tuyên Quang")
    assert names_other_owner(source, names, site_name) is is_other


def test_the_code_of_a_unit_says_more_than_its_names() -> None:
    source = source_at(OLD, unit_code="08", province="Tuyên Quang")
    assert not names_other_owner(source, ["Trang của xã Thái Hòa"], "Cổng tỉnh Tuyên Quang")
    assert names_other_owner(source, ["Trang của xã Thái Hòa"], "Xã Thái Hòa")


@pytest.mark.parametrize(
    ("name", "site_name", "is_alike"),
    [
        ("Sở Y tế tỉnh Hà Giang", "Cổng thông tin Sở Y tế", True),
        ("Cổng thông tin điện tử Sở Y tế", "Cổng thông tin điện tử Sở Công Thương", False),
        ("Báo Tuyên Quang", "Báo Lào Cai", False),
        ("Báo Tuyên Quang", "Trang chủ", False),
    ],
)
def test_names_are_alike_by_the_words_that_few_sites_share(
    name: str, site_name: str, is_alike: bool
) -> None:
    assert may_be_same_owner([name], site_name) is is_alike


def seen(**more: Any) -> Preview:
    empty: dict[str, Any] = {name: [] for name in ("feeds", "sitemaps", "lists", "by_script")}
    values: dict[str, Any] = {
        "source": source_at(NEW), "platform": None, "kinds": {}, "outcomes": {}, "oldest": None,
        "samples": [{"title": "Tin"}], "problem": None, "site_name": DISTRICT,
        "proof": Proof(vietnamese=1.0),
    }  # fmt: skip
    return Preview(**{**empty, **values, **more})


@pytest.mark.parametrize(
    ("found", "stored", "reason"),
    [
        (seen(), 0, None),
        (seen(site_name="Trang chủ"), 3, None),
        (seen(site_name="Trang chủ"), 0, "none of its articles is stored"),
        (seen(samples=[]), 0, "parked"),
        (seen(site_name="Cổng xã Hàm Yên"), 3, "another owner's"),
        (seen(proof=Proof(spam=0.9, vietnamese=1.0)), 3, "betting"),
        (seen(proof=Proof(vietnamese=0.1)), 3, "not in Vietnamese"),
        (seen(moved_to="https://khac.example/"), 3, "leads on"),
    ],
)
def test_a_new_address_is_refused_with_its_reason(
    found: Preview, stored: int, reason: str | None
) -> None:
    move = move_to(source_at(OLD), NEW, 301, Catalogue({}))
    refused = why_not_followed(move, found, [DISTRICT], stored)
    assert refused is None if reason is None else reason in str(refused)


@pytest.mark.parametrize(
    ("home", "target", "reason"),
    [
        (OLD, "http://127.0.0.1/", "private"),
        (OLD, "http://10.0.0.8/", "private"),
        ("http://10.0.0.8/", "http://10.0.0.9/", "private"),
        ("http://192.168.1.5/", "http://127.0.0.1:6379/", "private"),
        ("http://127.0.0.1:8000/", "http://169.254.169.254/", "private"),
        (OLD, "https://www.tuyenquang.gov.vn/hamyen/", "of the source tinh"),
        (OLD, "file:///etc/passwd", "no web address"),
        (OLD, "http://[::1/", "no web address"),
        (OLD, "https://hamyen.vn:99999/", "no web address"),
        (OLD, "https://nga:geheim@hamyen.vn/", "password"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:9000/", None),
    ],
)
def test_an_address_that_is_private_or_another_sources_is_not_even_asked(
    home: str, target: str, reason: str | None
) -> None:
    other = source_at("https://tuyenquang.gov.vn/", "tinh")
    move = move_to(source_at(home), target, 301, Catalogue({"tinh": other}))
    assert (move.moved is None) is (reason is not None)
    assert reason is None or reason in str(move.refused)


def test_an_entry_keeps_under_which_address_its_articles_are_stored() -> None:
    first = Source(slug="xa", name="Xã", home_url="http://a.example/", state=State.MOVED)
    second = move_to(first, "http://b.example/vi/", 301, Catalogue({})).moved
    assert second is not None
    third = move_to(second, "http://c.example/", 308, Catalogue({}))
    assert third.entry == {
        "home_url": "http://c.example/",
        "filed_under": "http://a.example/",
        "aliases": ["a.example", "b.example"],
    }
