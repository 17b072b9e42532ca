"""The labelled texts: what must hold of every one of them, and how many there are."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from pipelines.gazetteer.lookup import place_of
from pipelines.gazetteer.units import units
from tests.facts.convert import GOLD, HALVES, half_of, labelled, marked_texts
from tests.facts.scoring import is_required
from tests.facts.units import FORMER_COMMUNES

MIN_MENTIONS = 400
TITLES = ("ông", "bà", "anh", "chị", "đồng chí", "đ/c", "đại tá", "tiến sĩ", "bác sĩ", "thượng tọa")

Article = dict[str, Any]


def articles(half: str) -> list[Article]:
    lines = (GOLD / half / "gold.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


ALL = [article for half in HALVES for article in articles(half)]
MENTIONS = [(article, mention) for article in ALL for mention in article["mentions"]]


def mentions(type_: str) -> list[tuple[Article, dict[str, Any]]]:
    return [(article, mention) for article, mention in MENTIONS if mention["type"] == type_]


def test_there_are_enough_texts_and_mentions_of_each_type() -> None:
    required = Counter(mention["type"] for _, mention in MENTIONS if is_required(mention))
    assert len(ALL) >= 150
    assert min(required[type_] for type_ in ("person", "document", "place")) >= MIN_MENTIONS


def test_the_set_holds_the_hard_cases() -> None:
    people = [one for _, one in mentions("person")]
    places = [one for _, one in mentions("place")]
    assert sum(len(one["offices"]) > 1 for one in people) >= 100
    assert sum(not one["is_public"] for one in people) >= 150
    assert sum(one["refers_to"] is not None for one in people) >= 20
    assert sum(bool(one["candidates"]) for one in places) >= 10
    assert sum(one["former"] is not None for one in places) >= 200


def test_each_half_holds_texts_from_before_and_after_the_districts_ended() -> None:
    for half in HALVES:
        days = [article["source"]["published_at"] for article in articles(half)]
        assert sum(day >= "2025-07-01" for day in days) >= 15
        assert sum(day < "2025-07-01" for day in days) >= 40


def test_ids_are_unique_and_draw_their_half() -> None:
    assert len({article["id"] for article in ALL}) == len(ALL)
    for half in HALVES:
        assert {half_of(article["id"]) for article in articles(half)} == {half}
        assert {article["half"] for article in articles(half)} == {half}


def test_texts_are_in_nfc_and_in_paragraphs() -> None:
    for article in ALL:
        for text in (article["title"], article["text"]):
            assert unicodedata.is_normalized("NFC", text), article["id"]
            assert text == text.strip(), article["id"]
            assert text, article["id"]
        assert "  " not in article["text"], article["id"]


def test_spans_hold_the_words_of_their_mentions() -> None:
    for article, one in MENTIONS:
        assert article["text"][one["start"] : one["end"]] == one["text"], article["id"]
        assert one["text"] == one["text"].strip(), article["id"]
        assert one["text"], article["id"]


def test_mentions_of_one_type_do_not_overlap() -> None:
    for article in ALL:
        for type_ in ("person", "document", "place"):
            spans = [one for one in article["mentions"] if one["type"] == type_]
            for before, after in pairwise(spans):
                assert before["end"] <= after["start"], (article["id"], after["text"])


def test_people_are_named_without_titles_and_hold_offices_of_the_text() -> None:
    for article, one in mentions("person"):
        assert one["name"] == one["text"], article["id"]
        assert not one["name"].casefold().startswith(tuple(f"{title} " for title in TITLES))
        for office in one["offices"]:
            assert article["text"][office["start"] : office["end"]] == office["office"]
            for part in (office["organisation"], office["place"]):
                assert part is None or part in office["office"], (article["id"], office)


def test_documents_are_described_by_their_text() -> None:
    for article, one in mentions("document"):
        assert one["number"] is None or one["text"].endswith(one["number"]), article["id"]
        assert one["number"] is None or any(c.isdigit() for c in one["number"]), article["id"]
        assert one["issuer"] is None or one["issuer"] in article["text"], article["id"]
        assert one["date"] is None or date.fromisoformat(one["date"]), article["id"]


def test_the_codes_of_places_exist() -> None:
    for article, one in mentions("place"):
        codes = [one["unit"], *one["others"], *(one["candidates"] or ())]
        for code in codes:
            known = code is None or code in units() or place_of(code) is not None
            assert known, (article["id"], one)
        assert not (one["unit"] and one["candidates"]), article["id"]


def test_the_contexts_of_sources_exist() -> None:
    for article in ALL:
        source = article["source"]
        assert source["province"] in units()
        assert date.fromisoformat(source["published_at"])
        for code in (source["former_district"], source["commune"]):
            assert code is None or place_of(code) is not None


def test_short_forms_point_at_a_mention_of_their_type() -> None:
    for article, one in MENTIONS:
        if one.get("refers_to") is not None:
            target = article["mentions"][one["refers_to"]]
            assert (target["type"], target["refers_to"]) == (one["type"], None)
            assert target["start"] < one["start"]


@pytest.mark.skipif(not FORMER_COMMUNES.exists(), reason="needs the table of former communes")
def test_the_labels_are_those_of_the_marked_texts() -> None:
    for half in HALVES:
        marked = [
            labelled(part)
            for file in sorted((GOLD / half).glob("*.txt"))
            for _, part in marked_texts(file.read_text("utf-8"))
        ]
        assert articles(half) == marked
