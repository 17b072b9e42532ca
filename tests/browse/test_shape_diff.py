"""The difference between two shapes: cells and items that changed, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from pipelines.article import Article
from scraper.browse.diff import Budget, Kind
from scraper.browse.shape_diff import Change, parts_of, shape_changes
from scraper.store.articles import insert_article, revise_article
from scraper.store.database import write_transaction
from tests.browse.serving import Browsing
from tests.browse.test_notices import shown, texts
from tests.scraper.stores import MOMENT, new_database

TEXTS = [f"Đoạn thứ {number} nói về công trình số {number}." for number in range(6)]
TABLE: dict[str, Any] = {
    "type": "table",
    "header": ["Xã", "Hộ"],
    "rows": [["Nà Lùng", "210"], ["Bản Cuôn", "148"], ["Khuổi Nấm", "96"]],
}


def paragraph(text: str) -> dict[str, Any]:
    return {"type": "paragraph", "text": text}


def items(*texts: str, ordered: bool = False) -> dict[str, Any]:
    return {"type": "list", "ordered": ordered, "items": list(texts)}


def difference(
    old: list[dict[str, Any]], new: list[dict[str, Any]], **files: Any
) -> list[tuple[str, list[Change]]]:
    before, after = (
        {"blocks": blocks, "photos": [], "attachments": [], **files} for blocks in (old, new)
    )
    return shape_changes(parts_of(before), parts_of(after), Budget())


def edits(found: list[tuple[str, list[Change]]]) -> list[tuple[str, str, str]]:
    """What was removed or added, with what it stands in."""
    return [
        (kind, piece.kind.value, piece.text)
        for kind, run in found
        for change in run
        for cell in change.cells
        for piece in cell
        if piece.kind != Kind.SAME
    ]


def test_a_changed_cell_is_the_only_change() -> None:
    rows = [TABLE["rows"][0], ["Bản Cuôn", "152"], TABLE["rows"][2]]
    found = difference([paragraph("Đầu"), TABLE], [paragraph("Đầu"), TABLE | {"rows": rows}])
    assert edits(found) == [("table", "removed", "148"), ("table", "added", "152")]


def test_a_new_row_and_a_new_column_leave_the_others_alone() -> None:
    rows = [*TABLE["rows"][:1], ["Thôn mới", "12"], *TABLE["rows"][1:]]
    found = difference([TABLE], [TABLE | {"rows": rows}])
    assert edits(found) == [("table", "added", "Thôn mới"), ("table", "added", "12")]
    wider = {
        "type": "table",
        "header": ["Xã", "Thôn", "Hộ"],
        "rows": [[row[0], f"thôn {number}", row[1]] for number, row in enumerate(TABLE["rows"])],
    }
    found = difference([TABLE], [wider])
    assert [kind for _, kind, _ in edits(found)] == ["added"] * 4


def test_a_changed_item_is_the_only_change() -> None:
    found = difference([items("một", "hai ba", "bốn")], [items("một", "hai năm", "bốn")])
    assert edits(found) == [("list", "removed", "ba"), ("list", "added", "năm")]
    found = difference([items("một", "hai")], [items("một", "chen vào", "hai")])
    assert edits(found) == [("list", "added", "chen vào")]


@pytest.mark.parametrize(
    "new",
    [
        [items(*TEXTS)],
        [items(*TEXTS, ordered=True)],
        [{"type": "heading", "level": 3, "text": text} for text in TEXTS],
        [{"type": "quotation", "text": "\n\n".join(TEXTS)}],
        [*map(paragraph, TEXTS[:3]), {"type": "separator"}, *map(paragraph, TEXTS[3:])],
    ],
)
def test_the_same_words_in_another_shape_are_no_change(new: list[dict[str, Any]]) -> None:
    assert edits(difference([paragraph(text) for text in TEXTS], new)) == []


def test_a_table_that_was_lines_before_is_no_change() -> None:
    lines = "\n".join("\t".join(row) for row in [TABLE["header"], *TABLE["rows"]])
    assert edits(difference([paragraph(lines)], [TABLE])) == []


def test_what_moved_is_said_to_have_moved_and_is_no_change() -> None:
    before = [*map(paragraph, TEXTS), TABLE, items("một", "hai")]
    after = [items("một", "hai"), TABLE, *map(paragraph, TEXTS)]
    found = difference(before, after)
    assert edits(found) == []
    moved = [change for _, run in found for change in run if change.is_moved]
    assert 0 < len(moved) < 9


def test_both_versions_can_be_read_from_a_difference() -> None:
    before = [paragraph("A b c d"), TABLE, items("x", "y z"), paragraph("cuối cùng")]
    after = [paragraph("A b c e"), items("x", "y w", "mới"), TABLE | {"header": None}]
    found = edits(difference(before, after))
    assert ("list", "added", "mới") in found
    assert ("table", "removed", "Xã") in found
    assert ("paragraph", "removed", "cuối cùng") in found


def test_a_photo_is_compared_by_its_caption() -> None:
    block = {"type": "photo", "photo": 0}
    old, new = (
        {"blocks": [block], "attachments": [], "photos": [{"caption": caption, "url": url}]}
        for caption, url in (("Cầu cũ", "http://a/1.jpg"), ("Cầu mới", "http://b/1.jpg"))
    )
    found = shape_changes(parts_of(old), parts_of(new), Budget())
    assert edits(found) == [("photo", "removed", "cũ"), ("photo", "added", "mới")]
    unnamed = [
        version | {"photos": [{"caption": None, "url": url}]}
        for version, url in ((old, "http://a/1.jpg"), (new, "http://cdn.b/x/1.jpg"))
    ]
    assert edits(shape_changes(parts_of(unnamed[0]), parts_of(unnamed[1]), Budget())) == []


@pytest.mark.parametrize("kind", ["rows", "items", "cells"])
def test_two_long_shapes_are_compared_in_bounded_time(kind: str) -> None:
    def version(tail: str) -> list[dict[str, Any]]:
        if kind == "rows":
            rows = [[f"{number}{tail}", "của một bảng rất dài " * 9] for number in range(5_000)]
            return [{"type": "table", "header": None, "rows": rows}]
        if kind == "cells":
            return [
                {"type": "table", "header": None, "rows": [[f"{n}{tail}" for n in range(9_000)]]}
            ]
        return [items(*[f"{number}{tail} " + "của " * 50 for number in range(5_000)])]

    began = process_time()
    found = difference(version(""), [paragraph("mới"), *version("x")])
    assert process_time() - began < 5
    assert found


def test_the_page_shows_cells_and_items(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    before = [TABLE, items("một", "hai")]
    after = [TABLE | {"rows": [["Nà Lùng", "215"], *TABLE["rows"][1:]]}, items("một", "ba")]
    url = "http://huyen.localhost/bang.html"
    with write_transaction(db):
        row = insert_article(db, "huyen", Article(url=url, paragraphs=["cũ"]), MOMENT)
        revise_article(db, row, Article(url=url, paragraphs=["mới"]), MOMENT, None)
        db.execute("UPDATE articles SET blocks = ?", [json.dumps(after)])
        db.execute("UPDATE revisions SET blocks = ?", [json.dumps(before)])
    with Browsing(tmp_path / "tinhuyen.db") as browsing:
        page = shown(f"{browsing.url}/articles/{row}/compare")
        assert texts(page, "//td/del") == ["bỏ đi:210"]
        assert texts(page, "//td/ins") == ["thêm vào:215"]
        assert texts(page, "//li/del") == ["bỏ đi:hai"]
        assert texts(page, "//th") == ["Xã", "Hộ"]
        with write_transaction(db):
            db.execute("UPDATE revisions SET blocks = '[]'")
        plain = shown(f"{browsing.url}/articles/{row}/compare")
        assert texts(plain, "//div[@class='difference']/p/del") == ["bỏ đi:cũ"]
