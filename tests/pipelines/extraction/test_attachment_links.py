"""Links, viewers and frames by which portals publish files in place of text."""

from __future__ import annotations

import pytest

from pipelines import extract
from pipelines.article import Article, Kind

TITLE = "Thông báo số 12 về việc họp thôn bàn làm đường"
PAGE = (
    "<!DOCTYPE html><html lang='vi'><head><title>{title} | Xã A</title></head><body>"
    "<div class='menu'><a href='/'>Trang chủ</a></div><div class='content'><h1>{title}</h1>"
    "<span class='date'>21/11/2026 08:00</span><div class='detail'>{markup}</div></div>"
    "<div class='footer'>UBND xã A</div></body></html>"
)
UUID = "2f1c0c1e-7f5a-5d0b-9a3e-0c64d1f0a9b7"
FILE = "http://xa.example/tep/ke-hoach.pdf"


def notice_with(markup: str) -> Article:
    return extract(
        PAGE.format(title=TITLE, markup=markup), url="http://xa.example/tin/thong-bao-12-345.html"
    )


@pytest.mark.parametrize(
    "markup",
    [
        "<a href='/tep/ke-hoach.pdf'>Tải về</a>",
        "<a href='/tep/ke-hoach.pdf#page=2'>Tải về</a>",
        "<iframe src='/tep/ke-hoach.pdf'></iframe>",
        "<iframe src='about:blank' data-src='/tep/ke-hoach.pdf'></iframe>",
        "<embed src='/tep/ke-hoach.pdf#toolbar=1&view=FitH' type='application/pdf'>",
        "<object data='/tep/ke-hoach.pdf' type='application/pdf'><p>Trình duyệt không hiển thị được"
        " tệp. <a href='/tep/ke-hoach.pdf'>Tải về</a></p></object>",
        "<object data='/tep/ke-hoach.pdf#page=1'><embed src='/tep/ke-hoach.pdf'></object>",
        "<iframe src='https://docs.google.com/gview?url=http%3A%2F%2Fxa.example%2Ftep%2Fke-hoach.pdf"
        "&embedded=true'></iframe>",
        "<iframe src='https://docs.google.com/viewer?embedded=true&url=http://xa.example/tep/"
        "ke-hoach.pdf'></iframe>",
        "<iframe src='https://docs.google.com/viewerng/viewer?url=xa.example/tep/ke-hoach.pdf'>"
        "</iframe>",
        "<iframe src='https://view.officeapps.live.com/op/embed.aspx?src="
        "http%3a%2f%2fxa.example%2ftep%2fke-hoach.pdf'></iframe>",
        "<iframe src='/pdfjs/web/viewer.html?file=%2Ftep%2Fke-hoach.pdf#zoom=page-width'></iframe>",
        "<iframe src='/pdfjs/web/viewer.html?file=../../tep/ke-hoach.pdf'></iframe>",
        "<iframe src='/ViewerJS/#../tep/ke-hoach.pdf'></iframe>",
        "<iframe src='/viewerjs/index.html#/tep/ke-hoach.pdf'></iframe>",
        "<a href='/_layouts/15/WopiFrame.aspx?sourcedoc=/tep/ke-hoach.pdf&action=default'>Xem</a>",
    ],
)
def test_the_file_behind_a_link_or_a_viewer_is_found_once(markup: str) -> None:
    article = notice_with(markup)
    assert article.kind is Kind.NOTICE
    assert [(file.url, file.name) for file in article.attachments] == [(FILE, "ke-hoach.pdf")]
    assert article.paragraphs == []


