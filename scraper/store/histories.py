"""The history of an article as one shard knows it, and the history that several of them make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from pipelines.article import Attachment, Photo
from scraper.store.article_files import photos_json
from scraper.store.earlier_files import attachments_json
from scraper.store.revisions import REVISED

Row = dict[str, Any]


@dataclass(slots=True)
class History:
    """An article as it is now, and its earlier states, oldest first.

    ``article`` has the columns of ``articles`` but for ``id`` and ``same_as``; ``photos`` and
    ``files`` are its rows in their order. A revision has its columns but for ``id`` and
    ``article``, ``returns`` (time and capture), and ``url_key``, the page that it was read from.
    ``capture`` is that of the article's page. Captures are those of the reading database.
    """

    article: Row
    photos: list[Row] = field(default_factory=list)
    files: list[Row] = field(default_factory=list)
    revisions: list[Row] = field(default_factory=list)
    capture: int | None = None

    def as_json(self) -> Row:
        """Return plain values, which are not copied."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class _Sight:
    """A state at a time: that of a revision, or the present one of a history (None)."""

    seen_at: str
    capture: int | None
    content_hash: str
    state: Row
    present: History | None = None


def merge_histories(histories: Sequence[History]) -> History:
    """Return one history in which the states of all stand in the order of time.

    The result does not depend on the order of the histories. What rules of another version read
    from the present page is no state of its own.
    """
    known = sorted(histories, key=_order)
    latest, first = known[-1], min(known, key=lambda one: (_first(one), _order(one)))
    own_keys = {each.article["page"] for each in known} | {None}
    current = [each for each in known if each is latest or not _is_older_reading(each, latest)]
    sights = sorted(
        (
            *(sight for each in known for sight in _earlier(each, own_keys)),
            *(sight for each in current for sight in _present(each)),
        ),
        key=lambda one: (one.seen_at, one.present is not None),
    )
    runs = _runs(sights)
    changed_at = runs[-1][0].seen_at if len(runs) > 1 else None
    article = latest.article | {
        "url": first.article["url"],
        "source": first.article["source"],
        "page": _page(first, latest),
        "first_seen_at": _first(first),
        "last_seen_at": latest.article["last_seen_at"],
        "changed_at": changed_at or min(each.article["changed_at"] for each in known),
        "gone_at": _gone_at(known),
    }
    revisions = _revisions(runs[:-1]) + _elsewhere(known, own_keys, article["content_hash"])
    return History(article, latest.photos, latest.files, revisions, latest.capture)


def _order(history: History) -> tuple[str, int, str, str]:
    article = history.article
    return (
        article["last_seen_at"],
        article["extractor"],
        article["content_hash"],
        str(article["url"]),
    )


def _first(history: History) -> str:
    return str(history.article["first_seen_at"])


def _page(first: History, latest: History) -> str | None:
    """The page of the latest state if it has the same URL, else that of the first."""
    is_same = first.article["url"] == latest.article["url"]
    page: str | None = (latest if is_same else first).article["page"]
    return page


def _gone_at(histories: Sequence[History]) -> str | None:
    last = max(each.article["last_seen_at"] for each in histories)
    gone = [each.article["gone_at"] for each in histories if each.article["gone_at"] is not None]
    return min((moment for moment in gone if moment >= last), default=None)


def _is_older_reading(history: History, latest: History) -> bool:
    """Whether older rules read the present state from the page that the latest state is of."""
    return bool(
        history.article["extractor"] < latest.article["extractor"]
        and history.article["last_seen_at"] >= latest.article["changed_at"]
    )


def _earlier(history: History, own_keys: set[str | None]) -> list[_Sight]:
    return [
        _Sight(seen_at, capture, revision["content_hash"], revision)
        for revision in history.revisions
        if revision["url_key"] in own_keys
        for seen_at, capture in (
            (revision["seen_at"], revision["capture"]),
            *revision["returns"],
        )
    ]


def _present(history: History) -> list[_Sight]:
    article, state = history.article, _as_revision(history)
    return [
        _Sight(article[name], history.capture, article["content_hash"], state, history)
        for name in ("changed_at", "last_seen_at")
    ]


def _as_revision(history: History) -> Row:
    """Return the present state as the columns of a revision."""
    photos = [Photo(each["url"], each["caption"], each["credit"]) for each in history.photos]
    files = [Attachment(each["url"], each["name"]) for each in history.files]
    state = {name: history.article[name] for name in REVISED if name in history.article}
    return state | {
        "photos": photos_json(photos),
        "attachments": attachments_json(files),
        "url_key": history.article["page"],
    }


def _runs(sights: Sequence[_Sight]) -> list[list[_Sight]]:
    """Return the sights in order, those together that saw the same text."""
    runs: list[list[_Sight]] = []
    for sight in sights:
        if runs and runs[-1][-1].content_hash == sight.content_hash:
            runs[-1].append(sight)
        else:
            runs.append([sight])
    return runs


def _revisions(runs: Sequence[Sequence[_Sight]]) -> list[Row]:
    """Return a revision for each text, and when it stood again."""
    found: dict[str, Row] = {}
    for run in runs:
        last = run[-1]
        known = found.get(last.content_hash)
        if known is None:
            found[last.content_hash] = last.state | {
                "seen_at": last.seen_at,
                "capture": last.capture,
                "returns": [],
            }
        else:
            known["returns"].append([last.seen_at, last.capture])
    return list(found.values())


def _elsewhere(
    histories: Sequence[History], own_keys: set[str | None], content_hash: str
) -> list[Row]:
    """Return the versions that other pages show, each once."""
    found: dict[str, Row] = {}
    for revision in sorted(
        (revision for each in histories for revision in each.revisions),
        key=lambda one: str(one["seen_at"]),
    ):
        if revision["url_key"] not in own_keys and revision["content_hash"] != content_hash:
            found.setdefault(revision["content_hash"], revision)
    return list(found.values())
