"""Boilerplate that is learned from many pages of a source, and what must not be."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction import Knowledge, extract_page
from pipelines.page import Page
from pipelines.recurrence import MIN_PAGES, BlockSighting, learn, sighting

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


def page(number: int, *endings: str) -> Page:
    body = "".join(f"<p>{text.format(place(number))}</p>" for text in PROSE)
    body += "".join(f"<p>{text}</p>" for text in endings)
    html = (
        f"<html><body><h1>Tin số {number} của huyện</h1><div class='c'>{body}</div></body></html>"
    )
    return Page(url=f"https://lungvai.example/tin-{number}", body=html.encode())


def sightings(pages: list[Page]) -> list[list[BlockSighting]]:
    return [extract_page(each).recurring for each in pages]


def test_a_sentence_that_ends_nearly_every_article_goes_once_it_is_learned() -> None:
    learned = learn(sightings([page(n, SLOGAN.replace("12", str(n))) for n in range(10)]))
    article = extract_page(page(99, SLOGAN), Knowledge(boilerplate=learned)).article
    assert article.paragraphs == [text.format(place(99)) for text in PROSE]


def test_a_formula_that_an_editor_repeats_is_kept() -> None:
    pages = [page(n, FORMULA) if n % 2 else page(n) for n in range(20)]
    assert learn(sightings(pages)) == frozenset()


def test_what_stands_amid_the_text_is_never_learned() -> None:
    closing = [f"Ở {place(n)}, bà con còn bàn thêm chuyện mùa sau cho kịp." for n in range(20)]
    pages = [page(n, FORMULA, *[closing[n]] * 3) for n in range(20)]
    known = learn(sightings(pages))
    article = extract_page(pages[0], Knowledge(boilerplate=known)).article
    assert FORMULA in article.paragraphs


def test_few_pages_teach_nothing() -> None:
    assert learn(sightings([page(n, SLOGAN) for n in range(MIN_PAGES - 1)])) == frozenset()


SIGHTINGS = st.builds(sighting, st.sampled_from("abc"), st.sampled_from(["head", "tail", "ending"]))


@given(st.lists(st.lists(SIGHTINGS, max_size=4), max_size=20), st.randoms())
def test_the_order_of_pages_does_not_matter(
    pages: list[list[BlockSighting]], chance: random.Random
) -> None:
    shuffled = [chance.sample(each, len(each)) for each in chance.sample(pages, len(pages))]
    assert learn(shuffled) == learn(pages)


def test_digits_do_not_part_one_line_into_many() -> None:
    assert sighting("Lượt xem: 12", "tail").hash == sighting("Lượt xem: 408", "tail").hash
    assert sighting("Lượt xem: 12", "tail").hash != sighting("Lượt xem: 12", "head").hash
