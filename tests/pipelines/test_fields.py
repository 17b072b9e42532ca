"""The one table of an article's fields, against what is made from it by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipelines.article import COLUMNS, FIELDS, Article, Field, Use, names_of
from scraper.store.database import open_database

METADATA = Path(__file__).parents[2] / "scraper" / "browse" / "metadata.yaml"


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_an_article_has_every_field(field: Field) -> None:
    assert hasattr(Article(), field.name)


def test_the_tables_have_a_column_for_every_field_that_is_stored(tmp_path: Path) -> None:
    db = open_database(tmp_path / "tinhuyen.db")
    types = {column.name: column.type for column in db["articles"].columns}
    assert {field.name: types.get(field.name) for field in FIELDS if field.sql} == {
        field.name: field.sql for field in FIELDS if field.sql
    }
    assert set(names_of(Use.REVISIONED)) <= set(db["revisions"].columns_dict)


def test_every_stored_field_is_described_in_both_languages() -> None:
    described = yaml.safe_load(METADATA.read_text("utf-8"))["database"]["tables"]["articles"]
    for name in COLUMNS:
        assert set(described["columns"].get(name, {})) == {"vi", "en"}, name


def test_the_json_of_an_empty_article_has_every_exported_key_and_no_value() -> None:
    article = Article().as_json()
    assert tuple(article) == names_of(Use.EXPORTED)
    assert {name for name, value in article.items() if value} == {"kind"}
