"""Why a look at a site found no article, and what to do about it, in both languages."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from pipelines.items import Outcome

if TYPE_CHECKING:
    from scraper.crawling.preview import Preview


class Obstacle(StrEnum):
    """What stood between a site and its articles."""

    UNKNOWN_HOST = "unknown_host"
    NO_ANSWER = "no_answer"
    CERTIFICATE = "certificate"
    PRIVATE = "private"
    MOVED = "moved"
    ROBOTS = "robots"
    BLOCKED = "blocked"
    BY_SCRIPT = "by_script"
    NO_ARTICLE = "no_article"
    NO_PAGE = "no_page"


OBSTACLE_TEXTS: dict[Obstacle, dict[str, dict[str, str]]] = {
    Obstacle.UNKNOWN_HOST: {
        "why": {
            "vi": "không có máy chủ nào mang tên này",
            "en": "there is no host of that name",
        },
        "next": {
            "vi": "kiểm tra chính tả của địa chỉ, hoặc thử lại sau",
            "en": "check the spelling of the address, or try again later",
        },
    },
    Obstacle.NO_ANSWER: {
        "why": {"vi": "trang không trả lời", "en": "the site does not answer"},
        "next": {
            "vi": "mở địa chỉ bằng trình duyệt, rồi thử lại sau",
            "en": "open the address in a browser, then try again later",
        },
    },
    Obstacle.CERTIFICATE: {
        "why": {
            "vi": "chứng chỉ TLS của trang không kiểm được",
            "en": "the TLS certificate of the site cannot be verified",
        },
        "next": {
            "vi": "báo cho trang; nếu vẫn muốn đọc, ghi verify_tls = false vào mục của nó trong "
            "sources.toml",
            "en": "tell the site; to read it all the same, write its entry into sources.toml with "
            "verify_tls = false",
        },
    },
    Obstacle.PRIVATE: {
        "why": {
            "vi": "địa chỉ dẫn vào mạng nội bộ, nơi chỉ đúng địa chỉ được nêu mới được hỏi",
            "en": "the address leads into a private network, in which only the address that you "
            "name is asked",
        },
        "next": {
            "vi": "nếu trang đó là của bạn, hãy nêu chính địa chỉ mà nó dẫn tới",
            "en": "if that site is yours, name the address itself to which it leads",
        },
    },
    Obstacle.MOVED: {
        "why": {"vi": "trang đã chuyển sang địa chỉ khác", "en": "the site has moved elsewhere"},
        "next": {"vi": "thêm địa chỉ mới", "en": "add the new address instead"},
    },
    Obstacle.ROBOTS: {
        "why": {
            "vi": "robots.txt của trang cấm máy đọc",
            "en": "the robots.txt of the site forbids it",
        },
        "next": {
            "vi": "xin phép chủ trang, hoặc thêm một trang khác đăng tin này",
            "en": "ask its owner, or add another site that has the same news",
        },
    },
    Obstacle.BLOCKED: {
        "why": {"vi": "trang từ chối máy đọc", "en": "the site refuses programs"},
        "next": {
            "vi": "thử lại sau vài giờ với khoảng nghỉ dài hơn (--delay), hoặc xin phép chủ trang",
            "en": "try again in some hours with a longer --delay, or ask its owner",
        },
    },
    Obstacle.BY_SCRIPT: {
        "why": {
            "vi": "danh sách bài chỉ hiện ra bằng script, mà script không được chạy",
            "en": "its lists go on only by script, which is not run",
        },
        "next": {
            "vi": "khai báo yêu cầu của script bằng khoá `more` trong sources.toml",
            "en": "declare the request of the script with the key `more` in sources.toml",
        },
    },
    Obstacle.NO_ARTICLE: {
        "why": {
            "vi": "đã đọc trang nhưng không trang nào là bài",
            "en": "pages were read, and none of them is an article",
        },
        "next": {
            "vi": "nêu địa chỉ của mục tin tức thay cho trang chủ, hoặc xem một bài bằng "
            "`tinhuyen extract URL --explain`",
            "en": "name the address of its news section instead, or look at one article with "
            "`tinhuyen extract URL --explain`",
        },
    },
    Obstacle.NO_PAGE: {
        "why": {"vi": "không đọc được trang nào", "en": "no page of the site could be read"},
        "next": {
            "vi": "mở địa chỉ bằng trình duyệt: có thể trang đang hỏng",
            "en": "open the address in a browser: the site may be broken",
        },
    },
}
"""Why nothing was found, and the next step."""

WORDS: tuple[tuple[Obstacle, re.Pattern[str]], ...] = tuple(
    (obstacle, re.compile(rf"(?<![a-z_])({words})(?![a-z_])"))
    for obstacle, words in (
        (Obstacle.PRIVATE, "private_address"),
        (Obstacle.UNKNOWN_HOST, "dns"),
        (Obstacle.CERTIFICATE, "tls"),
        (Obstacle.MOVED, "moved to"),
        (Obstacle.ROBOTS, "robots"),
        (Obstacle.BLOCKED, "challenge|cookie_gate|http_40[1236]|http_407|http_429|http_451|asked"),
        (Obstacle.NO_ANSWER, "connect|timeout|truncated|robots_unreachable|http_5[0-9][0-9]"),
    )
)
"""The obstacles by the words of reasons and errors, the most telling first."""

HINDERED = (Outcome.REFUSED, Outcome.BLOCKED, Outcome.FAILED, Outcome.BROKEN, Outcome.DEFERRED)


def obstacle_of(found: Preview) -> Obstacle | None:
    """Return why a preview shows no article, None if it shows one."""
    if found.samples:
        return None
    was_read = any(found.outcomes.get(outcome) for outcome in Outcome if outcome.is_read)
    if not was_read or found.problem:
        reasons = [reason for end in HINDERED for reason in found.reasons.get(end, ())]
        said = " ".join([found.problem or "", *reasons])
        for obstacle, words in WORDS:
            if words.search(said):
                return obstacle
    if not was_read:
        is_answered = found.outcomes.get(Outcome.NOT_ARTICLE)
        return Obstacle.NO_ARTICLE if is_answered else Obstacle.NO_PAGE
    return Obstacle.BY_SCRIPT if found.by_script else Obstacle.NO_ARTICLE
