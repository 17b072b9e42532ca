"""Sources are added, checked and disabled in the browser, by who knows the password only."""

from __future__ import annotations

import tomllib
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from scraper.base.errors import UsageError
from scraper.browse.management import is_managed
from scraper.config.layouts import layout_from, write_layout
from scraper.config.registry import load_catalogue
from scraper.crawling.obstacles import OBSTACLE_TEXTS, Obstacle
from scraper.demo.portal import DemoPortal
from tests.browse.library import ARCHIVED
from tests.browse.serving import Browsing
from tests.scraper.crawling.test_adding import served

PASSWORD = "mật khẩu dài"
ENTRY = '# của tôi\n[huyen] # giữ lại\nname = "Huyện"\nhome_url = "http://huyen.localhost/"\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the configuration."""
    folder = tmp_path_factory.mktemp("config") / "tinhuyen"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def managed(library: Path, folder: Path) -> Iterator[str]:
    """The address of a server whose sources may be managed."""
    environment = {"TINHUYEN_PASSWORD": PASSWORD, "XDG_CONFIG_HOME": str(folder.parent)}
    with Browsing(library, **environment) as browsing:
        yield browsing.url


@pytest.fixture
def registry(folder: Path) -> Path:
    """The user's sources.toml, as it was at first."""
    file = folder / "sources.toml"
    file.write_text(ENTRY, encoding="utf-8")
    return file


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def scripted(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts."""
    return bool(request.param)


def test_a_place_that_cannot_be_written_is_said_before_the_form_is_filled(
    browser: Browser, library: Path, tmp_path: Path, managed: str, registry: Path
) -> None:
    (tmp_path / "file").write_text("")
    environment = {"TINHUYEN_PASSWORD": PASSWORD, "XDG_CONFIG_HOME": str(tmp_path / "file")}
    with Browsing(library, **environment) as browsing:
        page = opened(browser, browsing.url)
        page.goto("/manage")
        expect(page.get_by_role("status")).to_contain_text("ReadWritePaths")
    page = opened(browser, managed)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/manage")
    expect(page.get_by_role("status")).to_have_count(0)
    box = page.locator("input[name=url]").bounding_box()
    assert box is not None
    assert box["width"] > 600


def opened(browser: Browser, site: str, scripted: bool = True, **options: Any) -> Page:
    """A page on a phone that knows the password."""
    context = browser.new_context(
        base_url=site,
        http_credentials={"username": "toi", "password": PASSWORD},
        java_script_enabled=scripted,
        viewport={"width": 390, "height": 800},
        **options,
    )
    page = context.new_page()
    page.set_default_timeout(300_000)
    return page


def assert_sound(page: Page) -> None:
    """No serious finding of axe, and nothing wider than the phone."""
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_site_is_looked_at_and_registered(
    browser: Browser, managed: str, registry: Path, scripted: bool
) -> None:
    page = opened(browser, managed, scripted)
    with DemoPortal() as portal:
        home = portal.sites[2].home_url
        page.goto("/manage")
        page.get_by_label("Địa chỉ trang").fill(home)
        page.get_by_label("Khoảng nghỉ").fill("0.01")
        page.get_by_role("button", name="Xem thử").click()
        expect(page.locator("ol.hits > li")).to_have_count(3, timeout=300_000)
    assert registry.read_text("utf-8") == ENTRY
    if scripted:
        assert_sound(page)
    page.get_by_role("button", name="Thêm vào danh mục").click()
    expect(page.get_by_role("status")).to_contain_text("Đã thêm nguồn")
    text = registry.read_text("utf-8")
    assert text.startswith(ENTRY)
    entry = tomllib.loads(text)["127-0-0-1-" + str(urlsplit(home).port)]
    assert (entry["name"], entry["delay"]) == ("Trang thông tin điện tử xã Bản Lềnh", 0.01)
    page.context.close()


def test_what_cannot_be_added_says_why_and_what_to_do(
    browser: Browser, managed: str, registry: Path
) -> None:
    page = opened(browser, managed)
    with served({"/": "<title>X</title><p>Xin chào.</p>"}) as home:
        page.goto("/manage?lang=en")
        page.get_by_label("Address of the site").fill(home)
        page.get_by_label("Pause").fill("0")
        page.get_by_role("button", name="Look at it").click()
        told = OBSTACLE_TEXTS[Obstacle.NO_ARTICLE]
        expect(page.get_by_role("alert")).to_contain_text(told["why"]["en"], timeout=300_000)
    expect(page.get_by_role("alert")).to_contain_text(told["next"]["en"])
    expect(page.get_by_role("button", name="Register it")).to_have_count(0)
    for url, told_of in (("ftp://x.example/", "no web address"), ("--help", "`contact`")):
        page.goto("/manage?lang=en")
        page.get_by_label("Address of the site").fill(url)
        page.get_by_role("button", name="Look at it").click()
        expect(page.get_by_role("alert")).to_contain_text(told_of, timeout=300_000)
    page.goto("/manage?lang=en")
    page.get_by_label("Address of the site").fill("https://vidu.example/")
    page.get_by_label("Pause").fill("0")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("alert")).to_contain_text("not a host of your own", timeout=300_000)
    assert registry.read_text("utf-8") == ENTRY
    page.context.close()


def test_a_source_is_disabled_and_enabled(browser: Browser, managed: str, registry: Path) -> None:
    page = opened(browser, managed)
    page.goto("/manage")
    assert_sound(page)
    page.get_by_role("button", name="Tắt: Huyện").click()
    expect(page.get_by_role("button", name="Bật: Huyện")).to_be_visible()
    assert registry.read_text("utf-8") == f"{ENTRY}enabled = false\n"
    page.get_by_role("button", name="Bật: Huyện").click()
    expect(page.get_by_role("button", name="Tắt: Huyện")).to_be_visible()
    assert registry.read_text("utf-8") == f"{ENTRY}enabled = true\n"
    page.context.close()


def test_a_layout_is_tried_before_it_is_saved(
    browser: Browser, managed: str, registry: Path
) -> None:
    page = opened(browser, managed)
    page.goto("/manage/sources/huyen/layout")
    page.get_by_label("Tiêu đề").fill("h1")
    page.get_by_label("Tác giả").fill(".khong-co")
    page.get_by_label("Số của bài").fill(f"/articles/{ARCHIVED}")
    page.get_by_role("button", name="Thử").click()
    expect(page.get_by_role("heading", name="Kết quả")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Không khớp gì trên trang: Tác giả")
    assert_sound(page)
    assert registry.read_text("utf-8") == ENTRY
    page.get_by_role("button", name="Ghi bố cục này").click()
    expect(page.get_by_role("status")).to_contain_text("Đã ghi vào")
    (layout,) = load_catalogue(registry).sources["huyen"].layouts
    assert (layout.title, layout.author) == ("h1", ".khong-co")
    assert registry.read_text("utf-8").startswith(ENTRY)
    page.get_by_label("Tiêu đề").fill("h1[")
    page.get_by_role("button", name="Thử").click()
    expect(page.get_by_role("alert")).to_contain_text("is no CSS selector")
    page.context.close()


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def ask(
    url: str, form: dict[str, str] | None = None, *, password: str | None = PASSWORD, **more: str
) -> tuple[int, str, str]:
    """The status, the body and the cookie of an answer."""
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    if password:
        headers["Authorization"] = "Basic " + b64encode(f"x:{password}".encode()).decode()
    data = urlencode(form).encode() if form is not None else None
    try:
        answer = build_opener(_Stay).open(Request(url, data, headers), timeout=300)
    except HTTPError as error:
        answer = error
    with answer:
        cookie = (answer.headers.get("set-cookie") or "").partition(";")[0]
        return answer.status, answer.read().decode(), cookie


def token_in(body: str) -> str:
    return body.partition('name="token" value="')[2].partition('"')[0]


def test_a_form_of_another_site_changes_nothing(managed: str, registry: Path) -> None:
    url = f"{managed}/manage/sources/huyen/disable"
    _, body, cookie = ask(f"{managed}/manage")
    _, _, other_cookie = ask(f"{managed}/manage")
    form = {"token": token_in(body)}
    ours = {"Origin": managed, "Cookie": cookie}
    refused: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, ours),
        ({"token": "0" * 64}, ours),
        (form, {"Cookie": cookie}),
        (form, {"Origin": managed}),
        (form, ours | {"Origin": "null"}),
        (form, ours | {"Origin": "http://evil.example"}),
        (form, ours | {"Origin": f"{managed}0"}),
        (form, ours | {"Sec-Fetch-Site": "cross-site"}),
        (form, ours | {"Sec-Fetch-Site": "same-site"}),
        (form, ours | {"Cookie": other_cookie}),
        (form | {"name": "x" * 70_000}, ours),
    ]
    for fields, headers in refused:
        assert ask(url, fields, **headers)[0] == 403, headers
    assert ask(url, form, password=None, **ours)[0] == 401
    assert ask(url, None, Cookie=cookie)[0] == 404
    assert registry.read_text("utf-8") == ENTRY
    assert ask(url, form, **ours)[0] == 303
    assert "enabled = false" in registry.read_text("utf-8")


def test_the_cookie_goes_to_no_other_site_and_no_script(managed: str) -> None:
    request = Request(f"{managed}/manage")
    credentials = b64encode(f"x:{PASSWORD}".encode()).decode()
    request.add_header("Authorization", f"Basic {credentials}")
    with build_opener().open(request, timeout=300) as answer:
        assert {"HttpOnly", "SameSite=Strict"} <= set(answer.headers["set-cookie"].split("; "))
        assert answer.headers["referrer-policy"] == "same-origin"


def test_a_slow_site_holds_up_no_reader(managed: str, registry: Path) -> None:
    ended = Event()

    class Slow(dict[str, str]):
        def get(self, key: str, default: Any = None) -> Any:
            ended.wait(120)

    _, body, cookie = ask(f"{managed}/manage")
    ours = {"Origin": managed, "Cookie": cookie}
    try:
        with served(Slow()) as home:
            form = {"token": token_in(body), "url": home, "delay": "0"}
            status, _, _ = ask(f"{managed}/manage", form, **ours)
            assert status == 303
            assert [ask(f"{managed}{path}")[0] for path in ("/", "/search?q=cam")] == [200, 200]
            status, busy, _ = ask(f"{managed}/manage?lang=en", form, **ours)
            assert (status, "Another site is being looked at" in busy) == (400, True)
            ended.set()
    finally:
        ended.set()


def test_managing_is_off_without_a_password_and_when_public(site: str, library: Path) -> None:
    for path in ("/manage", "/manage/sources/huyen/layout", "/manage/looks/x"):
        assert ask(f"{site}{path}", password=None)[0] == 403
    assert ask(f"{site}/manage", {"url": "x"}, password=None, Origin=site)[0] == 403
    assert "/manage" not in ask(f"{site}/", password=None)[1]
    with Browsing(library, "--public", TINHUYEN_PASSWORD=PASSWORD) as public:
        assert ask(f"{public.url}/manage")[0] == 403


def test_who_may_manage_is_settled_by_password_and_options() -> None:
    assert is_managed(PASSWORD, public=False, manage=None)
    assert is_managed(PASSWORD, public=True, manage=True)
    assert not is_managed(PASSWORD, public=True, manage=None)
    assert not is_managed(PASSWORD, public=False, manage=False)
    assert not is_managed(None, public=False, manage=None)
    with pytest.raises(UsageError, match="needs a password"):
        is_managed(None, public=False, manage=True)


@pytest.mark.parametrize(
    ("written", "layouts"),
    [
        ("", [(None, "h2")]),
        ('[[huyen.layouts]] # cũ\nuntil = "2025-07-01"\ntitle = "h0"\n', [("h0",), (None, "h2")]),
        ('[[huyen.layouts]]\ntitle = "h1" # x\nbody = "div"\n', [(None, "h2")]),
        ('layouts = [{ title = "h1" }]\n', [(None, "h2")]),
        ('layouts = { title = "h1", body = "div" }\n', [(None, "h2")]),
        ('layouts = { until = "2025-07-01", title = "h0" }\n', [("h0",), (None, "h2")]),
        ('layouts = [{ until = "2025-07-01", title = "h0" }]\n', [("h0",), (None, "h2")]),
    ],
)
def test_saving_replaces_the_present_layout_and_keeps_the_others(
    registry: Path, written: str, layouts: list[tuple[str | None, ...]]
) -> None:
    registry.write_text(ENTRY + written, encoding="utf-8")
    write_layout(registry, "huyen", layout_from({"title": "h2", "body": " "}))
    catalogue = load_catalogue(registry)
    assert not catalogue.problems
    found = catalogue.sources["huyen"].layouts
    assert [each.title for each in found] == [each[-1] for each in layouts]
    assert [bool(each.until) for each in found] == [each[0] is not None for each in layouts]
    assert all(each.body is None for each in found)
    assert registry.read_text("utf-8").startswith(ENTRY)


def test_a_layout_without_a_selector_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one selector"):
        layout_from({"title": " "})
