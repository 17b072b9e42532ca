"""Invented news for the test doubles: as many different stories as a test needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from scraper.base.clock import VIETNAM
from scraper.demo.content import Story
from scraper.demo.files import Heading, pdf

LATEST = datetime(2026, 10, 30, 15, 45, tzinfo=VIETNAM)

SECTIONS = {
    "thoi-su": "Thời sự",
    "kinh-te": "Kinh tế",
    "van-hoa-xa-hoi": "Văn hóa - Xã hội",
}
TOPICS = (
    "Khánh thành cầu dân sinh",
    "Tập huấn trồng cam sành an toàn",
    "Diễn tập phòng chống lũ quét",
    "Trao nhà tình nghĩa cho gia đình chính sách",
    "Ra mắt tổ công nghệ số cộng đồng",
    "Khai giảng lớp xóa mù chữ",
    "Phát động trồng rừng gỗ lớn",
    "Giải ngân vốn vay cho hộ nghèo",
    "Hội thi văn nghệ quần chúng",
    "Nghiệm thu đường bê tông nội đồng",
    "Tiêm phòng cho đàn gia súc",
    "Bàn giao điểm trường mới",
)
PLACES = (
    "thôn Nà Luông",
    "bản Khuổi Trầu",
    "xóm Đồng Vạc",
    "thôn Minh Khương Hạ",
    "bản Pác Cáp",
    "thôn Cây Thị",
    "xóm Suối Đục",
    "bản Lũng Quang",
    "thôn Tân Thịnh",
    "xóm Bờ Hồ",
)
PEOPLE = ("Lý Thị Mùi", "Hoàng Văn Sình", "Ma Thị Duyên", "Bàn Văn Tọa", "Đặng Thị Ghến")
SENTENCES = (
    "Sáng nay, bà con {place} dậy sớm hơn mọi ngày để cùng cán bộ xã chuẩn bị cho việc {topic}.",
    "Ông {person}, người nhiều năm gắn bó với {place}, kể rằng ai cũng mong việc {topic} từ lâu.",
    "Theo ban tổ chức, việc {topic} ở {place} cần hơn {number} ngày công của bà con góp lại.",
    "Tại buổi gặp mặt, ý kiến của bà {person} về {topic} được nhiều người ở {place} đồng tình.",
    "Kinh phí cho việc {topic} là {number} triệu đồng, phần lớn do nhân dân {place} tự nguyện góp.",
    "Trời mưa từ đêm, đường vào {place} trơn trượt, nhưng việc {topic} vẫn đúng như lịch đã định.",
    "Chi đoàn {place} cử {number} đoàn viên giúp việc {topic}, người lo hậu cần, người dọn đường.",
    "Sau khi xong việc {topic}, {place} sẽ họp dân để bàn cách giữ gìn thành quả cho lâu dài.",
    "Chị {person} cho biết gia đình chị đã chờ việc {topic} suốt {number} tháng và nay rất vui.",
)


def story(number: int, total: int) -> Story:
    """Return story ``number`` of ``total``, from 1; the last was published at ``LATEST``."""
    index = number - 1
    topic = TOPICS[index % len(TOPICS)]
    place = PLACES[(index // len(TOPICS) + index) % len(PLACES)]
    words = {"place": place, "topic": topic[0].lower() + topic[1:]}
    paragraphs = [
        SENTENCES[(index * 2 + step) % len(SENTENCES)].format(
            person=PEOPLE[(index + step) % len(PEOPLE)], number=17 + index * 3 + step, **words
        )
        for step in range(5)
    ]
    author = PEOPLE[number % len(PEOPLE)]
    return Story(
        source="portal",
        sections=(list(SECTIONS.values())[index % len(SECTIONS)],),
        id=number,
        title=f"{topic} tại {place} năm {2015 + number % 9}",
        published=LATEST - timedelta(days=2 * (total - number), minutes=7 * number),
        body="\n\n".join(paragraphs),
        lede=f"Việc {words['topic']} tại {place} vừa hoàn thành trong niềm vui của bà con.",
        author=author,
        byline=author,
    )


def with_files(one: Story) -> Story:
    """Return a story with a photo and an attachment; every third has the attachment only."""
    file = f"file: tai-lieu-so-{one.id}.pdf | Tài liệu số {one.id}"
    if one.id % 3 == 0:
        return replace(one, lede=None, byline=None, author=None, body=file)
    photo = f"photo: buc-anh-{one.id}.jpg | Quang cảnh buổi làm việc thứ {one.id}."
    first, *others = one.body.split("\n\n")
    return replace(one, body="\n\n".join([first, photo, *others, file]))


def sentence_of(one: Story) -> str:
    """Return a sentence of the attachment of a story, which stands nowhere else."""
    return f"Phần việc thứ {one.id} do tổ {one.id + 7} ghi vào cuốn sổ bìa lam số {one.id * 3}."


def document_of(one: Story) -> bytes:
    """Return the attachment of a story: a PDF of two pages."""
    return pdf([[Heading("TÀI LIỆU"), one.title], [sentence_of(one)]])


def stories(count: int) -> list[Story]:
    """Return ``count`` stories, newest first; up to 120 are all different."""
    return [story(number, count) for number in range(count, 0, -1)]


def in_two_sections(among: list[Story], section: str) -> list[Story]:
    """Return the stories of a section and of the section before it."""
    sections = list(SECTIONS)
    return [one for one in among if one.section in (section, sections[sections.index(section) - 1])]
