"""Boilerplate that is learned from many pages of a source, and what must not be."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction import SourceProfile, extract_page
from pipelines.extraction.block_occurrences import LEARNED, block_occurrence, quarter_of
from pipelines.extraction.repeated_blocks import MIN_PAGES, PageBlocks, learn
from pipelines.items import Page
from scraper.base.source import Source
from scraper.reprocessing.profiles import profile_with

PROSE = [
    "Xã {} đã hoàn thành việc kiên cố hóa kênh mương nội đồng, phục vụ tưới tiêu cho vụ xuân.",
    "Bà con thôn {} góp hơn một nghìn ngày công, cùng đơn vị thi công làm xong trước thời hạn.",
]
SLOGAN = (
    "Chung tay xây dựng quê hương Lũng Vài giàu đẹp, văn minh, nghĩa tình và đáng sống lượt 12."
)
FORMULA = (
    "Phát biểu kết luận hội nghị, đồng chí Chủ tịch đề nghị các thôn tiếp tục thi đua sôi nổi."
)


SYLLABLES = ["An", "Bình", "Chu", "Dương", "Giang", "Hà", "Khe", "Lâm", "Mai", "Nà"]


def place(number: int) -> str:
    """A made-up name that differs by letters, since digits are masked."""
    return f"{SYLLABLES[number % 10]} {SYLLABLES[number // 10 % 10]} Thượng"


def page(number: int, *endings: str, opening: str = "") -> Page:
    body = opening + "".join(f"<p>{text.format(place(number))}</p>" for text in PROSE)
    body += "".join(f"<p>{text}</p>" for text in endings)
    html = (
        f"<html><body><h1>Tin số {number} của huyện</h1><div class='c'>{body}</div></body></html>"
    )
    return Page(url=f"https://lungvai.example/tin-{number}", body=html.encode())


def learned(pages: list[Page], quarter: str = "2026-Q4") -> frozenset[str]:
    """The hashes of what the pages of one quarter teach to be boilerplate."""
    return boilerplate(
        [PageBlocks(quarter, extract_page(each).block_occurrences) for each in pages]
    )


def boilerplate(pages: list[PageBlocks]) -> frozenset[str]:
    return frozenset(block.hash for block in learn(pages) if block.is_boilerplate)


def test_a_sentence_that_ends_nearly_every_article_goes_once_it_is_learned() -> None:
    known = learned([page(n, SLOGAN) for n in range(10)])
    article = extract_page(page(99, SLOGAN), SourceProfile(boilerplate=known)).article
    assert article.paragraphs == [text.format(place(99)) for text in PROSE]


def test_a_line_that_opens_every_article_goes_and_is_not_taken_for_the_lede() -> None:
    pages = [page(n, opening=f"<p><b>{SLOGAN}</b></p>") for n in range(11)]
    assert extract_page(pages[0]).article.lede == SLOGAN
    known = SourceProfile(boilerplate=learned(pages))
    reading = extract_page(pages[0], known)
    assert reading.article.lede is None
    assert reading.article.paragraphs == [text.format(place(0)) for text in PROSE]
    assert reading.block_occurrences == extract_page(pages[0]).block_occurrences


def test_a_lede_that_is_named_so_is_kept_however_often_it_stands() -> None:
    pages = [page(n, opening=f"<p class='sapo'>{FORMULA}</p>") for n in range(20)]
    known = SourceProfile(boilerplate=learned(pages))
    assert extract_page(pages[0], known).article.lede == FORMULA


@pytest.mark.parametrize("line", [FORMULA, "Một số hình ảnh tại hội nghị:", "Xin trân trọng mời!"])
def test_what_an_editor_puts_under_some_articles_is_kept(line: str) -> None:
    pages = [page(n, line) if n % 5 < 2 else page(n) for n in range(40)]
    assert learned(pages) == frozenset()


def test_what_stands_amid_the_text_is_never_learned() -> None:
    closing = [f"Ở {place(n)}, bà con còn bàn thêm chuyện mùa sau cho kịp." for n in range(20)]
    pages = [page(n, FORMULA, *[closing[n]] * 3) for n in range(20)]
    known = learned(pages)
    article = extract_page(pages[0], SourceProfile(boilerplate=known)).article
    assert FORMULA in article.paragraphs


LEVELS = "Lúc 7 giờ, mực nước trên sông Vài tại cầu Đá đo được {} cm, cao hơn hôm trước {} cm."
TREND = "Dự báo trong một ngày tới, mực nước trên sông Vài sẽ còn {} chậm ở phía hạ lưu."


def bulletin(number: int) -> Page:
    levels = LEVELS.format(412 + number * 3 % 7, number % 5)
    return page(number, levels, TREND.format("lên" if number % 7 == 3 else "xuống"))


@pytest.mark.parametrize("count", [14, 60])
@pytest.mark.fault(74)
def test_what_a_bulletin_says_with_other_figures_or_words_is_kept(count: int) -> None:
    pages = [bulletin(n) for n in range(count)]
    assert learned(pages) == frozenset()


def test_a_figure_that_stays_the_same_for_most_days_is_kept() -> None:
    price = "Giá gạo tẻ tại chợ Vài hôm nay là {} đồng một cân, theo ban quản lý chợ."
    pages = [page(n, price.format(12500 if n % 7 else 12600)) for n in range(14)]
    assert learned(pages) == frozenset()


def test_a_name_that_differs_on_few_pages_makes_a_sentence_content() -> None:
    duty = "Trực ban Đội cứu hộ của xã trong ngày hôm nay là đồng chí {}, hãy gọi khi cần."
    names = ["Lò Thị Mận" if n % 7 else "Vàng A Sáng" for n in range(14)]
    assert learned([page(n, duty.format(names[n])) for n in range(14)]) == frozenset()


def test_a_banner_that_counts_days_takes_nothing_with_it() -> None:
    banner = "Toàn xã thi đua chào mừng, chỉ còn {} ngày đến Đại hội thi đua của xã Lũng Vài!"
    pages = [page(n, banner.format(90 - n), SLOGAN) for n in range(14)]
    known = SourceProfile(boilerplate=learned(pages))
    paragraphs = extract_page(pages[3], known).article.paragraphs
    assert paragraphs == [*[text.format(place(3)) for text in PROSE], banner.format(87)]


def test_several_learned_blocks_never_halve_a_body() -> None:
    fixed = [f"{SLOGAN} {word}." for word in ("Một phen", "Đôi lời nhắn gửi", "Ba bề bốn bên")]
    pages = [page(n, *fixed) for n in range(14)]
    known = SourceProfile(boilerplate=learned(pages))
    assert known.boilerplate
    assert extract_page(pages[0], known).article == extract_page(pages[0]).article


def test_what_was_cut_stands_in_the_provenance() -> None:
    known = SourceProfile(boilerplate=learned([page(n, SLOGAN) for n in range(10)]))
    assert extract_page(page(3, SLOGAN), known).article.provenance[LEARNED] == SLOGAN


def test_the_table_of_a_schedule_is_content_though_its_days_recur() -> None:
    rows = "<tr><td>Thứ</td><td>Sáng</td><td>Chiều</td></tr>" + "".join(
        f"<tr><td>Thứ {day}</td><td>Họp giao ban</td><td>Thăm thôn {{}} {day}</td></tr>"
        for day in ("Hai", "Ba", "Tư", "Năm")
    )
    pages = [page(n, f"<table>{rows.replace('{}', place(n))}</table>") for n in range(14)]
    known = SourceProfile(boilerplate=learned(pages))
    assert extract_page(pages[0], known).article.body == extract_page(pages[0]).article.body


def test_few_pages_teach_nothing() -> None:
    shown = PageBlocks("2026-Q4", [block_occurrence("Tải ứng dụng", "tail")])
    assert learn([shown] * (MIN_PAGES - 1)) == []
    assert boilerplate([shown] * MIN_PAGES) != frozenset()


def test_few_pages_a_quarter_teach_together() -> None:
    pages = [
        PageBlocks(f"20{n}-Q1", extract_page(page(n, SLOGAN)).block_occurrences)
        for n in range(10, 26)
    ]
    assert boilerplate(pages) != frozenset()


def quarters_of_slogan(*seen: tuple[str, int, int]) -> list[str]:
    """In which quarters the slogan is cut; each had so many pages with it, so many without."""
    shown = block_occurrence(SLOGAN, "ending")
    pages = [PageBlocks(quarter, [shown]) for quarter, count, _ in seen for _ in range(count)]
    pages += [PageBlocks(quarter, []) for quarter, _, count in seen for _ in range(count)]
    return [quarter for block in learn(pages) for quarter in block.quarters]


def test_what_one_quarter_teaches_holds_in_no_other() -> None:
    assert quarters_of_slogan(("1999-Q2", 10, 0), ("2026-Q4", 1, 0)) == ["1999-Q2"]
    assert quarters_of_slogan(("1999-Q2", 1, 0), ("2026-Q4", 10, 0)) == ["2026-Q4"]
    assert quarters_of_slogan(("2026-Q3", 10, 0), ("2026-Q4", 1, 0)) == ["2026-Q3"]
    assert quarters_of_slogan(("2026-Q3", 10, 0), ("2026-Q4", 30, 40)) == ["2026-Q3"]


def test_what_several_quarters_teach_holds_between_them_and_a_year_around() -> None:
    held = quarters_of_slogan(("2025-Q1", 10, 0), ("2025-Q3", 10, 1), ("2025-Q4", 1, 3))
    assert (held[0], held[-1], len(held)) == ("2024-Q1", "2026-Q3", 11)


def test_quarters_that_are_too_small_for_the_share_are_counted_together() -> None:
    seen = [(f"2025-Q{number}", 9, 2) for number in (1, 2, 3)]
    assert {"2025-Q1", "2025-Q2", "2025-Q3"} <= set(quarters_of_slogan(*seen))


def test_a_quarter_with_enough_pages_ends_what_was_learned_before() -> None:
    held = quarters_of_slogan(("2025-Q1", 10, 0), ("2025-Q2", 10, 0), ("2025-Q4", 1, 9))
    assert held[-1] == "2025-Q3"


def test_what_a_template_prints_in_one_quarter_opens_the_next() -> None:
    shown = PageBlocks("2026-Q3", [block_occurrence("Tải ứng dụng", "tail")])
    (block,) = learn([shown] * MIN_PAGES)
    assert block.quarters == ("2026-Q3", "2026-Q4")


def test_years_of_few_pages_teach_nothing_about_a_far_one() -> None:
    quiet = [(f"1999-Q{number}", 3, 0) for number in (1, 2, 3, 4)]
    assert quarters_of_slogan(*quiet, ("2026-Q4", 1, 0))[-1] == "2000-Q4"


def test_a_banner_of_all_quarters_is_cut_everywhere() -> None:
    counts = [3, 12, 40, 1, 9, 100, 2]
    seen = [(f"20{20 + n // 4}-Q{n % 4 + 1}", count, 0) for n, count in enumerate(counts)]
    assert {quarter for quarter, *_ in seen} <= set(quarters_of_slogan(*seen))


def test_a_page_is_read_in_the_light_of_its_own_quarter() -> None:
    block = block_occurrence(SLOGAN, "ending").hash
    known = SourceProfile(frozenset({block}), quarters={block: frozenset({"1999-Q2"})})
    for day, is_cut in (("15/05/1999", True), ("15/05/2026", False)):
        html = page(1, SLOGAN).body.decode().replace("</h1>", f"</h1><p class='date'>{day}</p>")
        article = extract_page(Page("https://lungvai.example/1", html.encode()), known).article
        assert article.published_at is not None
        assert (SLOGAN not in article.paragraphs) is is_cut


@pytest.mark.parametrize("kept", [SLOGAN, "CHUNG TAY  xay dung*", f"{SLOGAN[:40]}*"])
def test_a_text_to_keep_is_never_cut(kept: str) -> None:
    source = Source(slug="a", name="A", home_url="http://a.localhost/", keep=(kept,))
    keep = profile_with(source, []).keep
    known = SourceProfile(boilerplate=learned([page(n, SLOGAN) for n in range(10)]), keep=keep)
    article = extract_page(page(3, SLOGAN), known).article
    assert article == extract_page(page(3, SLOGAN)).article


def test_what_a_redesign_adds_is_learned_among_any_number_of_older_pages() -> None:
    old = [PageBlocks("2026-Q3", extract_page(page(n)).block_occurrences) for n in range(40)]
    new = [
        PageBlocks("2026-Q4", extract_page(page(n, SLOGAN)).block_occurrences) for n in range(10)
    ]
    assert boilerplate(old + new) == boilerplate(new) != frozenset()


def test_an_author_of_most_articles_stays_their_author() -> None:
    pages = [page(n, "Tuấn Tú") for n in range(20)]
    article = extract_page(pages[0], SourceProfile(boilerplate=learned(pages))).article
    assert article.author == "Tuấn Tú"


def test_what_is_known_does_not_change_what_is_seen() -> None:
    endings = [f"Buổi lễ ở {place(n)} kết thúc vào buổi trưa" for n in range(20)]
    pages = [page(n, f"{endings[n]}./.", "Tuấn Tú", SLOGAN) for n in range(20)]
    known = SourceProfile(boilerplate=learned(pages))
    reading = extract_page(pages[0], known)
    assert reading.article.author == "Tuấn Tú"
    assert reading.article.paragraphs[-1] == f"{endings[0]}."
    assert reading.block_occurrences == extract_page(pages[0]).block_occurrences


PLACES = ["head", "opening", "ending", "tail"]
SIGHTINGS = st.builds(block_occurrence, st.sampled_from("abc"), st.sampled_from(PLACES))
PAGES = st.builds(
    PageBlocks, st.sampled_from(["2026-Q3", "2026-Q4"]), st.lists(SIGHTINGS, max_size=4)
)


@given(st.lists(PAGES, max_size=20), st.randoms())
def test_the_order_of_pages_does_not_matter(pages: list[PageBlocks], chance: random.Random) -> None:
    shuffled = [
        PageBlocks(each.quarter, chance.sample(each.block_occurrences, len(each.block_occurrences)))
        for each in chance.sample(pages, len(pages))
    ]
    assert learn(shuffled) == learn(pages)


def test_quarters_are_told_from_days_times_and_nothing() -> None:
    assert quarter_of("2026-11-23T08:00:00+07:00") == "2026-Q4"
    assert quarter_of("2026-03-31") == "2026-Q1"
    assert quarter_of(None) == ""


def test_digits_do_not_part_one_line_into_many() -> None:
    assert (
        block_occurrence("Lượt xem: 12", "tail").hash
        == block_occurrence("Lượt xem: 408", "tail").hash
    )
    assert (
        block_occurrence("Lượt xem: 12", "tail").hash
        != block_occurrence("Lượt xem: 12", "head").hash
    )
