"""What pages say for machines, in all the ways in which they get it nearly right."""

from __future__ import annotations

import json
import time

import pytest

from pipelines import extract
from pipelines.article import Article
from pipelines.extraction.html.json_ld import read_graph
from pipelines.extraction.html.metadata import read_metadata
from pipelines.extraction.html.outline import read_outline

TITLE = "Xã Nậm Lúc phát động ngày chủ nhật xanh"
PROSE = "<p>Từ sáng sớm, đoàn viên các thôn đã ra đường dọn rác, phát cỏ và trồng thêm hoa.</p>" * 3
DATED = '{"@type": "NewsArticle", "headline": "X", "datePublished": "2026-02-08T07:05:00+07:00"}'


def page(*scripts: str, body: str = PROSE, title: str = TITLE) -> Article:
    data = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return extract(f"<head><title>{title}</title>{data}</head><h1>{title}</h1><div>{body}</div>")


@pytest.mark.parametrize(
    "script",
    [
        DATED + ";",
        "\ufeff" + DATED,
        f"<![CDATA[{DATED}]]>",
        f"//<![CDATA[\n{DATED}\n//]]>",
        f"/*<![CDATA[*/{DATED}/*]]>*/",
        f"<!--\n{DATED}\n//-->",
        DATED.replace("{", "{ // bài viết\n", 1),
        DATED.replace(", ", ", /* bài */ <!-- viết --> ", 1),
        DATED.replace("}", ",}"),
        DATED.replace(", ", ",, "),
        DATED.replace(", ", " ", 1),
        f"[{DATED},]",
        '{"@type": "Thing"}' + DATED,
        '{"@type": "Thing"},\n' + DATED,
        DATED.replace('"X"', '"Đường\n\thoa\x01"'),
        DATED.replace('"X"', r'"Chị\'s \đường"'),
        DATED.replace('"X"', '"Phong trào "ba sạch" ở Nậm Lúc"'),
        DATED.replace('"X"', "undefined"),
        DATED[:-1],
        "var data = " + DATED + ";",
        DATED.replace('"', "&quot;"),
    ],
)
def test_nearly_json_is_read(script: str) -> None:
    assert page(script).published_at == "2026-02-08T07:05:00+07:00"


@pytest.mark.parametrize(
    "script",
    [
        DATED.replace("NewsArticle", "http://schema.org/NewsArticle"),
        DATED.replace("NewsArticle", "schema:NewsArticle"),
        DATED.replace('"@type": "NewsArticle"', '"@type": ["Thing", "Article"]'),
        DATED.replace('"headline"', '"schema:headline"').replace('"date', '"schema:date'),
        f'{{"@type": "WebPage", "mainEntity": {DATED}}}',
        f'{{"@type": "WebPage", "mainEntity": [{{"@type": "Thing"}}, {DATED}]}}',
        f'{{"@type": "WebSite", "mainEntityOfPage": {{"@graph": [{DATED}]}}}}',
        f'[[{DATED}], {{"@graph": {{"@type": "Thing"}}}}]',
    ],
)
def test_an_article_is_found_in_any_shape(script: str) -> None:
    assert page(script).published_at == "2026-02-08T07:05:00+07:00"


@pytest.mark.parametrize(
    ("author", "node"),
    [
        ({"@id": "#who"}, {"@type": "Person", "@id": "#who", "name": "Vàng Thị Mỷ"}),
        ([{"@id": "#who"}], {"@type": ["Person"], "@id": "#who", "name": ["Vàng Thị Mỷ"]}),
        ("#who", {"@type": "schema:Person", "@id": "#who", "name": {"@value": "Vàng Thị Mỷ"}}),
        ({"@type": "Person", "@id": "#who"}, {"@id": "#who", "name": "Vàng Thị Mỷ"}),
    ],
)
def test_a_reference_leads_to_its_node_in_any_script(author: object, node: object) -> None:
    article = {"@type": "NewsArticle", "headline": "X", "author": author}
    deep = json.dumps({"@type": "WebSite", "editor": node})
    assert page(json.dumps(article), deep).author == "Vàng Thị Mỷ"
    assert page(json.dumps({"@graph": [node, article]})).author == "Vàng Thị Mỷ"


def test_an_organisation_referred_to_is_no_author() -> None:
    nodes = [
        {"@type": "NewsArticle", "headline": "X", "author": {"@id": "#o"}},
        {"@type": "Organization", "@id": "#o", "name": "Lê Văn Tám"},
    ]
    assert page(json.dumps({"@graph": nodes})).author is None


def crumbs(html: str) -> list[tuple[str, str]]:
    metadata = read_metadata(read_outline(html))
    return [(claim.value, claim.source) for claim in metadata.of("breadcrumb")]


def test_a_breadcrumb_gives_its_names_in_order() -> None:
    steps = [
        {"@type": "ListItem", "position": "2", "item": {"@id": "/x", "name": "Đời sống"}},
        {"@type": "ListItem", "position": 1, "name": "Trang chủ", "item": "/"},
        {"@type": "ListItem", "position": 10, "name": TITLE},
    ]
    trail = {"@type": "BreadcrumbList", "itemListElement": steps}
    script = json.dumps({"@type": "WebPage", "breadcrumb": trail})
    found = crumbs(f"<script type='application/ld+json'>{script}</script><p>x")
    assert found == [("Trang chủ", "jsonld"), ("Đời sống", "jsonld"), (TITLE, "jsonld")]


