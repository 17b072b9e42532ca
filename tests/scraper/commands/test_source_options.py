"""The filters on the command line: what they select, and what is said if that is nothing."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.article import Article
from scraper.base.atomic_file import atomic_write
from scraper.base.errors import UsageError
from scraper.base.source import Level, Source, State
from scraper.command_line import tinhuyen
from scraper.commands.source_options import LEVELS, STATES
from scraper.store.database import open_database, write_transaction
from scraper.store.source_life import set_state
from scraper.store.sources import sync_sources
from tests.scraper.stores import MOMENT, keep_article

Call = Callable[..., str]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """A command with a database of two crawled sources, and a file of the user's own."""
    config = tmp_path / "tinhuyen.toml"
    config.write_text("")
    database = tmp_path / "data" / "tinhuyen.db"
    xa = Source(slug="xa", name="Xã", home_url="https://xa.example/", level=Level.COMMUNE,
                province="Tuyên Quang")  # fmt: skip
    bao = Source(slug="bao", name="Báo", home_url="https://bao.example/", level=Level.NEWSPAPER,
                 province="Huế")  # fmt: skip
    with closing(open_database(database)) as db:
        sync_sources(db, [xa, bao])
        for slug in ("xa", "bao"):
            keep_article(db, Article(title=f"Tin của {slug}", paragraphs=["nước sạch"]), slug)
        with write_transaction(db):
            set_state(db, "trungmon-tuyenquang", State.DEAD, MOMENT)
            set_state(db, "xa", State.LIVE, MOMENT)

    def called(*words: str) -> str:
        options = ["--config", str(config), "--db", str(database), "--lang", "en"]
        result = CliRunner().invoke(tinhuyen, [*options, *words], standalone_mode=False)
        if result.exception is not None:
            raise result.exception
        assert result.return_value in (None, 0)
        return result.stdout

    return called


@pytest.fixture
def own(tmp_path: Path) -> Callable[[], dict[str, dict[str, object]]]:
    file = tmp_path / "sources.toml"
    return lambda: tomllib.loads(file.read_text("utf-8")) if file.exists() else {}


def test_the_choices_are_those_of_the_model() -> None:
    assert tuple(LEVELS) == tuple(level.value for level in Level)
    assert tuple(STATES) == tuple(state.value for state in State)


def test_sources_are_listed_by_filters(call: Call) -> None:
    listed = json.loads(call("--json", "sources", "list", "--enabled"))
    assert {row["slug"] for row in listed} == {"baohagiang", "baotuyenquang", "tuyenquang"}
    listed = json.loads(
        call("--json", "sources", "list", "--province", "ha giang", "--level", "newspaper")
    )
    assert [row["slug"] for row in listed] == ["baohagiang"]


@pytest.mark.parametrize("switch", ["enable", "disable"])
def test_nothing_is_switched_without_names_and_filters(
    call: Call, own: Callable[[], object], switch: str
) -> None:
    with pytest.raises(UsageError, match="which sources"):
        call("sources", switch)
    with pytest.raises(UsageError, match="not both"):
        call("sources", switch, "hamyen", "--level", "commune")
    assert not own()


def test_hundreds_are_enabled_in_one_write(
    call: Call,
    own: Callable[[], dict[str, dict[str, object]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[Path] = []

    def counted(path: Path) -> object:
        written.append(path)
        return atomic_write(path)

    monkeypatch.setattr("scraper.config.registry.atomic_write", counted)
    filters = ["--province", "Tuyen Quang", "--level", "commune"]
    done = json.loads(call("--json", "sources", "enable", *filters))
    assert len(done["changed"]) > 150
    assert done["unchanged"] == []
    assert own() == {slug: {"enabled": True} for slug in done["changed"]}
    assert len(written) == 1
    already = f"enabled already: {len(done['changed'])} sources"
    assert already in call("sources", "enable", *filters)
    assert len(written) == 1
    call("sources", "disable", *filters)
    assert {entry["enabled"] for entry in own().values()} == {False}


def test_several_names_are_switched_and_one_unknown_changes_nothing(
    call: Call, own: Callable[[], dict[str, dict[str, object]]]
) -> None:
    with pytest.raises(UsageError, match="did you mean hamyen"):
        call("sources", "enable", "hamyen", "hamyem")
    assert not own()
    assert call("sources", "enable", "hamyen", "hagiang").startswith("2 sources enabled")
    assert own() == {"hamyen": {"enabled": True}, "hagiang": {"enabled": True}}


def test_search_export_status_and_reprocess_take_filters(call: Call) -> None:
    here, elsewhere = ["--province", "Tuyên Quang", "--level", "commune"], ["--province", "Huế"]
    found = json.loads(call("--json", "search", "nước sạch", *here))
    assert [row["source"] for row in found] == ["xa"]
    found = json.loads(call("--json", "search", "nước sạch", *elsewhere))
    assert [row["source"] for row in found] == ["bao"]
    rows = [json.loads(line) for line in call("export", *here).splitlines()]
    assert [row["source"] for row in rows] == ["xa"]
    shown = json.loads(call("--json", "status", *elsewhere))
    assert [row["source"] for row in shown["sources"]] == ["bao"]
    shown = json.loads(call("--json", "status", "--state", "live"))
    assert [row["source"] for row in shown["sources"]] == ["xa"]
    call("reprocess", "--dry-run", *here)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sources", "list", "--province", "Huế", "--enabled"], "see `tinhuyen sources list`"),
        (["sources", "list", "--province", "Tuyên Quan"], "did you mean Tuyên Quang"),
        (["sources", "check", "--state", "hijacked"], "no source fits --state hijacked"),
        (["crawl", "--province", "Huế"], "`tinhuyen sources enable --province 'Huế'` enables"),
        (["crawl", "--province", "Huế", "hamyen"], "not both"),
        (["search", "nước", "--province", "Cà Mau"], "no source that is crawled fits"),
        (["export", "--level", "district"], "no source that is crawled fits"),
        (["status", "--province", "Cà Mau"], "no source that is crawled fits"),
        (["reprocess", "--platform", "drupal"], "no source that is crawled fits"),
        (["sources", "list", "--platform", "nukevit"], "unknown platform"),
    ],
    ids=" ".join,
)
def test_a_filter_that_selects_nothing_says_so(call: Call, words: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        call(*words)
