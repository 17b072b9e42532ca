"""Entries ``[[watch]]``: errors name the entry, the key and what is near."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraper.base.errors import UsageError
from scraper.base.watch import Watch
from scraper.config.configuration import load_configuration
from scraper.config.registry import load_catalogue
from scraper.config.watches import unknown_sources

GOOD = '[[watch]]\nname = "Nước"\nwords = "nước sạch"\n\n'


@pytest.mark.parametrize(
    ("entry", "line", "told"),
    [
        ('name = "Đất"\nwrods = "x"\n', 7, "number 2 ('Đất'): unknown key `wrods`"),
        ('name = "Đất"\nwrods = "x"\n', 7, "`wrods`, did you mean `words`?; allowed: name, words,"),
        ('name = "a/b"\nwords = "x"\n', 6, "number 2 ('a/b'): `name` = 'a/b'"),
        ('name = "Đất"\n', 5, "number 2 ('Đất'): names nothing to look for"),
        ('words = "x"\n', 5, "number 2: `name` is missing"),
        ('name = "Đất"\nwords = 3\n', 7, "number 2 ('Đất'): `words` = 3"),
        ('name = "Đất"\nwords = " … "\n', 7, "`words` = ' … ': has no word"),
        ('name = "Đất"\nplaces = ["!"]\n', 7, "names no place"),
        ('name = "Đất"\nwords = "x"\nalerts = ["geheim", 3]\n', 8, "`alerts.1`: input should"),
        ('name = "nước"\nwords = "x"\n', 1, "two entries have the name 'nước'"),
    ],
)
def test_a_wrong_entry_is_named_with_its_key_and_line(
    tmp_path: Path, entry: str, line: int, told: str
) -> None:
    file = tmp_path / "tinhuyen.toml"
    file.write_text(f"{GOOD}[[watch]]\n{entry}")
    with pytest.raises(UsageError) as error:
        load_configuration(file, {}, {})
    assert str(error.value).startswith(f"{file}:{line}: ")
    assert told in str(error.value)
    assert str(error.value).count("did you mean") <= 1
    assert "geheim" not in str(error.value)


@pytest.mark.parametrize("text", ["watch = 3\n", '[watch]\nname = "x"\n', 'watch = "x"\n'])
def test_what_is_no_list_of_entries_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "tinhuyen.toml").write_text(text)
    with pytest.raises(UsageError, match=r"tinhuyen\.toml:1: `watch`"):
        load_configuration(tmp_path / "tinhuyen.toml", {}, {})


def test_one_text_stands_for_a_list_and_names_are_normalised(tmp_path: Path) -> None:
    (tmp_path / "tinhuyen.toml").write_text(
        '[[watch]]\nname = " Nước  sạch"\nplaces = "Hàm Yên"\nsources = "hamyen"\n'
        'alerts = "json://127.0.0.1/x"\n'
    )
    [watch] = load_configuration(tmp_path / "tinhuyen.toml", {}, {}).watch
    assert watch.name == "Nước sạch"
    assert (watch.places, watch.sources) == (("Hàm Yên",), ("hamyen",))
    assert "json" not in repr(watch)


def test_an_unknown_source_is_named_with_the_nearest(tmp_path: Path) -> None:
    catalogue = load_catalogue(tmp_path / "sources.toml")
    watches = [
        Watch(name="Nước", sources=("hamyem", "demo")),
        Watch(name="Đất", sources=("hamyen",)),
    ]
    [problem] = unknown_sources(watches, catalogue, stored=("demo",))
    assert problem.startswith("[[watch]] 'Nước': `sources`: no source `hamyem`: did you mean")
    assert "hamyen" in problem
