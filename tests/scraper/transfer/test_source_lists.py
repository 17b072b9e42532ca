"""Sources as OPML and CSV: nothing is lost on the way out and back, and bad files are refused."""

from __future__ import annotations

import csv
import io
import json
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.base.errors import TinhuyenError, UsageError
from scraper.base.source import Layout, Level, ListPage, More, Source, State
from scraper.command_line import tinhuyen
from scraper.config.registry import Catalogue, load_catalogue
from scraper.transfer.opml import read_opml, write_opml
from scraper.transfer.source_cells import KEYS, guarded, unguarded
from scraper.transfer.source_csv import read_csv, write_csv
from scraper.transfer.source_files import read_source_list
from scraper.transfer.source_import import ImportPlan, plan_import
from scraper.transfer.source_lists import SourceList

FULL = Source(
    slug="xa-mot",
    name='=HYPERLINK("x"; "Xã Một"); +cmd|calc\n– "Ngoặc" & <b>',
    home_url="http://mot.localhost/cong/",
    level=Level.COMMUNE,
    province="Tuyên Quang",
    district="Hàm Yên",
    former_province="Hà Giang",
    unit_code="00694",
    platform="nukeviet",
    enabled=False,
    state=State.MOVED,
    confirmed=True,
    aliases=("www.mot.localhost", "[::1]"),
    file_hosts=("[::1]",),
    filed_under="https://cu.localhost/",
    lists=(ListPage(url="/tin tuc/"), ListPage(url="/tim", formdata={"q": "é;,", "n": "2"})),
    feeds=("/rss", "http://mot.localhost/rss/hai.xml"),
    sitemaps=("/sitemap.xml",),
    more=(More(url="/ajax?p={page}", formdata={"a": "é;,"}, list="/tin"),),
    delay=2.5,
    verify_tls=False,
    at=time(5, 30),
    layouts=(Layout(body="div.a, div.b", until="2025-07-01"), Layout(title="h1")),
    keep=("Đây là một đoạn;=1+1*", "'-hai"),
    photos=False,
    attachments=False,
    note="'=một\n\tdòng hai",
    evidence="@danh sách",
)
PLAIN = Source(slug="hai", name="Hai", home_url="http://hai.localhost/")
WRITERS = {"opml": write_opml, "csv": write_csv}


