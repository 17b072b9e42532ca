"""Lines that commands put together, in Vietnamese: no English word of theirs is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.article import Article
from scraper.base.messages import speak
from scraper.command_line import main
from tests.scraper.stores import keep_article, new_database

ENGLISH = {"last", "run", "next", "new", "are", "is", "fetched", "nothing", "wrong", "with", "past"}


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database with an article, and a configuration of its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("TINHUYEN_HOME", str(tmp_path))
    monkeypatch.setenv("TINHUYEN_LANG", "vi")
    db = new_database(tmp_path)
    keep_article(db, Article(title="Tin", paragraphs=["Một"]))
    db.close()
    yield
    speak("en")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("status",), "lượt tới: daemon không chạy"),
        (("sources", "show", "hamyen"), "Ảnh: có tải về"),
        (("sources", "disable", "hamyen"), "hamyen đã tắt"),
        (("config", "check"), "không có gì sai"),
        (("watch", "test", "--words", "cam"), "0 bài trong 30 ngày qua"),
        (("service", "uninstall", "--user"), "không có đơn vị systemd nào trong"),
        (("service", "install", "--user", "--dry-run"), "Hãy đặt `contact` trong"),
    ],
)
def test_composed_lines_are_vietnamese(
    arguments: tuple[str, ...], line: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    text = capsys.readouterr().out
    assert line in text
    prose = [each for each in text.splitlines() if ": " in each and not each.startswith("    ")]
    words = {word.strip(",;()") for each in prose for word in each.split()}
    assert words & ENGLISH == set()


def test_a_missing_database_is_told_with_its_next_step(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit):
        main(("--db", str(tmp_path / "none.db"), "status"))
    assert "hãy chạy `tinhuyen crawl` hoặc `tinhuyen demo` trước" in capsys.readouterr().err


def test_a_wrong_value_is_told_with_what_is_allowed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text('contct = "x"\ndelay = -1\npassword = 3\n')
    with pytest.raises(SystemExit):
        main(("--config", str(file), "config", "check"))
    text = capsys.readouterr().out
    assert "`delay` = -1: phải từ 2 trở lên" in text
    assert "`password`: phải là chữ trong ngoặc kép" in text
    assert "không có khóa `contct`, có phải `contact` không?; được dùng: " in text
