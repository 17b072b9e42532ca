"""The further pages of a list, in every way in which portals print them."""

from __future__ import annotations

import pytest

from spiders.discovery.pagination import Link, Postback, page_number, paging_word
from tests.spiders.discovery.test_links import TITLE, links_of, paths


def pages(body: str, address: str = "http://suoithu.gov.vn/thoi-su") -> list[str]:
    """The paging links of a page, in their order."""
    found = links_of(body, address).paging
    return paths([link for link in found if isinstance(link, Link)])


PAGERS = {
    "numbers and words": (
        '<a href="?page=1">1</a><b>2</b><a href="?page=3">3</a><a href="?page=3">Tiếp »</a>'
        '<a href="?page=57">Cuối</a><a href="?page=1">«</a>',
        ["/thoi-su?page=3", "/thoi-su?page=57"],
    ),
    "NukeViet": ('<a href="/thoi-su/page-2/">2</a>', ["/thoi-su/page-2/"]),
    "trang-8.html": ('<a href="/thoi-su/trang-8.html">8</a>', ["/thoi-su/trang-8.html"]),
    "an offset": ('<a href="?start=20">2</a>', ["/thoi-su?start=20"]),
    "in brackets": (
        '<a href="?page=2">[2]</a><a href="?page=3">(3)</a>',
        [
            "/thoi-su?page=2",
            "/thoi-su?page=3",
        ],
    ),
    "a number of its own name": ('<a href="?trangso=2">[2]</a>', ["/thoi-su?trangso=2"]),
    "Plone": ('<a href="?b_start:int=20">2</a>', ["/thoi-su?b_start:int=20"]),
    "Joomla's words": ('<a href="?limitstart=20">Tiếp theo</a>', ["/thoi-su?limitstart=20"]),
    "Liferay": ('<a href="/web?_x_INSTANCE_y_cur=2">Tiếp theo</a>', ["/web?_x_INSTANCE_y_cur=2"]),
    "PhanTrang": ('<a href="/PhanTrang/12/3/tin">Trang sau</a>', ["/PhanTrang/12/3/tin"]),
    "WordPress": ('<a href="/thoi-su/page/2/">Bài cũ hơn</a>', ["/thoi-su/page/2/"]),
    "rel=next": ('<a rel="next" href="?x=2">Về trước</a>', ["/thoi-su?x=2"]),
    "head": ('<link rel="next" href="?x=2">', ["/thoi-su?x=2"]),
    "a button": ('<button data-url="/thoi-su?page=2">Xem thêm</button>', ["/thoi-su?page=2"]),
    "a choice": ('<select><option value="?page=7">7</option></select>', ["/thoi-su?page=7"]),
    "a pager's own way": ('<ul class="pagination"><a href="/x;y=2">2</a></ul>', ["/x;y=2"]),
    "NukeViet, not rewritten": (
        '<a href="/?nv=news&op=tin/page-2">2</a>',
        ["/?nv=news&op=tin/page-2"],
    ),
    "a script": ('<a href="#" onclick="location.href=\'?page=2\'">2</a>', ["/thoi-su?page=2"]),
    "SharePoint": (
        '<a href="?Paged=TRUE&PageFirstRow=31">Tiếp</a>',
        ["/thoi-su?Paged=TRUE&PageFirstRow=31"],
    ),
    "capitals and blanks": ('<a href="?Page=2"> TIẾP\n</a>', ["/thoi-su?Page=2"]),
}


@pytest.mark.parametrize("name", PAGERS)
def test_the_paging_is_read_as_printed(name: str) -> None:
    body, expected = PAGERS[name]
    assert pages(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        '<td><a href="/lich?ngay=21-11-2026">21</a></td>',
        '<a href="/kinh-te">Xem thêm</a>',
        f'<a href="/thoi-su/trang-bi-kien-thuc-34.html">{TITLE}</a>',
        '<a href="/tin?id=2">2 giờ trước</a>',
        '<a href="/?PageID=2">Liên hệ</a>',
        '<a href="/thoi-su/ky-nang-song">Kỹ năng sống</a>',
    ],
)
def test_what_only_looks_like_paging_is_none(body: str) -> None:
    assert pages(body) == []


def test_a_generated_file_with_a_number_is_a_page_of_the_list_it_is_named_after() -> None:
    pager = '<a href="/tin2.html">⟩</a><a href="/tin9.html">⟫</a><a href="/bai3.html">…</a>'
    assert pages(pager, "http://suoithu.gov.vn/tin.html") == ["/tin2.html", "/tin9.html"]
    home = '<a href="/index2.html">⟩</a>'
    assert pages(home, "http://suoithu.gov.vn/") == ["/index2.html"]
    assert pages('<a href="/index3.html">⟩</a>', "http://suoithu.gov.vn/index2.html") == [
        "/index3.html"
    ]


def test_the_neighbour_of_an_article_is_no_page_of_a_list() -> None:
    links = links_of('<link rel="next" href="/lam-duong-be-tong-xom-bo-ho-35.html">')
    assert paths(links.articles) == ["/lam-duong-be-tong-xom-bo-ho-35.html"]
    assert links.paging == []


def test_the_next_page_comes_first() -> None:
    links = links_of(
        "".join(f'<a href="?page={n}">{n}</a>' for n in (5, 4, 3, 120))
        + '<a href="?page=3">Trang sau</a>'
    )
    assert paths([one for one in links.paging if isinstance(one, Link)])[0] == "/thoi-su?page=3"


