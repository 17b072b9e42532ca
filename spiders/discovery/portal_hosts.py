"""Hosts and addresses: whose domain they are in, and which may be a portal."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from pipelines.gazetteer.units import Unit, provinces
from scraper.base.urls import normal_host
from spiders.discovery.portal_words import letters_of, portal_words
from spiders.discovery.traps import is_asset, is_document

MAX_PATH_CHARS = 60
"""Characters of the path of a link that is kept; a longer one leads into the site."""

INDEX_NAMES = ("index.", "default.", "home.", "trangchu.", "trang-chu.")


def site_of(url: str) -> str:
    """Return the host of a URL as sites are compared: in normal form, without ``www.``."""
    try:
        return normal_host(urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


@cache
def province_labels() -> Mapping[str, str]:
    """Return the code of the province for each label before ``.gov.vn``, former ones included."""
    labels: dict[str, str] = {}
    for province in provinces():
        former = map(letters_of, province.former_provinces)
        for label in (
            province.label,
            *former,
            *portal_words().province_labels.get(province.code, ()),
        ):
            labels[label] = province.code
    return labels


def host_label(province: Unit) -> str:
    """Return the label of a province in the hosts of its units: ``hochiminhcity``."""
    return portal_words().province_labels.get(province.code, (province.label,))[0]


def province_of_host(host: str) -> str | None:
    """Return the code of the province whose domain a host is in, None for any other."""
    if not host.endswith(".gov.vn"):
        return None
    return province_labels().get(host.removesuffix(".gov.vn").rpartition(".")[2])


def may_be_portal(url: str, own_site: str) -> bool:
    """Whether a URL may be a portal by its host and path, seen from a page of ``own_site``."""
    listed = portal_words()
    host = site_of(url)
    if host == own_site:
        return is_subsite(url)
    labels = host.split(".")
    if len(labels) < 2 or is_document(url) or is_asset(url) or _is_address(host):
        return False
    if any(".".join(labels[start:]) in listed.foreign_domains for start in range(len(labels) - 1)):
        return False
    first = labels[0]
    return first not in listed.other_services and not first.startswith(listed.other_service_starts)


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host.strip("[]")))
    except ValueError:
        return False


def is_subsite(url: str) -> bool:
    """Whether a URL is the root of a unit's sub-site on a shared host."""
    folders = [folder for folder in urlsplit(url).path.split("/") if folder]
    if folders and folders[-1].lower().startswith(INDEX_NAMES):
        folders.pop()
    is_listed = bool(folders) and folders[0].lower() in portal_words().subsite_folders
    return is_listed and len(folders) == 2 and not urlsplit(url).query


def entrance(url: str) -> str:
    """Return the URL of a site's home page as linked; its root if the link leads further in."""
    parts = urlsplit(url)
    is_inside = len(parts.path) > MAX_PATH_CHARS or bool(parts.query) or parts.path.count("/") > 3
    return parts._replace(path="/" if is_inside else parts.path or "/", query="").geturl()