def file_of(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "list"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def planned(listed: SourceList, *known: Source) -> ImportPlan:
    return plan_import(listed, Catalogue({source.slug: source for source in known}))


def sources_of(plan: ImportPlan) -> list[Source]:
    return [change.source for change in plan.changes]


@pytest.mark.parametrize("form", WRITERS)
def test_nothing_is_lost_on_the_way_out_and_back(tmp_path: Path, form: str) -> None:
    assert all(getattr(FULL, key) != field.default for key, field in Source.model_fields.items())
    out = io.BytesIO()
    WRITERS[form]([FULL, PLAIN], out)
    listed = read_source_list(file_of(tmp_path, out.getvalue()))
    assert sources_of(planned(listed)) == [FULL, PLAIN]
    again = planned(listed, FULL, PLAIN)
    assert (again.changes, again.same, again.refused) == ([], 2, [])
    opposite = FULL.model_copy(update={"enabled": True, "photos": True, "state": State.UNKNOWN})
    assert sources_of(planned(listed, opposite, PLAIN)) == [FULL]


@pytest.mark.parametrize("form", WRITERS)
def test_an_import_writes_the_same_entries_once(tmp_path: Path, form: str) -> None:
    out = io.BytesIO()
    WRITERS[form]([FULL, PLAIN], out)
    path = file_of(tmp_path, out.getvalue())
    (tmp_path / "sources.toml").write_text('# mine\n[ba]\nname = "Ba"\nhome_url = "http://b/"\n')
    run = imported(tmp_path, path, "--yes")
    assert run.exit_code == 0, run.output
    catalogue = load_catalogue(tmp_path / "sources.toml")
    assert [catalogue.sources[slug] for slug in ("xa-mot", "hai")] == [FULL, PLAIN]
    written = (tmp_path / "sources.toml").read_text()
    assert written.startswith("# mine\n[ba]")
    assert imported(tmp_path, path, "--yes").exit_code == 0
    assert (tmp_path / "sources.toml").read_text() == written


def imported(tmp_path: Path, path: Path, *options: str) -> Result:
    config = tmp_path / "tinhuyen.toml"
    config.touch()
    words = ["--config", str(config), "sources", "import", str(path), *options]
    return CliRunner().invoke(tinhuyen, words, standalone_mode=False)


def test_the_shipped_catalogue_survives_both_forms(tmp_path: Path) -> None:
    shipped = load_catalogue(tmp_path / "sources.toml")
    for form in WRITERS:
        config = str(tmp_path / "tinhuyen.toml")
        options = ["--config", config, "sources", "export", "--format", form]
        run = CliRunner().invoke(tinhuyen, [*options, "-o", str(tmp_path / form)])
        assert run.exit_code == 0, run.output
        plan = plan_import(read_source_list(tmp_path / form), shipped)
        assert (plan.changes, plan.refused) == ([], [])
        assert plan.same == len(shipped.sources)


OTHERS = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE opml>
<opml version="1.0"><head><title>Của tôi</title></head><body>
<outline text="Tỉnh Tuyên Quang"><outline text="Báo" foo="bar">
<outline text="Báo &amp; đài" type="RSS" xmlUrl="http://bao.localhost/thoi-su.rss"
  htmlUrl="http://bao.localhost/" description="gì đó"/>
<outline text="Kinh tế" type="rss" xmlUrl="http://bao.localhost/kinh-te.rss" htmlUrl="http://bao.localhost/"/>
</outline></outline>
<outline text="Không nhà" xmlUrl="http://khong.localhost:8080/rss?a=1&amp;b=2"/>
<outline text="Hai mới" xmlUrl="http://hai.localhost/rss" htmlUrl="http://www.hai.localhost"/>
<outline text="Khác" xmlUrl="http://mot.localhost/rss" htmlUrl="http://khac.localhost/"/>
<outline text="Nguy" xmlUrl="javascript:alert(1)"/>
<outline text="Tệp" xmlUrl="file:///etc/passwd" htmlUrl="file:///etc/passwd"/>
<outline text="Nơi khác" type="include" url="http://a.localhost/b.opml"/>
<outline text="Trống"/>
</body></opml>"""


def test_the_list_of_another_program_adds_sources_and_feeds_and_overwrites_nothing() -> None:
    plan = planned(read_opml(OTHERS.encode()), FULL, PLAIN)
    bao, khong = (change.source for change in plan.new)
    assert (bao.name, bao.province, bao.level) == ("Báo & đài", "Tuyên Quang", Level.NEWSPAPER)
    assert bao.feeds == ("http://bao.localhost/thoi-su.rss", "http://bao.localhost/kinh-te.rss")
    assert khong.home_url == "http://khong.localhost:8080/"
    (hai,) = plan.changed
    assert hai.values == {"feeds": ["http://hai.localhost/rss"]}
    assert plan.same == 1  # its feed is one of the first source
    assert [(each.line, each.name) for each in plan.refused] == [
        (12, "Nguy"), (13, "Tệp"), (14, "Nơi khác"), (15, "Trống"),
    ]  # fmt: skip


BOMB = b'<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><opml><body/></opml>'
EXTERNAL = b'<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml text="x">&a;</opml>'
DEEP = b"<opml>" + b"<outline text='a'>" * 100


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BOMB, "line 1: the file declares entities"),
        (EXTERNAL, "line 1: the file declares entities"),
        (BOMB.decode().encode("utf-16"), "line 1: the file declares entities"),
        (b"<opml>\n<body><outline a=1/>", "line 2: not well-formed"),
        (b"<opml><body>", "no element found"),
        (b"<html><body/></html>", "<html> is no OPML"),
        (DEEP, "more than 32 outlines"),
        (b"", "no column home_url"),
        (b"\0\0\0", "no column home_url"),
        (b"%PDF-1.7", "no column home_url"),
        ("Tên;Địa chỉ\nA;B\n".encode(), "no column home_url"),
        ("name,home_url\nXã\n".encode("latin-1"), "line 2: is not utf-8"),
        (b'name,home_url\n"a,b\n', "line 2: unexpected end of data"),
        (b"home_url,name,name\n", "two columns name"),
        (b"home_url\n" + b"http://a/\n" * 20_001, "more than 20000 sources"),
        (b"home_url\n" + b"a" * 16 * 1024**2, "more than 16777216 bytes"),
    ],
    ids=range(16),
)
def test_a_file_that_is_no_list_is_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = file_of(tmp_path, content)
    with pytest.raises(UsageError) as caught:
        read_source_list(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


ROWS = [
    ["Home_URL ", "name", "unit_code", "level", "delay", "at", "enabled", "Tỉnh", "feeds"],
    ["http://mot.localhost/", "Xa\u0303 Một", "694", "xã", "2,5", "5:30", "FALSE", "x", "/a /b"],
    ["http://tinh.localhost/", "Tỉnh", "8", "province", "", "", "TRUE", "", ""],
]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("head", ["", "sep="])
def test_csv_is_read_as_excel_writes_it(
    tmp_path: Path, separator: str, encoding: str, head: str
) -> None:
    text = io.StringIO()
    text.write(f"{head}{separator}\r\n" if head else "")
    csv.writer(text, delimiter=separator).writerows(ROWS)
    listed = read_source_list(file_of(tmp_path, text.getvalue().encode(encoding)))
    assert listed.ignored == ["tỉnh"]
    mot, tinh = sources_of(planned(listed))
    assert (mot.name, mot.unit_code, mot.level) == ("Xã Một", "00694", Level.COMMUNE)
    assert (mot.delay, mot.at, mot.enabled, mot.feeds) == (2.5, time(5, 30), False, ("/a", "/b"))
    assert (tinh.unit_code, tinh.enabled) == ("08", True)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("ftp://a.localhost/,A,,", "`home_url` = 'ftp://a.localhost/': must be an address"),
        (",A,,", "`home_url` is missing"),
        ("http://a.localhost/,A,huyen,", "`level` = 'huyen': input should be 'district'"),
        ("http://a.localhost/,A\x1b[2J,,", "`name`: control character '\\x1b'"),
        ("http://a.localhost/,A,,[1", "`keep`: is no list in JSON"),
        ("http://a.localhost/,A,,,x", "more cells than columns"),
        (f"http://a.localhost/,{'A' * 201},,", "`name` = 'AAA"),
    ],
)
def test_a_row_that_is_refused_has_its_line_and_loses_no_other(row: str, reason: str) -> None:
    good = "http://b.localhost/,B,,"
    content = f'home_url,name,level,keep\n"http://c.localhost/","C\nC",,\n{row}\n{good}\n{good}\n'
    plan = planned(read_csv(content.encode()))
    assert [source.name for source in sources_of(plan)] == ["C\nC", "B"]
    refused, twice = plan.refused
    assert "\x1b" not in refused.name
    assert len(refused.name) <= 80
    assert (refused.line, refused.reason[: len(reason)]) == (4, reason)
    assert (twice.line, twice.reason) == (6, "the same source as line 5")


def test_a_malformed_address_is_refused_alone() -> None:
    outlines = (
        '<outline text="A" xmlUrl="http://[x/rss"/>'
        '<outline text="B" xmlUrl="http://[x/rss" htmlUrl="http://b.localhost/"/>'
        '<outline text="C" xmlUrl="http://c.localhost/rss"/>'
    )
    odd = PLAIN.model_copy(update={"feeds": ("http://[hai/rss",)})
    plan = planned(read_opml(f"<opml><body>{outlines}</body></opml>".encode()), odd)
    assert [source.name for source in sources_of(plan)] == ["C"]
    assert [each.name for each in plan.refused] == ["A", "B"]


def test_a_home_page_a_slug_and_a_feed_say_which_source_is_meant() -> None:
    rows = [
        ["slug", "home_url", "name", "feeds"],
        ["", "https://www.hai.localhost", "Tên mới", ""],
        ["xa-mot", "http://moi.localhost/", "", ""],
        ["hai", "http://mot.localhost/cong", "", ""],
    ]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    plan = planned(read_csv(text.getvalue().encode()), FULL, PLAIN)
    hai, mot = plan.changed
    assert hai.values == {"name": "Tên mới"}
    assert mot.values == {"home_url": "http://moi.localhost/"}
    assert [each.line for each in plan.refused] == [4]


cells = st.text(st.sampled_from("=+-@'; |\t\n\ra(1＝")) | st.text()


@given(cells)
@settings(max_examples=400, deadline=None)
def test_a_guarded_cell_is_no_formula_and_is_read_back(text: str) -> None:
    from scraper.transfer.formulas import without_formula

    cell = guarded(text)
    assert unguarded(cell) == text
    assert without_formula(cell) == cell


def test_a_spreadsheet_gets_no_formula() -> None:
    out = io.BytesIO()
    write_csv([FULL], out)
    header, row = csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig")))
    assert tuple(header) == KEYS
    assert row[KEYS.index("name")].startswith("'=HYPERLINK(")
    assert row[KEYS.index("evidence")] == "'@danh sách"


@pytest.mark.parametrize("form", WRITERS)
def test_a_list_of_5000_sources_is_planned_in_linear_time(form: str) -> None:
    from time import process_time

    many = [
        PLAIN.model_copy(update={"slug": f"s{n}", "home_url": f"http://s{n}.localhost/"})
        for n in range(5_000)
    ]
    out = io.BytesIO()
    WRITERS[form](many, out)
    start = process_time()
    reader: Any = read_opml if form == "opml" else read_csv
    listed = reader(out.getvalue())
    assert planned(listed, *many).same == 5_000
    assert process_time() - start < 10


def test_a_shipped_source_that_is_renamed_and_moved_stays_disabled(tmp_path: Path) -> None:
    shipped = load_catalogue(tmp_path / "sources.toml").sources
    slug, source = next((slug, one) for slug, one in shipped.items() if not one.enabled)
    moved = source.model_copy(update={"name": "Tên mới", "home_url": "http://moi.localhost/"})
    out = io.BytesIO()
    write_csv([moved], out)
    assert imported(tmp_path, file_of(tmp_path, out.getvalue()), "--yes").exit_code == 0
    assert load_catalogue(tmp_path / "sources.toml").sources[slug] == moved


def test_an_export_is_filtered(tmp_path: Path) -> None:
    options = ["--config", str(tmp_path / "tinhuyen.toml"), "sources", "export", "--format", "csv"]
    run = CliRunner().invoke(tinhuyen, [*options, "--province", "Cà Mau", "--level", "province"])
    found = list(csv.DictReader(io.StringIO(run.stdout.removeprefix("\ufeff"))))
    assert found
    assert {(row["province"], row["level"]) for row in found} == {("Cà Mau", "province")}


@pytest.mark.parametrize("form", ["opml", "csv"])
def test_an_export_says_that_it_holds_a_password(tmp_path: Path, form: str) -> None:
    own = tmp_path / "sources.toml"
    own.write_text('[x]\nname = "X"\nhome_url = "https://tôi:mật@x.vn/"\nlevel = "other"\n')
    options = ["--config", str(tmp_path / "tinhuyen.toml"), "sources", "export", "--format", form]
    exported = CliRunner().invoke(tinhuyen, [*options, "--level", "other"])
    assert "the list holds a password" in exported.stderr
    without = CliRunner().invoke(tinhuyen, [*options, "--level", "province"])
    assert "password" not in without.stderr


def test_an_import_asks_and_shows_before_it_writes(tmp_path: Path) -> None:
    path = file_of(tmp_path, "home_url;verify_tls\nhttp://127.0.0.1:9/;false\nx\n")
    dry = imported(tmp_path, path, "--dry-run", "--json")
    assert dry.return_value == 3
    shown = json.loads(dry.stdout)
    assert [one["slug"] for one in shown["new"]] == ["127-0-0-1-9"]
    assert [one["line"] for one in shown["refused"]] == [3]
    unasked = imported(tmp_path, path)
    assert "give --yes" in str(unasked.exception)
    assert not (tmp_path / "sources.toml").exists()
    done = imported(tmp_path, path, "--yes")
    assert "is in your own network" in done.output
    assert "verify_tls = false" in done.output
    assert "127-0-0-1-9" in load_catalogue(tmp_path / "sources.toml").sources


def test_an_import_names_codes_that_no_unit_has(tmp_path: Path) -> None:
    rows = "http://mot.localhost/,00694\nhttp://hai.localhost/,99999\nhttp://ba.localhost/,H074\n"
    done = imported(tmp_path, file_of(tmp_path, f"home_url,unit_code\n{rows}"), "--dry-run")
    assert done.output.count("no unit has the code") == 1
    assert "no unit has the code 99999" in done.output


def test_an_import_names_provinces_that_do_not_exist_with_the_nearest_names(tmp_path: Path) -> None:
    rows = (
        "http://mot.localhost/,Tuyen Quagn,\nhttp://hai.localhost/,tuyen quang,Hà Giang\n"
        "http://ba.localhost/,Hà Giang,Ha Gianh\nhttp://bon.localhost/,Atlantis,\n"
    )
    path = file_of(tmp_path, f"home_url,province,former_province\n{rows}")
    done = imported(tmp_path, path, "--dry-run")
    assert done.output.count("no province") == 3
    assert "no province `Tuyen Quagn`: did you mean Tuyên Quang" in done.output
    assert "no province `Ha Gianh`: did you mean" in done.output
    assert "no province `Atlantis`: see `tinhuyen sources coverage`" in done.output


def test_a_registry_that_changed_meanwhile_is_not_written(tmp_path: Path) -> None:
    from scraper.transfer.source_import import write_import

    listed = read_csv(b"home_url\nhttp://a.localhost/\n")
    user_file = tmp_path / "sources.toml"
    agreed = plan_import(listed, load_catalogue(user_file))
    other = '[a-localhost]\nname = "A"\nhome_url = "http://b.localhost/"\n'
    user_file.write_text(other)
    with pytest.raises(UsageError, match="changed meanwhile"):
        write_import(user_file, listed, agreed)
    assert user_file.read_text() == other


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    run = imported(tmp_path, tmp_path / "none.opml", "--yes")
    assert isinstance(run.exception, TinhuyenError)
    assert "none.opml: No such file" in str(run.exception)
