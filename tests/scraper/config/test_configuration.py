"""Configuration and catalogue: rising order of layers, and errors that say where and what."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.base.errors import UsageError
from scraper.config.configuration import Configuration, load_configuration
from scraper.config.registry import load_catalogue, register, remove_source, write_source


def test_flags_win_over_environment_over_file(tmp_path: Path) -> None:
    file = tmp_path / "tinhuyen.toml"
    file.write_text('contact = "file@example.org"\nmax_pages = 10\nworkers = 3\n')
    environment = {"TINHUYEN_MAX_PAGES": "20", "TINHUYEN_WORKERS": "4"}
    configuration = load_configuration(file, environment, {"workers": 5})
    assert configuration.contact == "file@example.org"
    assert configuration.max_pages == 20
    assert configuration.workers == 5


@pytest.mark.fault(71)
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('home = "~nobody-here/x"\n', "tinhuyen.toml:1: `home` = '~nobody-here/x'"),
        ('contact = "x@example.org"\ndelay = 0.5\n', "tinhuyen.toml:2: `delay` = 0.5"),
        ("\ncolour = 1\n", "tinhuyen.toml:2: unknown key `colour`; allowed: home, db, contact"),
        ('contact = "nobody"\n', "`contact` = 'nobody'"),
        ("delay = \n", "fix the file"),
        (f"delay = {'9' * 5_000}\n", "fix the file"),
        (f"watch = {'[' * 5_000}{']' * 5_000}\n", "fix the file"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "tinhuyen.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as error:
        load_configuration(file, {}, {})
    assert told in str(error.value)
    assert error.value.exit_code == 2


def test_the_ages_of_articles_are_set_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "tinhuyen.toml"
    file.write_text("revisit = [[1, 6], [30, 48]]\nsweep_days = 7\n")
    policy = load_configuration(file, {}, {}).revisit_policy
    day = timedelta(days=1)
    assert policy.ages == ((day, timedelta(hours=6)), (30 * day, 2 * day))
    assert policy.full_rescan == 7 * day


def test_a_wrong_environment_variable_is_named() -> None:
    with pytest.raises(UsageError, match="TINHUYEN_DELAY: `delay` = 'fast'"):
        load_configuration(None, {"TINHUYEN_DELAY": "fast"}, {})


def test_a_named_configuration_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no configuration file"):
        load_configuration(tmp_path / "absent.toml", {}, {})


def test_the_shipped_catalogue_is_sound_and_honest(tmp_path: Path) -> None:
    catalogue = load_catalogue(tmp_path / "sources.toml")
    assert not catalogue.problems
    assert catalogue.sources["hamyen"].state == "unknown"
    assert not any(source.confirmed for source in catalogue.sources.values())


def test_a_user_entry_changes_a_shipped_one_key_by_key(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    write_source(file, "hamyen", {"enabled": True})
    source = load_catalogue(file).sources["hamyen"]
    assert source.enabled
    assert source.district == "Hàm Yên"


@pytest.mark.fault(71)
def test_a_broken_entry_is_named_and_does_not_hold_the_others(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(
        '[good]\nname = "Xã Tốt"\nhome_url = "https://tot.example/"\n\n[bad]\nname = "X"\n'
    )
    catalogue = load_catalogue(file)
    assert "good" in catalogue.sources
    assert catalogue.problems["bad"].endswith("sources.toml:5: [bad]: `home_url` is missing")
    with pytest.raises(UsageError, match="home_url"):
        catalogue.find("bad")


@pytest.mark.fault(64)
@pytest.mark.parametrize(
    "slug", ["../../etc", 'x"); drop table', "Ủy-ban", "CON", "🙂", "a/b", "-a", "a" * 300, ""]
)
def test_a_slug_that_could_escape_is_refused(tmp_path: Path, slug: str) -> None:
    file = tmp_path / "sources.toml"
    write_source(file, slug, {"name": "X", "home_url": "https://x.example/"})
    catalogue = load_catalogue(file)
    assert slug not in catalogue.sources
    assert "slug" in catalogue.problems[slug]


def test_writing_keeps_comments_and_other_entries(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text('# mine\n[a]\nname = "A" # why\nhome_url = "https://a.example/"\n')
    write_source(file, "b", {"name": "B", "home_url": "https://b.example/"})
    write_source(file, "a", {"enabled": False})
    text = file.read_text()
    assert "# mine" in text
    assert "# why" in text
    assert set(load_catalogue(file).sources) >= {"a", "b"}


def test_a_broken_file_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text("[a\n")
    with pytest.raises(UsageError, match="it was not changed"):
        write_source(file, "b", {"enabled": True})
    assert file.read_text() == "[a\n"


def test_an_unknown_source_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean hamyen"):
        load_catalogue(tmp_path / "sources.toml").find("hamyem")


def test_an_unregistered_site_is_registered_once(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    for port in ("8000", "8000/", "8001/"):
        register(f"http://127.0.0.1:{port}", load_catalogue(file), file)
    catalogue = load_catalogue(file)
    homes = {slug: one.home_url for slug, one in catalogue.sources.items() if one.is_own}
    assert homes == {
        "127-0-0-1-8000": "http://127.0.0.1:8000/",
        "127-0-0-1-8001": "http://127.0.0.1:8001/",
    }


@pytest.mark.parametrize(
    "url", ["", "ftp://x.example/", "javascript:alert(1)", "https://", "http:///a"]
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    file = tmp_path / "sources.toml"
    with pytest.raises(UsageError, match="no web address"):
        register(url, load_catalogue(file), file)
    assert not file.exists()


def test_a_shipped_source_can_only_be_disabled(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="disable hamyen"):
        remove_source(tmp_path / "sources.toml", "hamyen")


KEYS = st.sampled_from([*Configuration.model_fields, "slug", "home_url", "colour", "x y"])
VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(KEYS, VALUES, max_size=5).map(tomlkit.dumps).map(str.encode) | st.binary())
def test_any_file_is_taken_or_told_to_be_wrong(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "any.toml"
    file.write_bytes(content)
    for load in (lambda: load_configuration(file, {}, {}), lambda: load_catalogue(file)):
        with suppress(UsageError):
            load()


@given(st.sampled_from(list(Configuration.model_fields)), st.text())
def test_any_environment_is_taken_or_told_to_be_wrong(key: str, value: str) -> None:
    with suppress(UsageError):
        load_configuration(None, {f"TINHUYEN_{key.upper()}": value}, {})


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ('keep = ["Lịch trực*", ""]', "'' names no text"),
        ('keep = [" * "]', "names no text"),
        ('keep = ["*"]', "'*' names no text"),
        ('keep = "Lịch trực"', "must be a list of texts"),
        ("keep = [12]", "must be a list of texts"),
    ],
)
def test_texts_to_keep_are_checked(tmp_path: Path, entry: str, told: str) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(f'[hamyen]\nname = "Hàm Yên"\n{entry}\n')
    catalogue = load_catalogue(file)
    assert "sources.toml:3: [hamyen]: `keep" in catalogue.problems["hamyen"]
    assert told in catalogue.problems["hamyen"]
    assert "baotuyenquang" in catalogue.sources


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ('{ url = "/ajax" }', "a value of `formdata` must contain {page}"),
        (
            '{ url = "/ajax", formdata = { cat = "5" } }',
            "a value of `formdata` must contain {page}",
        ),
        ('{ url = "ftp://x.vn/{page}" }', "`more.0.url` = 'ftp://x.vn/{page}': must be an address"),
        ('{ url = "http://[/{page}" }', "`more.0.url`"),
        ('{ url = "" }', "`more.0.url` = ''"),
        ('{ formdata = { page = "{page}" } }', "`more.0.url` is missing"),
        ('{ url = "/{page}", method = "PUT" }', "`more.0.method` = 'PUT': input should be 'GET'"),
        ('{ url = "/{page}", data = { a = 1 } }', "allowed: url, method, formdata, first, step, l"),
        ('{ url = "/{page}", formdata = "a=1" }', "`more.0.formdata` = 'a=1'"),
        ('{ url = "/{page}", formdata = { a = [1] } }', "`more.0.formdata.a` = [1]"),
        ('{ url = "/{page}", first = -1 }', "`more.0.first` = -1"),
        ('{ url = "/{page}", step = 0 }', "`more.0.step` = 0"),
        ('[{ url = "/{page}" }, { url = 5 }]', "`more.1`"),
        ('"/ajax?page={page}"', "`more` = '/ajax?page={page}'"),
    ],
)
def test_a_declared_list_is_checked(tmp_path: Path, value: str, told: str) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(f'[xa-vidu]\nname = "X"\nhome_url = "https://x.vn/"\nmore = {value}\n')
    problem = load_catalogue(file).problems["xa-vidu"]
    assert problem.startswith(f"{file}:4: [xa-vidu]: ")
    assert told in problem


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ('lists = ["http://[/"]', "`lists.0.url` = 'http://[/': must be an address like /tin-tuc/"),
        ('lists = ["/tin", "mailto:xa@x.vn"]', "`lists.1.url` = 'mailto:xa@x.vn': must be"),
        ('lists = [" "]', "`lists.0.url` = ' ': must be"),
        ('lists = ["https://x.vn:tin/"]', "`lists.0.url` = 'https://x.vn:tin/': must be"),
        ("lists = [5]", "`lists.0` = 5"),
        ('lists = "/tin"', "`lists` = '/tin': must be a list"),
        ('lists = [{ formdata = { a = "1" } }]', "`lists.0.url` is missing"),
        (
            'lists = [{ url = "/tim", form = {} }]',
            "did you mean `formdata`?; allowed: url, f",
        ),
        ('lists = [{ url = "/tim", formdata = "a=1" }]', "`lists.0.formdata` = 'a=1': must be a t"),
        (
            'feeds = ["https://[::1/rss"]',
            "`feeds` = ['https://[::1/rss']: must be an address like /",
        ),
        ('sitemaps = ["https://"]', "`sitemaps` = ['https://']: must be an address like /"),
    ],
)
def test_the_declared_pages_of_a_source_are_addresses(
    tmp_path: Path, entry: str, told: str
) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(f'[xa-vidu]\nname = "X"\nhome_url = "https://x.vn/"\n{entry}\n')
    problem = load_catalogue(file).problems["xa-vidu"]
    assert problem.startswith(f"{file}:4: [xa-vidu]: ")
    assert told in problem


def test_a_list_behind_a_form_is_written_and_read(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text('# ours\n[xa-vidu]\nname = "X"\nhome_url = "https://x.vn/"\n')
    form = {"url": "/tim", "formdata": {"q[]": "'\"é", "nam": "2024"}}
    for lists in (["/tin"], ["/tin", form], [form], [form, {**form, "url": "/khac"}]):
        write_source(file, "xa-vidu", {"lists": lists})
        write_source(file, "xa-vidu", {"note": "sau"})
        source = load_catalogue(file).sources["xa-vidu"]
        assert source.model_dump(mode="json")["lists"] == lists
        assert source.note == "sau"
        assert hash(source)
    assert file.read_text().startswith("# ours\n")


def test_one_declared_list_or_several_are_read(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    head = '[xa-vidu]\nname = "X"\nhome_url = "https://x.vn/"\n'
    file.write_text(head + 'more = { url = "/a/{page}", formdata = { cat = 5 } }\n')
    (one,) = load_catalogue(file).sources["xa-vidu"].more
    assert one.formdata == {"cat": "5"}
    assert one.is_posted
    assert hash(load_catalogue(file).sources["xa-vidu"])
    file.write_text(head + '[[xa-vidu.more]]\nurl = "/{page}"\n[[xa-vidu.more]]\nurl = "/b"\n')
    assert load_catalogue(file).problems["xa-vidu"].startswith(f"{file}:")
    file.write_text(file.read_text().replace("/b", "/b/{page}"))
    assert len(load_catalogue(file).sources["xa-vidu"].more) == 2


def test_an_unknown_key_of_a_layout_is_told_with_those_of_layouts(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    head = '[xa-vidu]\nname = "X"\nhome_url = "https://x.vn/"\n'
    file.write_text(head + '[[xa-vidu.layouts]]\nheadline = "h1"\n')
    problem = load_catalogue(file).problems["xa-vidu"]
    assert problem.startswith(f"{file}:5: ")
    assert "allowed: until, title, lede, body, author, date, section" in problem


HEAD = '[xa-vidu]\nname = "X"\nhome_url = "https://x.vn/"\n'


@pytest.mark.parametrize(
    ("entry", "line", "told"),
    [
        ("enabeld = false", 4, "unknown key `enabeld`, did you mean `enabled`?; allowed: slug, "),
        ('layout = "x"', 4, "unknown key `layout`, did you mean `layouts`?"),
        ('[[xa-vidu.layouts]]\ntitel = "h1"', 5, "`layouts.0.titel`, did you mean `title`?; allow"),
        ('[xa-vidu.layouts]\nBody = "p"', 5, "`layouts.0.Body`, did you mean `body`?"),
        ('layouts = { sektion = "p" }', 4, "did you mean `section`?; allowed: until, title, lede"),
        (
            '[[xa-vidu.layouts]]\ntitle = "h1"\nuntil = "2025-01-01"\n[[xa-vidu.layouts]]\n'
            'title = "h2"\nautor = "b"',
            9,
            "`layouts.1.autor`, did you mean `author`?",
        ),
        ('[xa-vidu.more]\nurl = "/{page}"\nsteps = 2', 6, "`more.0.steps`, did you mean `step`?"),
        ('layouts = "h1"', 4, "`layouts` = 'h1': must be a list"),
        ('layouts = ["h1"]', 4, "`layouts.0` = 'h1': must be a table"),
        (
            '[[xa-vidu.layouts]]\ntitle = "h1"\n[[xa-vidu.layouts]]\ntitle = 5',
            7,
            "`layouts.1.title`",
        ),
    ],
)
def test_a_nested_typo_is_told_with_the_keys_of_its_table(
    tmp_path: Path, entry: str, line: int, told: str
) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(f"{HEAD}{entry}\n")
    problem = load_catalogue(file).problems["xa-vidu"]
    assert problem.startswith(f"{file}:{line}: [xa-vidu]: ")
    assert told in problem


def test_one_layout_may_be_a_table(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(f'{HEAD}[xa-vidu.layouts]\ntitle = "h1"\n')
    (layout,) = load_catalogue(file).sources["xa-vidu"].layouts
    assert layout.title == "h1"


def test_a_typo_among_the_settings_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    file = tmp_path / "tinhuyen.toml"
    file.write_text('contcat = "x@example.org"\n')
    with pytest.raises(UsageError, match=r"unknown key `contcat`, did you mean `contact`\?"):
        load_configuration(file, {}, {})
