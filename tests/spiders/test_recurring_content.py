"""What a site repeats with other figures, names or words is content: one night over such sites."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.portals.platforms import NukeVietPortal
from tests.spiders.crawling import Crawled, Crawling, source_at

COUNT = 14


class SeriesPortal(NukeVietPortal):
    """Articles of one series: ``told`` gives the title and the paragraphs of each."""

    def __init__(self, told: Callable[[int], tuple[str, list[str]]]) -> None:
        super().__init__(COUNT)
        for one in self.stories:
            one.title, paragraphs = told(one.id)
            one.body, one.lede = "\n\n".join(paragraphs), None


def levels(number: int) -> str:
    return f"Mực nước trên sông Thử lúc 7 giờ tại trạm Cầu Đá đo được {400 + number * 7} cm."


def bulletin(number: int) -> tuple[str, list[str]]:
    rain = f"Lượng mưa đo được tại trạm Khe Vài trong 24 giờ qua là {number * 3} mm."
    trend = "Dự báo trong 24 giờ tới, mực nước tiếp tục {} chậm, bà con hạ lưu chú ý theo dõi."
    words = "lên" if number % 7 == 3 else "xuống"
    return f"Bản tin thủy văn ngày {number}", [levels(number), rain, trend.format(words)]


def closing(number: int) -> str:
    case = "đánh bạc" if number % 6 == 0 else "trộm cắp tài sản"
    return f"Công an xã đang tiếp tục điều tra, làm rõ vụ {case} để xử lý theo quy định."


def report(number: int) -> tuple[str, list[str]]:
    first = f"Khoảng {number + 5} giờ, Công an xã nhận tin báo của ông Lò Văn Vài ở thôn {number}."
    second = f"Tổ công tác có mặt sau {number + 3} phút, lập biên bản và thu giữ {number} tang vật."
    return f"Công an xã bắt giữ {number + 1} đối tượng", [first, second, closing(number)]


def schedule(number: int) -> tuple[str, list[str]]:
    days = [
        f"Thứ {day}: Thường trực Đảng ủy họp giao ban tại phòng họp số {number % 3 + 1}, lúc 8 giờ."
        for day in ("Hai", "Ba", "Tư")
    ]
    return f"Lịch công tác tuần {number + 11}", days


SERIES = {"bulletins": bulletin, "reports": report, "schedules": schedule}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    folder: Path = tmp_path_factory.mktemp("series")
    with ExitStack() as portals:
        served = {slug: portals.enter_context(SeriesPortal(told)) for slug, told in SERIES.items()}
        sources = [source_at(portal.home_url, slug) for slug, portal in served.items()]
        return Crawling(folder).crawl(*sources)


@pytest.mark.parametrize("slug", SERIES)
@pytest.mark.fault(74)
def test_every_title_and_every_sentence_of_a_series_is_stored(night: Crawled, slug: str) -> None:
    stored = dict(night.rows("SELECT title, body FROM articles WHERE source = ?", slug))
    told = dict(SERIES[slug](number) for number in range(1, COUNT + 1))
    assert stored == {title: "\n\n".join(paragraphs) for title, paragraphs in told.items()}


def test_none_of_them_is_taken_for_no_article(night: Crawled) -> None:
    assert night.rows("SELECT url FROM pages WHERE outcome IN ('not_article', 'broken')") == []