@pytest.mark.parametrize(
    "path",
    [
        "/LinkClick.aspx?fileticket=9xKq3%3d&tabid=119",
        "/index.php?option=com_attachments&task=download&id=12",
        "/index.php?option=com_jdownloads&task=download.send&id=7",
        "/attachments/download/12",
        f"/file/download/{UUID}",
        "/Handlers/DownloadFile.ashx?id=5512",
        "/uc?export=download&id=1VHQ",
        "/kinh-te/thong-bao-34.html?download=1&id=0",
        f"/documents/20182/163001/ke-hoach/{UUID}?t=1717",
        f"/documents/20182/ke-hoach/{UUID}",
    ],
)
def test_links_to_files_without_an_extension_are_found(path: str) -> None:
    article = notice_with(f"<p><a href='{path}'>Kế hoạch số 5</a></p>")
    assert [(file.url, file.name) for file in article.attachments] == [
        (f"http://xa.example{path}", "Kế hoạch số 5")
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/tai-ve/phan-mem-quan-ly-ho-tich",
        "/download/",
        "/tin-tuc/overview#a.pdf",
        f"/documents/20182/163001/anh-hop-thon.jpg/{UUID}",
        "/van-ban/documents/12",
        "/index.php?option=com_content&task=view&id=12",
    ],
)
def test_links_to_pages_and_pictures_are_no_files(path: str) -> None:
    assert notice_with(f"<p><a href='{path}'>Kế hoạch số 5</a></p>").attachments == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Tải về: ke-hoach-5.pdf", "ke-hoach-5.pdf"),
        ("Tải file: Kế hoạch: phần một", "Kế hoạch: phần một"),
        ("Kế hoạch: phần một", "Kế hoạch: phần một"),
        ("Xem chi tiết tại đây", "ke-hoach.pdf"),
    ],
)
def test_words_that_point_to_a_file_are_no_part_of_its_name(text: str, name: str) -> None:
    article = notice_with(f"<p><a href='/tep/ke-hoach.pdf'>{text}</a></p>")
    assert [file.name for file in article.attachments] == [name]


@pytest.mark.parametrize("count", [25, 60, 100])
def test_a_notice_keeps_all_of_a_long_list_of_files(count: int) -> None:
    text = f"<p>{'Thôn bàn việc làm đường, góp công và góp cát. ' * 9}</p>"
    links = "".join(f"<p><a href='/tep/{n}.pdf'>Quyết định số {n}</a></p>" for n in range(count))
    menu = "".join(f"<p>Mục {n}</p>" for n in range(30)) + "<p><a href='/tep/khac.pdf'>Khác</a></p>"
    found = notice_with(text + links + menu).attachments
    assert [file.url for file in found] == [f"http://xa.example/tep/{n}.pdf" for n in range(count)]


def test_files_beyond_the_bound_are_counted() -> None:
    links = "".join(f"<p><a href='/tep/{n}.pdf'>Quyết định số {n}</a></p>" for n in range(1003))
    article = notice_with(links)
    assert len(article.attachments) == 1000
    assert article.provenance["attachments"] == "the first 1000 of 1003"


TEXT = (
    "<p>Sáng 21/11, Ủy ban nhân dân xã tổ chức họp thôn bàn việc làm đường, với sự tham dự của đông"
    " đảo bà con trong thôn.</p><p>Các hộ dân thống nhất góp công, góp cát và hiến đất để con đường"
    " dài hai cây số hoàn thành trước Tết Nguyên đán.</p>"
)
LONG_NAME = "Hướng dẫn chi tiết việc kê khai và nộp hồ sơ đề nghị hỗ trợ làm đường"
NO_FILES = {
    "data": "data:application/pdf;base64," + "JVBERi0x" * 1000,
    "long URL": "https://tinh.example/tep/" + "a" * 4001 + ".pdf",
    "script": "javascript:void(0)",
    "mail": "mailto:ubnd@xa.example",
    "folder": "https://drive.google.com/drive/folders/1AbC",
    "page": "https://tinh.example/huong-dan-12.html",
}
LISTS = {
    "paragraphs": ("{}", "<p>{}</p>"),
    "items": ("<ul>{}</ul>", "<li>{}</li>"),
    "rows": ("<table>{}</table>", "<tr><td>{}</td><td>21/11/2026</td></tr>"),
    "lines": ("<p>{}</p>", "{}<br>"),
}


def linked(url: str, text: str) -> str:
    return f"<a href='{url}'>{text}</a>"


