"""The templates of the demo's portals, and the forms in which they print dates."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from scraper.demo import printed_dates
from scraper.demo.content import slugify

TEMPLATES = PackageLoader("scraper.demo")
ENVIRONMENT = Environment(
    loader=TEMPLATES,
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters |= {
    "slugify": slugify,
    "nukeviet_date": printed_dates.nukeviet_date,
    "sharepoint_date": printed_dates.sharepoint_date,
    "header_clock": printed_dates.header_clock,
    "commune_date": printed_dates.commune_date,
    "broken_iso": printed_dates.broken_iso,
}
