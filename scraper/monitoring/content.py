"""Verdicts on what a source's articles hold: whose they are, and whether they were read whole."""

from __future__ import annotations

from scraper.store.source_record import Fill, Health, Record, Verdict

USUAL_SHARE = 0.8
"""A field stands usually where at least this share of the articles has it …"""

EMPTIED_SHARE = 0.5
"""… and is lost where its share of the newest articles fell below half of that; so are bodies
whose median length did."""

EMPTIED_ARTICLES = 5
"""New articles that a judgement about fields, body lengths or language needs, and pages in a week
that were named as articles and could not be read as such."""

LANGUAGE_SHARE = 0.5
"""A site speaks another language where fewer than half of its newest articles are in its own, and
more than that share of the earlier ones were."""

SPAM_SHARE = 0.5
"""A site is another's if this share of its newest articles offers betting, pills or loans: a
newspaper may report on them, one article in many."""

REWRITTEN_SHARE = 0.5
"""Of the articles seen in a fortnight: so many with other texts are the work of somebody else."""

SAME_TITLE_SHARE = 0.8
"""If so many of the newest articles bear one title, it is the site's and not theirs …"""

OWN_TITLES = 0.5
"""… unless more than this share of the earlier ones did, too: a site of schedules."""

REPEATED_SHARE = 3
"""How many times as many addresses as there are articles one text must have: a print version, a
tag and a section may each show an article once more."""

TEXTS_EXPECTED = 8
"""Articles with text that a time of notices alone must have lacked: a batch of decisions
is no redesign."""


def assess_owner(record: Record) -> Health | None:
    """Whether the articles are somebody else's, under whatever name."""
    return _foreign(record) or _spam(record) or _rewritten(record)


def assess_content(record: Record) -> Health | None:
    """Whether articles are read as they were: with texts, fields and titles of their own."""
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
    """Articles that advertise what no public body does."""
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
    """Notices only, where articles came: their texts are not read any more."""
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
