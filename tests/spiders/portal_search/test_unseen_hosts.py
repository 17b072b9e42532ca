"""Hosts that the catalogue names and nobody has read: whose portals they are, and what changes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from scraper.config.registry import load_catalogue
from scraper.demo.server import Answer
from scraper.store.database import open_database, write_transaction
from scraper.store.sources import sync_sources
from spiders.portal_search.limits import MAX_REQUESTS_PER_HOST
from tests.spiders.portal_search.zone import Searching, Zone, links, portal

DAYS = ("24/11/2026", "23/11/2026", "20/11/2026")
PROVINCES = ("--province", "Tuyên Quang", "--province", "Thái Nguyên")
TUYEN_QUANG = "tuyenquang.gov.vn"
HAM_YEN = f"hamyen.{TUYEN_QUANG}"
HOANG_SU_PHI = "hoangsuphi.hagiang.gov.vn"
VI_XUYEN = "vixuyen.hagiang.gov.vn"
HUNG_DUC = f"hungduc.{TUYEN_QUANG}"
PHU_LUU, PHU_LUU_MIRROR = f"phuluu.{TUYEN_QUANG}", f"cu-phuluu.{TUYEN_QUANG}"
THAI_HOA = f"thaihoa.{TUYEN_QUANG}"
VAN_LANG = "vanlang.thainguyen.gov.vn"

OWN = """[vixuyen-hagiang]
enabled = false
"""


def pages() -> dict[str, str]:
    """The home pages by host; the communes of today have the hosts of districts."""
    news = {
        host: portal(name, *DAYS)
        for host, name in {
            HAM_YEN: "Xã Hàm Yên",
            HOANG_SU_PHI: "Xã Hoàng Su Phì",
            VI_XUYEN: "Xã Vị Xuyên",
            HUNG_DUC: "Xã Hùng Đức",
            THAI_HOA: "Xã Thái Hoà",
            PHU_LUU: "Xã Phù Lưu",
            PHU_LUU_MIRROR: "Xã Phù Lưu",
            VAN_LANG: "Xã Văn Lăng",
        }.items()
    }
    linked = links((f"http://{PHU_LUU_MIRROR}/", "Xã Phù Lưu"))
    provinces = {
        TUYEN_QUANG: portal("Tỉnh Tuyên Quang", *DAYS, extra=linked),
        "thainguyen.gov.vn": portal("Tỉnh Thái Nguyên", *DAYS),
    }
    return {**news, **provinces}


Found = tuple[Searching, dict[str, Any], str]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """A search that registers nothing, its table, and then a search that does."""
    with Zone() as zone:
        served = pages()
        zone.sites.update({(host, "/"): Answer(page) for host, page in served.items()})
        searching = Searching(tmp_path_factory.mktemp("search"), zone, {*served})
        searching.sources.parent.mkdir(parents=True)
        searching.sources.write_text(OWN)
        with closing(open_database(searching.database)) as db:
            read = load_catalogue(searching.sources).find("xa-thaihoa")
            sync_sources(db, [read])
            with write_transaction(db):
                db.execute(
                    "UPDATE sources SET confirmed_at = '2026-11-20' WHERE slug = ?", [read.slug]
                )
        table = searching.run(*PROVINCES, "--lang", "en").stdout
        yield searching, searching.search(*PROVINCES, "--yes"), table


def entries(searching: Searching) -> dict[str, Any]:
    return tomllib.loads(searching.sources.read_text())


def test_a_commune_at_the_host_of_a_district_takes_over_its_entry(found: Found) -> None:
    searching, _, table = found
    for slug, host, unit, code in (
        ("hamyen", HAM_YEN, "Xã Hàm Yên", "02374"),
        ("hoangsuphi-hagiang", HOANG_SU_PHI, "Xã Hoàng Su Phì", None),
    ):
        source = load_catalogue(searching.sources).sources[slug]
        assert source.home_url == f"http://{host}/"
        assert source.name == f"Cổng thông tin điện tử x{unit[1:]}"
        assert source.level == "commune"
        assert code in (None, source.unit_code)
        assert not (source.unit_code or "H").startswith("H")
        assert not source.enabled
        assert "2026" in (source.evidence or "")
        (row,) = (line for line in table.splitlines() if f" {host} " in line)
        assert row.startswith(unit)
        assert row.rstrip().endswith(slug)
        assert f"{slug} is that of " in table
    assert "--yes would register 5 portals" in table


def test_the_portal_that_an_entry_names_gets_new_evidence_only(found: Found) -> None:
    entry = entries(found[0])["xa-hungduc"]
    assert entry.keys() == {"home_url", "evidence", "enabled"}


def test_a_guessed_host_is_that_of_the_namesake_that_its_page_names(found: Found) -> None:
    (row,) = (row for row in found[1]["candidates"] if row["host"] == VAN_LANG)
    assert (row["verdict"], row["unit_code"]) == ("portal", "05665")
    assert [one["unit_code"] for one in entries(found[0]).values() if "unit_code" in one].count(
        "05665"
    ) == 1


def test_the_usual_host_is_tried_before_its_mirror_is_registered(found: Found) -> None:
    by_host = {row["host"]: row["verdict"] for row in found[1]["candidates"]}
    assert by_host[PHU_LUU] == "portal"
    assert PHU_LUU in found[0].sources.read_text()
    assert PHU_LUU_MIRROR not in found[0].sources.read_text()


def test_no_host_gets_a_second_source_and_those_of_the_user_or_read_are_not_asked(
    found: Found,
) -> None:
    searching, registered, _ = found
    hosts = [one["host"] for one in registered["registered"]]
    assert sorted(hosts) == sorted([HAM_YEN, HOANG_SU_PHI, HUNG_DUC, PHU_LUU, VAN_LANG])
    assert searching.zone.requests_by_host()[VI_XUYEN] == 0
    assert searching.zone.requests_by_host()[THAI_HOA] == 0
    assert entries(searching)["vixuyen-hagiang"] == {"enabled": False}


def test_a_search_after_that_asks_and_changes_nothing(found: Found) -> None:
    searching, registered, _ = found
    before, asked = searching.sources.read_text(), len(searching.zone.log)
    again = searching.search(*PROVINCES, "--yes", "--enable")
    assert again["registered"] == []
    assert len(searching.zone.log) == asked
    assert searching.sources.read_text() == before
    assert registered["run"]["requests"] == 0
    assert max(searching.zone.requests_by_host().values()) <= MAX_REQUESTS_PER_HOST
