"""Liferay, also under VNPT ePortal."""

from __future__ import annotations

import re

from scraper.base.urls import Identity
from spiders.platforms.base import Platform

GROUP = r"^(?:/web/(?!guest/)([^/?]+)/)?(?:[^?]*?/)?"
"""The site of a host that an address is in, where it is not the host's own, and its page."""


class Liferay(Platform):
    """How Liferay writes its addresses.

    ``/-/asset_publisher/<id>/content/<slug>``, ``/web/guest/-/<slug>`` and
    ``/…/chi-tiet/<slug>-93497-1.html``; portlet parameters page the lists (``_cur=N``).

    An article is shown by any page that holds a publisher, so the slug (``urlTitle``, unique in
    a Liferay site, of which a host may have many: ``/web/<site>``) is the article.
    """

    name = "liferay"

    generator = re.compile(rb"liferay")
    marks = (
        re.compile(rb"liferay\.(themedisplay|currenturl|browser)"),
        re.compile(rb"/o/(frontend|[\w-]{1,80}?-theme)[\w-]{0,80}/|/html/(js|themes|portal)/"),
        re.compile(rb"asset_publisher/|_instance_\w{4,12}_|p_p_id="),
        re.compile(rb"liferay-portal:|set-cookie: guest_language_id"),
        re.compile(rb"journal-content-article|portlet-boundary"),
    )

    articles = (
        re.compile(r"/-/asset_publisher/[^/]+/content/[^/?]+", re.I),
        re.compile(r"/-/(?!asset_publisher|knowledge_base|document_library|search)[^/?]+(\?|$)"),
        re.compile(r"/chi-tiet/[^/?]+-\d+-\d+\.html", re.I),
    )
    lists = (re.compile(r"_cur=\d+", re.I),)
    skipped = (
        re.compile(r"p_p_state=(pop_up|exclusive)|p_p_lifecycle=1|/c/portal/|p_p_id=58\b", re.I),
    )

    url_params = Identity(
        article=(
            re.compile(GROUP + r"-/asset_publisher/[^/]+/content/([^/?]+)", re.I),
            re.compile(GROUP + r"-/(?!asset_publisher)([^/?]+)(?:\?|$)"),
            re.compile(r"/chi-tiet/([^/?]+-\d+-\d+)\.html", re.I),
        )
    )