@pytest.mark.parametrize(
    ("address", "printed", "first"),
    [
        ("?page=3", (1, 2, 4, 5), "/thoi-su?page=4"),
        ("?page=50", (1, 2, 49, 51, 119), "/thoi-su?page=51"),
        ("", (2, 3), "/thoi-su?page=2"),
    ],
)
def test_without_a_word_for_it_the_next_number_comes_first(
    address: str, printed: tuple[int, ...], first: str
) -> None:
    body = "".join(f'<a href="?page={number}">{number}</a>' for number in printed)
    assert pages(body, f"http://suoithu.gov.vn/thoi-su{address}")[0] == first


def test_without_a_number_in_its_address_a_page_is_the_one_that_its_pager_leaves_out() -> None:
    (first, *_) = links_of(form(*(event("pager", f"Page${n}", str(n)) for n in (1, 2, 4)))).paging
    assert first.page == 4


def test_a_postback_next_is_left_out_only_where_the_next_number_is_printed() -> None:
    onward = event("ctl00$next", "", "Tiếp")
    middle = links_of(form(event("pager", "", "2"), event("pager", "", "3"), onward)).paging
    end_of_window = links_of(form(event("pager", "", "1"), event("pager", "", "2"), onward)).paging
    assert [one.text for one in middle] == ["2", "3"]
    assert [one.text for one in end_of_window] == ["Tiếp", "2"]


def form(*anchors: str) -> str:
    state = '<input type="hidden" name="__VIEWSTATE" value="abc"><input type="submit" name="go">'
    return f'<form method="post" action="./tin.aspx?x=1">{state}{"".join(anchors)}</form>'


def event(target: str, argument: str, text: str) -> str:
    return f"<a href=\"javascript:__doPostBack(&#39;{target}&#39;,'{argument}')\">{text}</a>"


def test_a_postback_carries_the_whole_form_and_its_event() -> None:
    (postback,) = links_of(form(event("ctl00$pager", "Page$2", "2"))).paging
    assert isinstance(postback, Postback)
    assert postback.url == "http://suoithu.gov.vn/tin.aspx?x=1"
    assert postback.page == 2
    assert postback.fields == {
        "__VIEWSTATE": "abc",
        "__EVENTTARGET": "ctl00$pager",
        "__EVENTARGUMENT": "Page$2",
    }


def test_postbacks_that_do_not_page_are_left_alone() -> None:
    others = [
        event("ctl00$login", "", "Đăng nhập"),
        event("ctl00$grid", "Sort$Ngay", "Ngày"),
        event("ctl00$lich", "8341", "21"),
    ]
    assert links_of(form(*others)).paging == []


@pytest.mark.parametrize(
    ("target", "argument", "text"),
    [
        ("ctl00$grid", "Page$2", "2"),
        ("ctl00$grid$_ctl24$_ctl1", "", "2"),
        ("ctl00$AspNetPager1", "2", "2"),
        ("ctl00$rptPages$ctl01$lnkPage", "", "2"),
        ("ctl00$btnNext", "", "Trang sau"),
        ("ctl00$grid", "Page$11", "..."),
    ],
)
def test_the_pagers_of_asp_net_are_known(target: str, argument: str, text: str) -> None:
    assert len(links_of(form(event(target, argument, text))).paging) == 1


def test_a_postback_to_a_page_is_one_wherever_it_stands_and_next_is_not() -> None:
    def keys(state: str, *anchors: str) -> list[str]:
        found = links_of(form(*anchors).replace("abc", state)).paging
        return [one.key for one in found if isinstance(one, Postback)]

    number, onward = event("ctl00$pager", "Page$7", "7"), event("ctl00$next", "", "Tiếp")
    assert keys("one", number) == keys("two", number)
    assert keys("one", onward) != keys("two", onward)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("12", "number"),
        ("Trang 3", "number"),
        ("Trang sau »", "next"),
        (">", "next"),
        ("[Sau]", "next"),
        ("Cuối »", "last"),
        ("« Trước", "back"),
        ("Xem thêm", "more"),
        ("Sau bão", None),
        ("2026", "number"),
        ("", None),
    ],
)
def test_the_words_of_paging(text: str, word: str | None) -> None:
    assert paging_word(text) == word


def test_the_number_of_a_page_is_read_from_text_before_address() -> None:
    assert page_number("http://a.vn/x?start=20", "3") == 3
    assert page_number("http://a.vn/x?page=4", "Tiếp") == 4
    assert page_number("http://a.vn/x?start=20", "Tiếp") is None


def test_a_form_is_posted_back_as_a_browser_would() -> None:
    inputs = (
        '<input type="checkbox" name="all" checked><input type="checkbox" name="none">'
        '<input type="radio" name="kind" value="a" checked><input type="password" name="secret">'
        '<input name="words" value="xã"><input type="image" name="go"><input value="nameless">'
    )
    (postback,) = links_of(form(inputs, event("pager", "Page$2", "2"))).paging
    assert isinstance(postback, Postback)
    sent = {name: value for name, value in postback.fields.items() if not name.startswith("__")}
    assert sent == {"all": "on", "kind": "a", "words": "xã"}
