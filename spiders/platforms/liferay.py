"""Liferay, also as the base of VNPT ePortal."""

from __future__ import annotations

import re

from scraper.base.urls import UrlIdentity
from spiders.platforms.base import Platform

GROUP = r"^(?:/web/(?!guest/)([^/?]+)/)?(?:[^?]*?/)?"
"""Matches the path before an article; the group is the Liferay site, unless it is ``guest``."""


class Liferay(Platform):
    """Articles are at ``/-/asset_publisher/<id>/content/<slug>`` or ``/web/guest/-/<slug>``.

    VNPT ePortal has ``/…/chi-tiet/<slug>-93497-1.html``. Lists are paginated by a parameter of the
    portlet (``…_cur=N``).

    Every page with an asset publisher can show every article, so only the slug identifies one. The
    slug (``urlTitle``) is unique in a Liferay site, of which a host can have several
    (``/web/<site>``).
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

    url_identity = UrlIdentity(
        article=(
            re.compile(GROUP + r"-/asset_publisher/[^/]+/content/([^/?]+)", re.I),
            re.compile(GROUP + r"-/(?!asset_publisher)([^/?]+)(?:\?|$)"),
            re.compile(r"/chi-tiet/([^/?]+-\d+-\d+)\.html", re.I),
        )
    )
