"""Whose portal an address is by its page, if it is not that of the unit in question."""

from __future__ import annotations

import pytest

from spiders.discovery.home_page import HomePage
from spiders.discovery.portal_candidates import Candidate, level_of
from spiders.discovery.portal_subjects import subject_of, units_at

VAN_LANG, VAN_LANG_TOO = "02143", "05665"
"""Xã Văn Lang and Xã Văn Lăng of Thái Nguyên."""

HAM_YEN_DISTRICT, HAM_YEN, PHU_LUU, VI_XUYEN = "H074", "02374", "02392", "00913"
"""A former district, the commune of its name, another that it became, and one of another."""

VAN_LANG_HOST = "vanlang.thainguyen.gov.vn"
HAM_YEN_HOST = "hamyen.tuyenquang.gov.vn"


@pytest.mark.parametrize(
    ("host", "code", "found_by", "named", "expected"),
    [
        (VAN_LANG_HOST, VAN_LANG, "pattern", {VAN_LANG_TOO}, VAN_LANG_TOO),
        (VAN_LANG_HOST, VAN_LANG, "catalogue", {VAN_LANG_TOO, "19"}, VAN_LANG_TOO),
        (VAN_LANG_HOST, VAN_LANG, "link", {VAN_LANG_TOO}, VAN_LANG),
        (VAN_LANG_HOST, VAN_LANG, "pattern", {VAN_LANG, VAN_LANG_TOO}, VAN_LANG),
        (HAM_YEN_HOST, HAM_YEN, "pattern", {PHU_LUU}, HAM_YEN),
        (HAM_YEN_HOST, HAM_YEN, "pattern", {"08"}, HAM_YEN),
        (HAM_YEN_HOST, HAM_YEN_DISTRICT, "link", {HAM_YEN, HAM_YEN_DISTRICT}, HAM_YEN),
        ("ubnd.tuyenquang.gov.vn", HAM_YEN_DISTRICT, "catalogue", {PHU_LUU}, PHU_LUU),
        (HAM_YEN_HOST, HAM_YEN_DISTRICT, "catalogue", {VI_XUYEN}, HAM_YEN_DISTRICT),
        (HAM_YEN_HOST, HAM_YEN_DISTRICT, "catalogue", {HAM_YEN_DISTRICT}, HAM_YEN_DISTRICT),
    ],
)
def test_a_host_is_that_of_the_unit_that_its_page_names(
    host: str, code: str, found_by: str, named: set[str], expected: str
) -> None:
    url = f"https://{host}/"
    candidate = Candidate(url, code, "tên", found_by, None, level_of(code))
    home = HomePage(url, url, unit_codes=frozenset(named))
    subject = subject_of(candidate, home, ())
    assert (subject.unit_code, subject.level) == (expected, level_of(expected))
    assert subject_of(candidate, home, {expected}) == candidate


def test_the_communes_of_a_host_have_its_label_in_its_province() -> None:
    assert units_at(f"https://{VAN_LANG_HOST}/") == {VAN_LANG, VAN_LANG_TOO}
    assert units_at("http://xahamyen.tuyenquang.gov.vn/vi") == {HAM_YEN}
    assert units_at("https://hamyen.vn/") == units_at("https://") == frozenset()