@pytest.mark.parametrize("text", [TEXT, ""], ids=["article", "notice"])
@pytest.mark.parametrize(("whole", "line"), LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("href", NO_FILES.values(), ids=NO_FILES)
def test_a_link_to_no_file_does_not_end_the_list_of_files(
    href: str, whole: str, line: str, text: str
) -> None:
    files = [linked(f"/tep/{n}.pdf", f"Quyết định số {n} về việc làm đường") for n in range(4)]
    links = [files[0], linked(href, LONG_NAME), files[1], linked(href, LONG_NAME), *files[2:]]
    article = notice_with(text + whole.format("".join(map(line.format, links))))
    assert [file.url for file in article.attachments] == [
        f"http://xa.example/tep/{n}.pdf" for n in range(4)
    ]


def test_a_headline_in_another_box_still_ends_the_article() -> None:
    file = linked("/tep/1.pdf", "Quyết định số 1 về việc làm đường")
    other = linked("/tin/khac-9.html", LONG_NAME)
    others = f"<div><p>{other}</p></div><div><p>{linked('/tep/khac.pdf', 'Lịch tuần')}</p></div>"
    assert len(notice_with(f"{TEXT}<p>{file}</p>{others}").attachments) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://drive.google.com/file/d/1AbC_d-e/view?usp=sharing",
        "https://drive.google.com/file/d/1AbC_d-e/preview",
        "https://drive.google.com/file/u/0/d/1AbC_d-e/view",
        "https://drive.google.com/uc?id=1AbC_d-e",
        "https://drive.google.com/open?id=1AbC_d-e",
        "https://drive.usercontent.google.com/download?id=1AbC_d-e",
        "https://docs.google.com/document/d/1AbC_d-e/export?format=pdf",
        "https://docs.google.com/spreadsheets/d/1AbC_d-e/export?format=xlsx",
        "https://docs.google.com/presentation/d/e/1AbC_d-e/pub",
    ],
)
def test_documents_at_google_are_files(url: str) -> None:
    for markup in (linked(url, "Kế hoạch số 5"), f"<iframe src='{url}'></iframe>"):
        assert [file.url for file in notice_with(f"<p>{markup}</p>").attachments] == [url]


@pytest.mark.parametrize(
    "url",
    [
        "https://drive.google.com/drive/folders/1AbC",
        "https://docs.google.com/forms/d/e/1AbC/viewform",
        "https://drive.google.com/",
        "https://drive.google.com.tinh.example/open?id=1",
    ],
)
def test_other_pages_at_google_are_no_files(url: str) -> None:
    assert notice_with(f"<p>{linked(url, 'Kế hoạch số 5')}</p>").attachments == []


@pytest.mark.parametrize(
    "markup",
    [
        "<object data='/xem/12' type='application/pdf'></object>",
        "<object classid='x'><param name='src' value='/xem/12'>"
        "<embed src='/xem/12' type='application/pdf'></object>",
        "<embed src=' /xem/12' type='APPLICATION/PDF'>",
        "<p><a href='/xem/12' type='application/pdf'>Tải về</a></p>",
        "<p><a href='/xem/12 ' type='application/pdf; charset=binary'>Tải về</a></p>",
        "<p><a type='application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'"
        " href='/xem/12'>Xem tại đây</a></p>",
        "<p><a href='/xem/12' type='application/msword'><img src='/icon/doc.gif'></a></p>",
    ],
)
@pytest.mark.parametrize("text", [TEXT, ""], ids=["article", "notice"])
def test_the_declared_type_of_a_link_makes_it_a_file(markup: str, text: str) -> None:
    found = notice_with(text + markup).attachments
    assert [file.url for file in found] == ["http://xa.example/xem/12"]


@pytest.mark.parametrize("type_", ["text/html", "application/json", "button", ""])
def test_other_types_of_links_make_no_file(type_: str) -> None:
    link = f"<p><a href='/xem/12' type='{type_}'>Kế hoạch số 5</a></p>"
    assert notice_with(TEXT + link).attachments == []


@pytest.mark.parametrize(
    ("below", "names"),
    [
        ("<p>{0}</p>", ["Lịch họp học kỳ 1"]),
        ("<p>{0}</p><p>{1}</p>", ["Lịch họp học kỳ 1", "Mẫu đơn xin nghỉ"]),
        ("<p>{0}<br>{1}</p>", ["Lịch họp học kỳ 1", "Mẫu đơn xin nghỉ"]),
        ("<div class='tep'>{0}</div>", []),
        ("<p>File đính kèm:</p><p>{0}</p>", []),
        ("<p><a href='/tep/1.pdf'>lich-hop.pdf</a></p>", []),
        ("<p><a href='/tep/1.pdf'>Tải về tại đây</a></p>", []),
        ("<p><a href='/tin/2.html'>Lịch họp học kỳ 1</a></p>", []),
    ],
)
def test_a_paragraph_below_the_text_that_names_its_file_is_text(
    below: str, names: list[str]
) -> None:
    links = linked("/tep/1.pdf", "Lịch họp học kỳ 1"), linked("/xem/2?dl=1", "Mẫu đơn xin nghỉ")
    assert notice_with(TEXT + below.format(*links)).paragraphs[2:] == names
