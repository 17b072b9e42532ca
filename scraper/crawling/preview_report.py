"""A preview of a site as text, and as plain values."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from scraper.base.clock import vietnam_time
from scraper.base.messages import say, spoken, translate
from scraper.crawling.obstacles import OBSTACLE_TEXTS, obstacle_of
from scraper.crawling.preview import Preview

OPENING_CHARS = 300
"""Characters of each sample article that are shown."""


def preview_text(found: Preview) -> str:
    """A preview in a few lines, with its sample articles, or with what to do if it has none."""
    lines = [f"{found.source.slug}: {found.source.home_url}", *map("  {}".format, _facts(found))]
    lines += [f"\n{sample_text(row)}" for row in found.samples]
    if obstacle := obstacle_of(found):
        why, then = (OBSTACLE_TEXTS[obstacle][part][spoken()] for part in ("why", "next"))
        lines.append(f"  {say('no article: {why}: {next}', why=why, next=then)}")
    return "\n".join(lines)


def _facts(found: Preview) -> list[str]:
    """What was found out about a site, a line each, in the language of the reader."""
    registered = found.source.platform
    is_changed = registered not in (None, found.platform)
    platform = (
        "platform: {found}, registered as {registered}" if is_changed else "platform: {found}"
    )
    facts = [
        say(platform, found=found.platform or say("none we know"), registered=registered),
        say(
            "feeds: {feeds}, sitemaps: {sitemaps}, lists: {lists}, back to {oldest} so far",
            feeds=len(found.feeds),
            sitemaps=len(found.sitemaps),
            lists=len(found.lists),
            oldest=vietnam_time(found.oldest) or say("nothing dated"),
        ),
        translate(found.funnel, spoken()),
    ]
    if found.by_script:
        urls = ", ".join(found.by_script[:3])
        facts.append(say("more of a list only by script, not followed: {urls}", urls=urls))
    if found.problem:
        facts.append(say("problem: {problem}", problem=found.problem))
    if found.missing:
        facts.append(say("of its entry: {missing}", missing=found.missing))
    return facts


def sample_text(row: dict[str, Any]) -> str:
    """A sample article in a few lines; what the page does not say is left out."""
    facts = [vietnam_time(row["published_at"]), row["author"], row["section"]]
    opening = " ".join((row["lede"] or row["body"] or "").split())[:OPENING_CHARS]
    lines = [row["title"], " · ".join(filter(None, facts)), row["url"], opening]
    return "\n".join(f"  {line}" for line in lines if line)


def preview_value(found: Preview) -> dict[str, Any]:
    """A preview as plain values, for JSON; ``why`` and ``next`` if it has no article."""
    obstacle = obstacle_of(found)
    texts = OBSTACLE_TEXTS[obstacle] if obstacle else None
    values = asdict(found)
    del values["proof"]
    return values | {
        "source": found.source.model_dump(mode="json"),
        "funnel": found.funnel,
        "obstacle": obstacle,
        "why": texts["why"]["en"] if texts else None,
        "next": texts["next"]["en"] if texts else None,
    }
