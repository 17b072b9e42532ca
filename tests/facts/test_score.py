"""The scorer counts what it says, on texts small enough to count by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.facts.convert import GOLD
from tests.facts.score import load_extractor, main, read_articles, score_articles
from tests.facts.scoring import Score, add_text

TEXT = "Ông Mai Hà, Bí thư Huyện ủy, gặp Lê Tám ở xã Yên Phú. Ông Hà dẫn Đề án số 03-ĐA/TU."
OFFICE = {"office": "Bí thư Huyện ủy"}


def mention(type_: str, words: str, **fields: Any) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"type": type_, "start": start, "end": start + len(words), "text": words, **fields}


def person(words: str, *offices: dict[str, str], public: bool = True) -> dict[str, Any]:
    return mention("person", words, offices=list(offices), is_public=public, refers_to=None)


DOCUMENT = mention(
    "document",
    "Đề án số 03-ĐA/TU",
    kind="Đề án",
    number="03-ĐA/TU",
    date=None,
    issuer=None,
    refers_to=None,
)
PLACE = mention("place", "xã Yên Phú", unit="02401", others=["02402"], candidates=None)
GOLD_TEXT: dict[str, Any] = {
    "id": "one",
    "text": TEXT,
    "source": {},
    "mentions": [person("Mai Hà", OFFICE), person("Lê Tám", public=False), PLACE, DOCUMENT],
}


def scored(*found: Mapping[str, Any]) -> Score:
    score = Score()
    add_text(score, GOLD_TEXT, found)
    return score


def test_the_labels_themselves_score_one() -> None:
    score = scored(*GOLD_TEXT["mentions"])
    for name in ("person", "document", "place", "person exact", "place exact"):
        assert score.f1(name) == 1
    assert score.accuracy("offices exact") == 1
    assert score.accuracy("all document fields") == 1
    assert score.accuracy("place resolved") == 1
    assert not score.problems


def test_nothing_found_has_no_precision_and_no_recall() -> None:
    score = scored()
    assert (score.precision("person"), score.recall("person"), score.f1("person")) == (None, 0, 0)


def test_a_longer_span_is_found_but_not_exact() -> None:
    score = scored(person("Ông Mai Hà", OFFICE))
    assert (score.recall("person"), score.recall("person exact")) == (1, 0)


def test_a_private_person_who_is_claimed_is_wrong_and_counted() -> None:
    score = scored(person("Mai Hà", OFFICE), person("Lê Tám"))
    assert score.precision("person") == 0.5
    assert score.counts["private persons claimed"] == 1


def test_a_private_person_who_is_marked_as_such_is_not_wrong() -> None:
    assert scored(person("Mai Hà", OFFICE), person("Lê Tám", public=False)).precision("person") == 1


OPTIONAL = (
    person("Mai Hà", OFFICE, public=False),
    person("Mai Hà"),
    {**person("Mai Hà", OFFICE), "refers_to": 0},
    {**mention("organisation", "Huyện ủy", kind="party", place=None), "within": "office"},
    {**mention("document", "Đề án"), "number": None, "refers_to": 0},
)


@pytest.mark.parametrize("label", OPTIONAL)
def test_what_is_optional_is_neither_missed_nor_wrong(label: dict[str, Any]) -> None:
    claimed = {**label, "is_public": True}
    for found in ([], [claimed]):
        score = Score()
        add_text(score, {**GOLD_TEXT, "mentions": [label]}, found)
        assert not score.problems
        assert score.f1(label["type"]) is None


def test_one_found_mention_stands_for_one_label_only() -> None:
    long = {**person("Mai Hà", OFFICE), "end": TEXT.index("Lê Tám") + 6}
    twice = {**GOLD_TEXT, "mentions": [person("Mai Hà", OFFICE), person("Lê Tám", OFFICE)]}
    score = Score()
    add_text(score, twice, [long])
    assert score.recall("person") == 0.5


def test_a_missing_or_further_office_is_not_exact() -> None:
    assert scored(person("Mai Hà")).accuracy("offices exact") == 0
    more = person("Mai Hà", OFFICE, {"office": "Tỉnh ủy viên"})
    assert scored(more).accuracy("offices exact") == 0


def test_spaces_and_capitals_do_not_count_in_offices() -> None:
    assert scored(person("Mai Hà", {"office": "bí thư  Huyện ủy"})).accuracy("offices exact") == 1


@pytest.mark.parametrize(
    ("field", "value"), [("kind", "Kế hoạch"), ("number", "03"), ("date", "2021-06-12")]
)
def test_each_field_of_a_document_counts(field: str, value: str) -> None:
    score = scored({**DOCUMENT, field: value})
    assert score.accuracy(f"document {field}") == 0
    assert score.accuracy("document issuer") == 1
    assert score.accuracy("all document fields") == 0


def test_any_commune_that_took_over_a_part_is_right() -> None:
    assert scored({**PLACE, "unit": "02402"}).accuracy("place resolved") == 1
    assert scored({**PLACE, "unit": "02374"}).accuracy("place resolved") == 0


def test_an_ambiguous_place_must_stay_open() -> None:
    ambiguous = {**PLACE, "unit": None, "candidates": ["02401", "02374"]}
    score = Score()
    add_text(score, {**GOLD_TEXT, "mentions": [ambiguous]}, [PLACE])
    assert score.accuracy("place left open") == 0
    assert score.accuracy("place resolved") is None


def test_a_short_form_must_point_at_its_document() -> None:
    short = {**mention("document", "Đề án"), "number": "03", "kind": "Đề án", "refers_to": 0}
    first = {**DOCUMENT, "start": 0, "end": 3}
    labelled = {**GOLD_TEXT, "mentions": [first, short]}
    for target, share in ((0, 1), (None, 0)):
        score = Score()
        add_text(score, labelled, [first, {**short, "refers_to": target}])
        assert score.accuracy("short form resolved") == share


def test_problems_name_the_text_and_the_mention() -> None:
    problems = {(one.type, one.what, one.mention) for one in scored(person("Lê Tám")).problems}
    assert ("person", "missed", "Mai Hà") in problems
    assert ("person", "private", "Lê Tám") in problems


def no_facts(text: str, source: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return ()


def test_the_gold_set_scores_one_against_itself() -> None:
    articles = list(read_articles([GOLD / "open" / "gold.jsonl"]))
    known = {article["text"]: article["mentions"] for article in articles}
    score, times = score_articles(articles, lambda text, source: known[text])
    assert not score.problems
    assert len(times) == len(articles)


def test_the_command_prints_the_table_and_the_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_text(json.dumps(GOLD_TEXT, ensure_ascii=False), "utf-8")
    assert main([str(file), "--extractor", f"{__name__}:no_facts", "--errors"]) == 0
    shown = capsys.readouterr().out
    assert "processor time per article" in shown
    assert "one\tplace\tmissed\txã Yên Phú" in shown


def test_an_extractor_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["labelled.jsonl", "--extractor", "pipelines.nowhere:find"]) == 2
    assert "pipelines.nowhere:find" in capsys.readouterr().err


def test_an_extractor_is_loaded_by_name() -> None:
    assert load_extractor(f"{__name__}:no_facts") is no_facts
