"""Checks of a source's articles: whether they are its own, and whether they were read whole."""

from __future__ import annotations

from scraper.store.source_record import Fill, Health, Record, Verdict

USUAL_SHARE = 0.8
"""A field is usual if at least this share of the articles has it …"""

EMPTIED_SHARE = 0.5
"""… and is lost if its share of the newest articles is less than half of that; so are bodies if
their median length is."""

EMPTIED_ARTICLES = 5
"""Articles that a check of fields, body lengths or language needs at least, and pages in a week
that were linked as articles and could not be read as such."""

LANGUAGE_SHARE = 0.5
"""A site has changed its language if fewer than half of its newest articles are in Vietnamese, and
more than half of the earlier ones were."""

SPAM_SHARE = 0.5
"""A site is hijacked if this share of its newest articles offers betting, pills or loans; a
newspaper reports on them in one article of many."""

REWRITTEN_SHARE = 0.5
"""A site is hijacked if this share of the articles seen in a fortnight shows other texts."""

SAME_TITLE_SHARE = 0.8
"""If this share of the newest articles has the same title, it is the site's and not theirs …"""

OWN_TITLES = 0.5
"""… unless more than this share of the earlier ones had, too: a site of schedules."""

REPEATED_SHARE = 3
"""One text at this many times as many URLs as there are articles is an error page or a menu: a
print version, a tag and a section may each show an article once more."""

TEXTS_EXPECTED = 8
"""Articles with text that would have been usual while only notices came: one batch of decisions is
no redesign."""


def assess_owner(record: Record) -> Health | None:
    """Whether the articles are somebody else's."""
    return _foreign(record) or _spam(record) or _rewritten(record)


def assess_content(record: Record) -> Health | None:
    """Whether articles still have texts, fields and titles of their own."""
    return (
        _unread(record)
        or _repeated(record)
        or _same_titles(record)
        or _without_text(record)
        or _emptied(record)
    )


def _foreign(record: Record) -> Health | None:
    """Articles in another language than the site's own."""
    pairs = (_pair(record.arrived, record.earlier), _pair(record.fill_now, record.fill_before))
    for now, before in filter(None, pairs):
        if now.vietnamese is None or before.vietnamese is None:
            continue
        if now.vietnamese < LANGUAGE_SHARE < before.vietnamese:
            return Health(Verdict.HIJACKED, "its articles are not in Vietnamese any more")
    return None


def _spam(record: Record) -> Health | None:
    """Articles that advertise what no public body offers."""
    newest = record.arrived
    if newest is None or newest.articles < EMPTIED_ARTICLES or newest.spam < SPAM_SHARE:
        return None
    reason = f"{newest.spam:.0%} of its newest articles offer betting, pills or loans"
    return Health(Verdict.HIJACKED, reason)


def _rewritten(record: Record) -> Health | None:
    """Other texts at the addresses of known articles."""
    if not _are_most(record.rewritten, record):
        return None
    reason = f"{record.rewritten} articles show other texts than they did, at the same addresses"
    return Health(Verdict.HIJACKED, reason)


def _are_most(count: int, record: Record) -> bool:
    return count >= EMPTIED_ARTICLES and count >= REWRITTEN_SHARE * record.seen


def _unread(record: Record) -> Health | None:
    if record.unread < EMPTIED_ARTICLES or record.unread <= record.found:
        return None
    reason = f"{record.unread} pages of a week should be articles and are not"
    return Health(Verdict.BROKEN, reason)


def _repeated(record: Record) -> Health | None:
    """One text at many addresses: an error page, or a menu, taken for articles."""
    if record.repeated < EMPTIED_ARTICLES or record.repeated < REPEATED_SHARE * record.found:
        return None
    return Health(
        Verdict.BROKEN, f"{record.repeated} addresses of a week show one and the same text"
    )


def _same_titles(record: Record) -> Health | None:
    newest, earlier = record.newest, record.earlier
    if newest is None or newest.articles < EMPTIED_ARTICLES:
        return None
    if newest.same_title < SAME_TITLE_SHARE:
        return None
    if earlier and earlier.articles >= EMPTIED_ARTICLES and earlier.same_title > OWN_TITLES:
        return None
    return Health(Verdict.BROKEN, f"{newest.same_title:.0%} of its newest articles bear one title")


def _without_text(record: Record) -> Health | None:
    """Only notices, though articles came before: their texts are not read any more."""
    if _are_most(record.emptied, record):
        return Health(Verdict.BROKEN, f"{record.emptied} articles have lost their text")
    if record.notices < EMPTIED_ARTICLES or record.texts_expected < TEXTS_EXPECTED:
        return None
    reason = (
        f"{record.notices} notices and no article with text, where "
        f"{record.texts_expected:.0f} articles would be usual"
    )
    return Health(Verdict.BROKEN, reason)


def _emptied(record: Record) -> Health | None:
    pair = _pair(record.fill_now, record.fill_before)
    if pair is None:
        return None
    now, before = pair
    if now.median_body < EMPTIED_SHARE * before.median_body:
        return Health(Verdict.BROKEN, "bodies are less than half as long as they were")
    for field, share in before.shares.items():
        if share >= USUAL_SHARE and now.shares.get(field, 0) < EMPTIED_SHARE * share:
            return Health(Verdict.BROKEN, f"`{field}` is missing where it used to stand")
    return None


def _pair(now: Fill | None, before: Fill | None) -> tuple[Fill, Fill] | None:
    """The newest and the earlier articles, if there are enough of both."""
    if now is None or before is None or min(now.articles, before.articles) < EMPTIED_ARTICLES:
        return None
    return now, before
