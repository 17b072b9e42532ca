"""A preview of a site as text, and as plain values."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from scraper.crawling.obstacles import OBSTACLE_TEXTS, obstacle_of
from scraper.crawling.preview import Preview

OPENING_CHARS = 300
"""Characters of each sample article that are shown."""


def preview_text(found: Preview) -> str:
    """A preview in a few lines, with its sample articles, or with what to do if it has none."""
    registered = found.source.platform
    changed = f", registered as {registered}" if registered not in (None, found.platform) else ""
    lines = [
        f"{found.source.slug}: {found.source.home_url}",
        f"  platform: {found.platform or 'none we know'}{changed}",
        f"  feeds: {len(found.feeds)}, sitemaps: {len(found.sitemaps)}, "
        f"lists: {len(found.lists)}, back to {found.oldest or 'nothing dated'} so far",
        f"  {found.funnel}",
    ]
    if found.by_script:
        lines.append(
            "  more of a list only by script, not followed: " + ", ".join(found.by_script[:3])
        )
    if found.problem:
        lines.append(f"  problem: {found.problem}")
    if found.missing:
        lines.append(f"  of its entry: {found.missing}")
    lines += [f"\n{sample_text(row)}" for row in found.samples]
    if obstacle := obstacle_of(found):
        texts = OBSTACLE_TEXTS[obstacle]
        lines.append(f"  no article: {texts['why']['en']}: {texts['next']['en']}")
    return "\n".join(lines)


def sample_text(row: dict[str, Any]) -> str:
    """A sample article in a few lines; what the page does not say is left out."""
    facts = [row["published_at"], row["author"], row["section"]]
    opening = " ".join((row["lede"] or row["body"] or "").split())[:OPENING_CHARS]
    lines = [row["title"], " · ".join(filter(None, facts)), row["url"], opening]
    return "\n".join(f"  {line}" for line in lines if line)


def preview_value(found: Preview) -> dict[str, Any]:
    """A preview as plain values, for JSON; ``why`` and ``next`` if it has no article."""
    obstacle = obstacle_of(found)
    texts = OBSTACLE_TEXTS[obstacle] if obstacle else None
    return asdict(found) | {
        "source": found.source.model_dump(mode="json"),
        "funnel": found.funnel,
        "obstacle": obstacle,
        "why": texts["why"]["en"] if texts else None,
        "next": texts["next"]["en"] if texts else None,
    }