def test_a_breadcrumb_of_microdata_gives_its_names() -> None:
    step = (
        '<li itemprop="itemListElement"><a itemprop="item" href="/"><b itemprop="name">{}</b></a>'
    )
    trail = "".join(map(step.format, ("Trang chủ", "Đời sống")))
    found = crumbs(
        f'<ol itemscope itemtype="https://schema.org/BreadcrumbList">{trail}</ol>'
        '<p itemprop="name">Ai đó</p>'
    )
    assert found == [("Trang chủ", "microdata"), ("Đời sống", "microdata")]


def test_a_site_that_has_name_and_address_of_the_article_is_none() -> None:
    site = {"@type": "WebSite", "name": "N&#7853;m L&uacute;c", "url": "https://x.vn/bai-1.html"}
    article = {"@type": "NewsArticle", "headline": "Nậm Lúc"}
    metadata = read_metadata(
        read_outline(
            f"<script type='application/ld+json'>{json.dumps([site, article])}</script><p>x"
        )
    )
    assert metadata.of("site_name") == []


@pytest.mark.parametrize(
    "script",
    [
        "{" * 400_000,
        '"' * 400_000,
        '{"a": "' + '\\"' * 200_000,
        "{" + "/*" * 200_000,
        "{" + "<!--" * 100_000,
        "{" + '"a" ' * 100_000,
        '{"a": ' + "[1," * 99 + '"\\' * 150_000,
        '[{"@id": "a", "b": {"@id": "a"}},' * 10_000,
    ],
)
def test_bad_scripts_cost_no_more_than_their_size(script: str) -> None:
    began = time.process_time()
    read_graph([script] * 10)
    assert time.process_time() - began < 10


SAID = [
    "Ngày hội được tổ chức tại sân vận động trung tâm với hơn ba trăm người tham gia từ sáng.",
    "Các đội thi kéo co, đẩy gậy và bắn nỏ; đội thôn Cốc Môi giành giải nhất toàn đoàn năm nay.",
    "Ban tổ chức trao mười hai bộ giải và cảm ơn các hộ đã góp gạo, củi cho bữa cơm chung.",
]


def told(body: str) -> str:
    return json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": body})


@pytest.mark.parametrize(
    "body",
    [
        "\n\n".join(SAID),
        "\r\n".join(SAID),
        "".join(f"<p>{text}</p>" for text in SAID),
        "".join(f"&lt;p&gt;{text}&lt;/p&gt;" for text in SAID),
        "<br/><br/>".join(SAID),
        "  ".join(SAID),
        "".join(SAID),
    ],
)
@pytest.mark.parametrize("shown", ["", "<p>Đang tải nội dung…</p>", f"<p>{SAID[0]}</p>"])
def test_the_body_is_taken_from_json_ld_if_the_page_has_none(body: str, shown: str) -> None:
    article = page(told(body), body=shown)
    assert [article.lede, *article.paragraphs][-3:] == SAID
    assert article.provenance["body"] == "jsonld"
    assert article.verdict.is_article
    assert article.language == "vi"


def test_a_text_in_one_piece_stays_one_paragraph() -> None:
    text = " ".join(SAID).replace("Ban tổ chức", "Tp.Lào Cai")
    assert page(told(text), body="").paragraphs == [text]


def test_a_page_with_a_body_keeps_it() -> None:
    article = page(told("\n".join(SAID)))
    assert "body" not in article.provenance
    assert article.paragraphs[0].startswith("Từ sáng sớm")


def test_entities_escaped_twice_are_read() -> None:
    title = (
        "Thi &amp;quot;Sáng t&amp;aacute;c&amp;quot; ở N&amp;#7853;m L&amp;#xFA;c h&amp;ocirc;m nay"
    )
    body = "<p>Bà con&amp;nbsp;trong thôn g&amp;oacute;p c&amp;ocirc;ng làm đường từ sáng sớm.</p>"
    article = page(body=body * 3, title=title)
    assert article.title == 'Thi "Sáng tác" ở Nậm Lúc hôm nay'
    assert article.paragraphs[0] == "Bà con trong thôn góp công làm đường từ sáng sớm."


def test_entities_of_json_ld_are_read() -> None:
    data = {"@type": "NewsArticle", "headline": "Th&ocirc;n &amp;quot;ba s&amp;#7841;ch&amp;quot;"}
    metadata = read_metadata(
        read_outline(f"<script type='application/ld+json'>{json.dumps(data)}</script><p>x")
    )
    assert metadata.first("title") == 'Thôn "ba sạch"'


@pytest.mark.parametrize(
    "text",
    [
        "Gõ &amp;lt;p style='x'&amp;gt;&amp;nbsp;&amp;lt;/p&amp;gt; vào ô soạn thảo để xuống dòng.",
        "Gõ &lt;p&gt;&amp;nbsp;&lt;/p&gt; vào ô soạn thảo để thêm một dòng trống dưới đoạn.",
        "Gõ <code>&amp;nbsp;</code> vào ô soạn thảo để thêm một dấu cách không ngắt dòng.",
        "Công ty R&amp;D và AT&amp;T gửi thư về địa chỉ ?a=1&amp;copy=2 trước ngày mười lăm.",
        "Ký hiệu &amp;khongco; và &amp;#xD800; không có nghĩa gì trong bảng mã của trình duyệt.",
    ],
)
def test_what_shows_markup_or_names_nothing_stays(text: str) -> None:
    shown = text.replace("<code>", "").replace("</code>", "")
    for sign, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        shown = shown.replace(sign, character)
    assert page(body=f"{PROSE}<p>{text}</p>").paragraphs[-1] == shown


def test_preformatted_text_stays() -> None:
    text = "Gõ &amp;nbsp; để thêm một dấu cách không ngắt dòng vào giữa hai từ."
    article = page(body=f"{PROSE}<pre>{text}</pre>{PROSE}")
    assert text.replace("&amp;", "&") in article.paragraphs
