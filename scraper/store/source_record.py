"""A source's health record and the verdict on it: plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """How a source is."""

    FINE = "fine"
    NEW = "new"
    QUIET = "quiet"
    BROKEN = "broken"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    MOVED = "moved"
    HIJACKED = "hijacked"
    ELSEWHERE = "elsewhere"

    @property
    def is_well(self) -> bool:
        """Whether nobody needs to look."""
        return self in (Verdict.FINE, Verdict.NEW, Verdict.QUIET, Verdict.ELSEWHERE)


VERDICT_TEXTS: dict[Verdict, dict[str, dict[str, str]]] = {
    Verdict.FINE: {
        "verdict": {"vi": "Ổn", "en": "Fine"},
        "meaning": {"vi": "Tin vẫn về như thường lệ.", "en": "News comes as usual."},
    },
    Verdict.NEW: {
        "verdict": {"vi": "Mới thêm", "en": "New"},
        "meaning": {
            "vi": "Chưa chạy, hoặc mới chạy mà chưa đọc được bài nào.",
            "en": "No run yet, or none that could read an article.",
        },
    },
    Verdict.QUIET: {
        "verdict": {"vi": "Ít tin", "en": "Quiet"},
        "meaning": {
            "vi": "Hai tuần qua ít tin hơn hẳn lệ thường của chính nguồn này.",
            "en": "Far fewer articles in the past two weeks than is usual for this source.",
        },
    },
    Verdict.BROKEN: {
        "verdict": {"vi": "Đọc không được", "en": "Broken"},
        "meaning": {
            "vi": (
                "Trang vẫn trả lời nhưng bài không đọc được hay thiếu phần, có lẽ đã đổi giao diện."
            ),
            "en": (
                "The site answers, but its articles cannot be read, or not whole; perhaps it was "
                "redesigned."
            ),
        },
    },
    Verdict.BLOCKED: {
        "verdict": {"vi": "Bị chặn", "en": "Blocked"},
        "meaning": {
            "vi": "Trang không cho máy của chúng ta đọc.",
            "en": "The site refuses to serve us.",
        },
    },
    Verdict.UNREACHABLE: {
        "verdict": {"vi": "Không tới được", "en": "Unreachable"},
        "meaning": {"vi": "Mấy lượt liền không kết nối được.", "en": "No answer for several runs."},
    },
    Verdict.MOVED: {
        "verdict": {"vi": "Đã chuyển nhà", "en": "Moved"},
        "meaning": {"vi": "Trang đã sang địa chỉ khác.", "en": "The site has another address now."},
    },
    Verdict.HIJACKED: {
        "verdict": {"vi": "Bị chiếm", "en": "Hijacked"},
        "meaning": {
            "vi": "Tên miền hay nội dung nay là của người khác.",
            "en": "The domain, or what it shows, is in other hands now.",
        },
    },
    Verdict.ELSEWHERE: {
        "verdict": {"vi": "Máy khác lấy", "en": "Another shard"},
        "meaning": {
            "vi": "Máy khác lấy tin của nguồn này; những gì đã có ở đây vẫn còn.",
            "en": "Another machine crawls it; what was stored here stays.",
        },
    },
}
"""The name of each verdict and what it means, in the languages of the pages."""


OFFLINE = "offline"
"""The silence of a source in a run in which no host answered: ours may have been the fault."""


@dataclass(frozen=True, slots=True)
class SourceRun:
    """What one run recorded of the source; counts are of URLs.

    ``lists`` are those that were read (feeds and sitemaps too), ``refused`` the pages that were
    read and are no articles, ``deferred`` what was left to a later run; ``was_cut`` is True if
    the run was interrupted. ``names_articles`` is whether lists linked to any (None: not stored),
    ``missing`` the parts of the source's entry that found nothing ("" if none, None if that was
    not checked). ``silence`` is why no host of the source answered (None: one did), or OFFLINE;
    ``moved_to`` where its home page redirected, by the HTTP status ``moved_status``.
    """

    started_at: datetime
    read: int
    blocked: int
    failed: int
    error: str | None = None
    site_name: str | None = None
    lists: int = 1
    refused: int = 0
    deferred: int = 0
    was_cut: bool = False
    names_articles: bool | None = None
    missing: str | None = None
    silence: str | None = None
    moved_to: str | None = None
    moved_status: int | None = None

    @property
    def is_complete(self) -> bool:
        """Whether it read the site and left nothing to a later run."""
        return bool(self.read or self.refused) and not (self.was_cut or self.deferred or self.error)

    @property
    def is_dark(self) -> bool:
        """Whether the site sent no answer that could be read; an interrupted run shows nothing."""
        return not self.read and not self.blocked and bool(self.failed or self.error)


@dataclass(frozen=True, slots=True)
class Fill:
    """What articles with text (kind article) hold: shares (0 to 1) with each field, median body.

    ``median_body`` is in characters; notices, which have no body, are not among the articles.

    ``vietnamese`` is the share of those in Vietnamese, None if no language is known; ``spam``
    the share that offers betting, pills or loans, counted of what arrived last alone;
    ``same_title`` that of the commonest title.
    """

    articles: int
    shares: dict[str, float]
    median_body: float
    vietnamese: float | None = None
    spam: float = 0.0
    same_title: float = 0.0


@dataclass(frozen=True, slots=True)
class Record:
    """All that a verdict is based on.

    ``nights`` are the latest runs, newest first; ``recent`` the articles of all kinds in the past
    fortnight, ``weekly`` the usual number a week over the half year before it; ``state`` what is
    stored about the site, ``state_since`` since when if runs found it (None: the registry has it);
    ``fill_now`` and ``fill_before`` describe the newest and the earlier articles with text;
    ``names`` is what the site called itself, the latest first, ``registered`` its name with us;
    ``found`` are the articles of the past week, ``unread`` the pages of that week that were named
    as articles and could not be read as such. ``has_articles`` is whether it has any.

    ``arrived`` and ``earlier`` separate the articles by the latest run, however old they are;
    ``newest`` are those that were met or changed last.
    Of the articles that the past fortnight saw (``seen``), ``rewritten`` show an unrelated
    text at the same address, and ``emptied`` no text any more. ``repeated`` are the most addresses
    that the past week found with one and the same text. ``notices`` came since the latest article
    with text, ``texts_expected`` such articles would have been usual in that time. The source has
    been silent for ``silent_weeks``; in the year before it published ``spoken_weekly`` articles a
    week.
    """

    state: str
    nights: Sequence[SourceRun]
    recent: int
    weekly: float
    fill_now: Fill | None = None
    fill_before: Fill | None = None
    names: Sequence[str] = ()
    registered: str = ""
    found: int = 0
    unread: int = 0
    has_articles: bool = True
    arrived: Fill | None = None
    earlier: Fill | None = None
    newest: Fill | None = None
    rewritten: int = 0
    emptied: int = 0
    seen: int = 0
    repeated: int = 0
    notices: int = 0
    texts_expected: float = 0.0
    silent_weeks: float = 0.0
    spoken_weekly: float = 0.0
    state_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """A verdict, why, and since when (None: not known)."""

    verdict: Verdict
    reason: str
    since: datetime | None = None
