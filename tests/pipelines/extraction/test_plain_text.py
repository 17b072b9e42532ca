"""Plain text: captions and boilerplate out, and no real paragraph lost.

A case is a text and what it must give, two files under ``tests/corpus/plain_text``.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.plain_text import clean
from scraper.demo.content import Story, stories

CORPUS = Path(__file__).parents[2] / "corpus" / "plain_text"
SEED = Path(__file__).parents[4] / "shared" / "seed"
STORIES = [story for source in ("huyen", "tinh", "xa") for story in stories(source, 1)]


@pytest.mark.parametrize("case", sorted(CORPUS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_text_gives_its_article(case: Path) -> None:
    expected: dict[str, Any] = tomllib.loads(case.with_suffix(".toml").read_text(encoding="utf-8"))
    article = clean(case.read_text(encoding="utf-8"))
    assert article.title == expected["title"]
    assert article.author == expected.get("author")
    assert article.published_at == expected.get("published_at")
    assert [photo.caption for photo in article.photos] == expected["captions"]
    assert len(article.paragraphs) == expected["paragraphs"]
    assert article.paragraphs[0].startswith(expected["first"])
    assert article.paragraphs[-1] == expected["last"]


def test_the_founding_seed_comes_out_clean() -> None:
    files = sorted(SEED.glob("*.txt"))
    if not files:
        pytest.skip(f"the founding seed is not at {SEED}")
    text = files[0].read_text(encoding="utf-8")
    article = clean(text)
    assert article.title == text.split("\n", 1)[0].strip()
    assert article.author == "Tuấn Tú"
    assert article.lede is None
    assert article.published_at is None
    assert [(photo.caption or "")[:30] for photo in article.photos] == [
        "Các đồng chí Thường trực Huyện",
        "Đại biểu dự hội nghị.",
        "Đồng chí Bí thư Huyện ủy Mai H",
        "Huyện ủy Hàm Yên thực hiện quy",
    ]
    assert all(f"caption {number}" in article.provenance for number in (1, 2, 3, 4))
    assert article.body.endswith("các Phó Bí thư Huyện ủy.")
    for leak in ("./.", "Tuấn Tú", "Tin cùng chuyên mục"):
        assert leak not in article.body
    assert any(line.startswith("Cũng trong sáng ngày 21/11") for line in article.paragraphs)
    assert len(article.paragraphs) == 13


@pytest.mark.parametrize("with_captions", [True, False], ids=["captions", "no captions"])
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.slug[:40])
def test_no_real_paragraph_is_lost_or_taken_for_a_caption(
    story: Story, with_captions: bool
) -> None:
    lines = [story.title, story.lede]
    for block in story.blocks:
        if block.kind in ("paragraph", "heading"):
            lines.append(block.text)
        elif block.photo and with_captions:
            lines.append(block.photo.caption)
    text = "\n\n".join(line for line in [*lines, story.byline] if line)
    article = clean(f"{text}\n\nTin cùng chuyên mục")
    told = [block.text for block in story.blocks if block.kind in ("paragraph", "heading")]
    assert [line for line in told if line not in article.paragraphs] == []
    assert "Tin cùng chuyên mục" not in article.body
    assert article.author == story.author


@given(st.text(max_size=2000))
def test_no_text_makes_it_raise_and_what_it_gives_is_stable(text: str) -> None:
    once = clean(text)
    assert clean("\n\n".join([once.title or "", *once.paragraphs])).word_count <= once.word_count


def test_a_text_of_nothing_but_boilerplate_is_no_article() -> None:
    article = clean("Tin cùng chuyên mục\n\nChia sẻ\n\nLượt xem: 12")
    assert not article.verdict.is_article
