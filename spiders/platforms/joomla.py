"""Joomla."""

from __future__ import annotations

import re

from scraper.base.urls import UrlIdentity
from spiders.platforms.base import Platform


class Joomla(Platform):
    """Articles are at ``/index.php/<category>/<id>-<slug>`` or have ``view=article`` in the query.

    Lists are paginated by ``?start=20`` or ``?limitstart=20``.
    """

    name = "joomla"

    generator = re.compile(rb"joomla")
    marks = (
        re.compile(rb"/media/(jui|system)/|/components/com_\w+/"),
        re.compile(rb"option=com_content|/templates/[\w-]+/(css|js)/"),
        re.compile(rb"joomla-script-options|joomla\.(jtext|submit)"),
    )

    articles = (re.compile(r"[?&]view=article(&|$)", re.I),)
    lists = (
        re.compile(r"[?&](limit)?start=\d+", re.I),
        re.compile(r"[?&]view=(category|categories|featured)(&|$)", re.I),
    )
    skipped = (
        re.compile(r"[?&](tmpl=component|format=(pdf|raw)|option=com_(mailto|users|search))", re.I),
        re.compile(r"/component/(mailto|users|search|finder|tags)", re.I),
    )

    url_identity = UrlIdentity(
        article=(
            re.compile(r"/(\d+-[^/?.]*[a-z][^/?.]*)(?:\.html)?$", re.I),
            re.compile(r"^[^?]*\?(?=.*\bview=article\b).*\bid=(\d+)", re.I),
        ),
        ignored_params=frozenset({"itemid", "tmpl", "layout", "catid"}),
    )

    feeds = ("?format=feed&type=rss", "index.php?format=feed&type=rss")
