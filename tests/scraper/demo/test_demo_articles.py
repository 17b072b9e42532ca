"""The demo's articles: enough of them, our own, told apart, and with the shapes they promise."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest
from lxml import html

from pipelines.article import Kind
from pipelines.blocks import Block
from pipelines.documents import read_document, read_photo
from scraper.demo.content import SECTIONS, stories
from scraper.demo.files.drawings import drawing
from scraper.demo.files.written import document, written_text
from scraper.demo.portal import SITES
from tests.scraper.demo.truth import SENTENCES, DemoArticle, DemoFile, articles, documents

SHARED = Path(__file__).parents[4] / "shared"


def texts(entry: DemoArticle) -> list[str]:
    article = entry.article
    captions = [photo.caption or "" for photo in article.photos]
    return [article.title or "", article.lede or "", *article.paragraphs, *captions]


def shingles(text: str) -> set[tuple[str, ...]]:
    """Every run of nine words."""
    found = re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())
    return {tuple(found[n : n + 9]) for n in range(len(found) - 8)}


@pytest.mark.parametrize("night", [1, 2, 3])
def test_three_sites_and_all_sections_are_well_filled(night: int) -> None:
    entries = articles(night)
    sources = Counter(entry.source for entry in entries)
    assert len(entries) >= 72
    assert sources["huyen"] >= 40
    assert min(sources["tinh"], sources["xa"]) >= 16
    assert {entry.article.section for entry in entries} == set(SECTIONS)


def test_text_is_nfc_and_trimmed() -> None:
    for entry in articles(3):
        for text in texts(entry):
            assert text == unicodedata.normalize("NFC", text).strip()
            assert "  " not in text


def test_addresses_and_titles_are_unique_on_a_site() -> None:
    everything = {entry.paths: entry for night in (1, 3) for entry in articles(night)}.values()
    for slug in SITES:
        own = [entry for entry in everything if entry.source == slug]
        paths = [path for entry in own for path in entry.paths]
        titles = [entry.article.title for entry in own]
        assert len(set(paths)) == len(paths)
        assert len(set(titles)) == len(titles)


def test_no_article_is_a_stub_and_no_paragraph_stands_in_two() -> None:
    entries = [
        entry
        for entry in articles(1)
        if entry.same_text_as is None and entry.article.kind is not Kind.NOTICE
    ]
    assert min(entry.article.word_count for entry in entries) >= 80
    paragraphs = Counter(text for entry in entries for text in set(entry.article.paragraphs))
    assert [text for text, times in paragraphs.items() if times > 1] == []


def test_dates_are_told_to_the_minute_but_one_to_the_day() -> None:
    dates = [entry.article.published_at or "" for entry in articles(1)]
    assert [text for text in dates if len(text) == 10] == ["2024-12-10"]
    assert {datetime.fromisoformat(text).year for text in dates} == {2023, 2024, 2025}
    assert all(text.endswith(":00+07:00") for text in dates if len(text) > 10)


def test_third_night_brings_one_edited_one_removed_one_new() -> None:
    before = {entry.paths: entry.article for entry in articles(2)}
    after = {entry.paths: entry.article for entry in articles(3)}
    edited = [paths for paths in before.keys() & after.keys() if before[paths] != after[paths]]
    assert [len(before.keys() - after.keys()), len(after.keys() - before.keys())] == [1, 1]
    (paths,) = edited
    changed = set(after[paths].paragraphs) - set(before[paths].paragraphs)
    assert len(changed) == 1
    assert (before[paths].modified_at, after[paths].modified_at) == (
        None,
        "2025-06-12T19:35:00+07:00",
    )


def test_one_text_stands_on_two_sites() -> None:
    (copy,) = [entry for entry in articles(1) if entry.same_text_as]
    (original,) = [entry for entry in articles(1) if entry.article.url == copy.same_text_as]
    assert (original.source, copy.source) == ("huyen", "tinh")
    assert texts(original) == texts(copy)


def test_one_article_has_every_shape() -> None:
    kinds = [{type(block) for block in entry.article.blocks} for entry in articles(1)]
    assert set(get_args(Block)) in kinds


def test_notices_are_files_in_place_of_text() -> None:
    notices = [entry for entry in articles(1) if entry.article.kind is Kind.NOTICE]
    assert len(notices) == 7
    for entry in notices:
        assert (entry.article.body, len(entry.article.attachments)) == ("", 1)


def test_one_photo_is_in_two_articles_at_two_addresses() -> None:
    paths = {(story.id, photo.file_name) for story in stories("huyen", 1) for photo in story.photos}
    articles_of = Counter(name for _, name in paths)
    assert [name for name, times in articles_of.items() if times > 1] == ["khung-xeo-ba-nhinh.jpg"]
    urls = [photo.url or "" for entry in articles(1) for photo in entry.article.photos]
    assert len({url for url in urls if url.endswith("/khung-xeo-ba-nhinh.jpg")}) == 2


def test_each_file_has_a_sentence_that_stands_nowhere_else() -> None:
    everything = [text for entry in articles(1) for text in texts(entry)]
    everything += [written_text(name) for name in SENTENCES]
    for name, sentence in SENTENCES.items():
        assert [text for text in everything if sentence in text] == [written_text(name)]
    assert {file.name for file in documents(1)} == SENTENCES.keys()


@pytest.mark.parametrize("file", documents(1), ids=lambda file: file.name)
def test_each_file_is_read_as_it_was_written(file: DemoFile) -> None:
    found = read_document(document(file.name))
    assert (found.media_type, len(found.pages)) == (file.media_type, file.pages)
    assert found.is_scan == file.is_scan
    assert (file.sentence in " ".join(found.text.split())) is not file.is_scan


def test_photos_are_drawings_of_their_own() -> None:
    names = {
        photo.file_name for slug in SITES for story in stories(slug, 1) for photo in story.photos
    }
    drawn = {drawing(name) for name in names}
    assert len(drawn) == len(names)
    assert max(map(len, drawn)) < 48 * 1024
    pictures = [read_photo(body) for body in drawn]
    assert {(one.width, one.height, one.problem) for one in pictures} == {(660, 440, None)}
    assert {one.media_type for one in pictures} == {"image/png", "image/jpeg", "image/webp"}


def test_one_article_has_the_shape_of_the_founding_seed() -> None:
    story = next(story for story in stories("huyen", 1) if story.id == 260)
    portal = SITES["huyen"].on(1)
    address = next(entry for entry in articles(1) if entry.article.title == story.title).paths[0]
    page = html.fromstring(portal.reply(address).body)
    tail = page.xpath("//div[@id='news-bodyhtml']/p[normalize-space()]")[-2:]
    related = page.xpath("//*[contains(@class, 'other-news')]")[0]
    assert story.lede
    assert len(story.photos) == 5
    assert tail[0].text_content().endswith("./.")
    assert (tail[1].text_content(), tail[1].get("style")) == ("Hải Yến", "text-align: right;")
    assert related.text_content().strip() == "Tin cùng chuyên mục"


def test_related_block_has_its_list_on_some_pages_and_not_on_others() -> None:
    portal = SITES["huyen"].on(1)
    blocks = [
        html.fromstring(portal.reply(entry.paths[0]).body).xpath("//*[contains(@class, 'other-')]")
        for entry in articles(1)
        if entry.source == "huyen"
    ]
    listed = [bool(block[0].xpath(".//a")) for block in blocks]
    assert 10 < sum(listed) < len(listed) - 10


def _foreign_texts() -> Iterator[str]:
    for path in (SHARED / "seed").glob("*.txt"):
        yield path.read_text("utf-8")
    for path in (SHARED / "pages" / "vietnam").glob("*.html.gz"):
        yield gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
    truth = SHARED / "pages" / "vietnam" / "truth.json"
    if truth.exists():
        yield json.dumps(json.loads(truth.read_text("utf-8")), ensure_ascii=False)


def test_no_text_is_taken_from_elsewhere() -> None:
    foreign = list(_foreign_texts())
    if not foreign:
        pytest.skip(f"{SHARED} holds no pages to compare with")
    theirs = set[tuple[str, ...]]().union(*map(shingles, foreign))
    for entry in articles(3):
        for text in texts(entry):
            assert not shingles(text) & theirs, text
    for name in SENTENCES:
        assert not shingles(written_text(name)) & theirs, name
