"""Drupal."""

from __future__ import annotations

import re

from scraper.base.urls import UrlIdentity
from spiders.platforms.base import Platform


class Drupal(Platform):
    """Articles are at ``/node/34`` or an alias; lists are paginated by ``?page=N``, from 0."""

    name = "drupal"

    generator = re.compile(rb"drupal")
    marks = (
        re.compile(rb"x-generator: drupal|x-drupal-"),
        re.compile(rb"/sites/(default|all)/(files|themes|modules)/"),
        re.compile(rb"drupal\.settings|drupal-settings-json|data-drupal-"),
    )

    articles = (re.compile(r"/node/\d+/?$"), re.compile(r"[?&]q=node/\d+(&|$)"))
    lists = (re.compile(r"[?&]page=\d+(%2C\d+)*(&|$)"), re.compile(r"/taxonomy/term/\d+"))
    skipped = (re.compile(r"/(user|comment|node/\d+/(edit|revisions|add)|filter/tips)(/|$)"),)

    url_identity = UrlIdentity(ignored_params=frozenset({"destination"}))

    feeds = ("rss.xml",)
