"""The command line in the language of its reader, which JSON and exit codes never depend on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scraper.base.messages import speak
from scraper.command_line import main
from scraper.config.reader_language import reader_language


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """A house of its own, without a language."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "TINHUYEN_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("TINHUYEN_HOME", str(tmp_path / "home"))
    yield
    speak("en")


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ((), {}, "en"),
        ((), {"LANG": "vi_VN.UTF-8"}, "vi"),
        ((), {"LANG": "vi"}, "vi"),
        ((), {"LANG": "vi.UTF-8"}, "vi"),
        ((), {"LANG": "vie"}, "en"),
        ((), {"LC_ALL": "C", "LANG": "vi_VN"}, "en"),
        ((), {"LC_ALL": "", "LC_MESSAGES": "vi_VN", "LANG": "en_US"}, "vi"),
        ((), {"LC_ALL": "vi_VN", "TINHUYEN_LANG": "en"}, "en"),
        (("--lang", "vi"), {"TINHUYEN_LANG": "en"}, "vi"),
        (("status", "--lang=en"), {"LANG": "vi_VN"}, "en"),
        (("search", "--", "--lang", "vi"), {}, "en"),
        (("--lang",), {"LANG": "vi_VN"}, "vi"),
        (("--lang", "fr"), {"LANG": "vi_VN"}, "vi"),
    ],
)
def test_the_nearest_choice_wins(
    arguments: tuple[str, ...], environment: dict[str, str], language: str
) -> None:
    assert reader_language(arguments, environment) == language


def test_the_configuration_comes_before_the_locale(tmp_path: Path) -> None:
    folder = tmp_path / "tinhuyen"
    folder.mkdir()
    (folder / "tinhuyen.toml").write_text('lang = "vi"\n')
    assert reader_language((), {"LANG": "en_US"}) == "vi"
    assert reader_language((), {"TINHUYEN_LANG": "en"}) == "en"
    other = tmp_path / "other.toml"
    other.write_text('lang = "en"\n')
    assert reader_language(("--config", str(other)), {"LANG": "vi_VN"}) == "en"
    other.write_text("not TOML [")
    assert reader_language(("--config", str(other)), {"LANG": "vi_VN"}) == "vi"


def test_help_is_in_the_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--lang", "vi", "crawl", "--help") == 0
    text = capsys.readouterr().out
    assert "Cách dùng: tinhuyen crawl" in text
    assert "Không lấy bài cũ hơn ngày này." in text
    assert "Options" not in text
    assert run("crawl", "--help") == 0
    assert "Usage: tinhuyen crawl" in capsys.readouterr().out


@pytest.mark.parametrize("group", ["sources", "archive"])
def test_the_verbs_of_a_group_are_told_in_the_language(
    group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--lang", "vi", group, "--help")
    text = capsys.readouterr().out
    assert "Các lệnh:" in text
    assert "..." not in text.partition("Các lệnh:")[2]


@pytest.mark.parametrize(
    ("arguments", "code", "vietnamese"),
    [
        (("crawl", "--nope"), 2, "Lỗi: Không có tùy chọn"),
        (("nope",), 2, "Lỗi: Không có lệnh"),
        (("crawl", "--since", "hôm qua"), 2, "không phải là ngày"),
        (("search",), 2, "Thiếu đối số"),
        (("browse", "--port", "99999"), 2, "nằm ngoài khoảng"),
        (("status",), 1, "không có cơ sở dữ liệu ở"),
        (("runs", "7"), 1, "không có cơ sở dữ liệu ở"),
        (("extract", "nowhere.html"), 1, "hãy nêu tệp đọc được"),
        (("sources", "show", "nope"), 2, "không có nguồn `nope`"),
        (("--config", "nowhere.toml", "status"), 2, "không có tệp cấu hình ở"),
    ],
)
def test_errors_are_told_in_the_language_with_the_same_exit_code(
    arguments: tuple[str, ...], code: int, vietnamese: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--lang", "vi", *arguments) == code
    assert vietnamese in capsys.readouterr().err
    assert run(*arguments) == code
    assert vietnamese not in capsys.readouterr().err


def test_tables_have_their_headings_and_words_in_the_language(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run("sources", "list", "--lang", "vi")
    text = capsys.readouterr().out
    assert text.startswith("Tên ngắn")
    assert "Cấp" in text
    assert not {"True", "False", "unknown"} & set(text.split())


def test_json_is_the_same_in_any_language(capsys: pytest.CaptureFixture[str]) -> None:
    run("--json", "sources", "list")
    english = json.loads(capsys.readouterr().out)
    run("--json", "--lang", "vi", "sources", "list")
    assert json.loads(capsys.readouterr().out) == english


def test_a_wrong_language_is_an_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("--lang", "fr", "sources", "list") == 2
    assert "fr" in capsys.readouterr().err
    monkeypatch.setenv("TINHUYEN_LANG", "fr")
    assert run("status") == 2
    assert "TINHUYEN_LANG" in capsys.readouterr().err
