"""Which photos and attachments may be requested."""

from __future__ import annotations

from pipelines.items import Outcome
from scraper.base.urls import scheme_of
from spiders.http.resolver import endpoint_of, installed_guard, was_refused
from spiders.requests import FileFetch
from spiders.responses import PRIVATE_ADDRESS, Done
from spiders.run import CrawlRun

ANOTHER_SHARD = "another_shard"
"""The reason of a file at the host of a source that another shard crawls."""


def refusal_of(fetch: FileFetch, run: CrawlRun) -> Done | None:
    """Return the outcome of a file that may not be requested, or None if it may be."""
    host = fetch.host
    if scheme_of(fetch.url) not in ("http", "https"):
        return Done(Outcome.REFUSED, "scheme")
    if _is_private(fetch):
        return Done(Outcome.REFUSED, PRIVATE_ADDRESS)
    if host.name in run.plan.elsewhere:
        return Done(Outcome.DEFERRED, ANOTHER_SHARD)
    if host.given_up:
        return Done(Outcome.DEFERRED, host.given_up)
    if not run.has_contact and not _is_own(fetch):
        return Done(Outcome.DEFERRED, "no_contact")
    if host.rules is not None and (reason := host.rules.refusal(fetch.url)):
        return Done(Outcome.REFUSED, reason)
    return None


def _is_private(fetch: FileFetch) -> bool:
    """Whether a file is at a private address.

    A host of the user's own that is a source of the run may be named by such sources only.
    """
    if fetch.host.given_up == PRIVATE_ADDRESS or was_refused(fetch.url):
        return True
    is_allowed = endpoint_of(fetch.url) in installed_guard().allowed
    return is_allowed and not fetch.source.is_own


def _is_own(fetch: FileFetch) -> bool:
    """Whether the host of a file is the user's own."""
    return fetch.source.model_copy(update={"home_url": fetch.url}).is_own
