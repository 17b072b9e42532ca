"""Who, in which office, which document, which place: the facts of a text, by rules.

``find_facts`` reads the text once. Words are in the TOML files, rules in the modules: ``analysis``
splits the text, ``scanning`` finds offices, organisations, names, places and documents, ``links``
joins names with offices, ``resolution`` finds the units that places are. Every mention names the
rule that found it. What is unsure is left out, or keeps its candidates.
"""

from __future__ import annotations

from pipelines.facts.analysis import agreed_text
from pipelines.facts.assembly import assemble
from pipelines.facts.mentions import (
    Context,
    DocumentMention,
    Facts,
    Office,
    OrganisationMention,
    PersonMention,
    PlaceMention,
)

__all__ = [
    "Context",
    "DocumentMention",
    "Facts",
    "Office",
    "OrganisationMention",
    "PersonMention",
    "PlaceMention",
    "agreed_text",
    "find_facts",
]


def find_facts(
    title: str | None, lede: str | None, body: str | None, context: Context | None = None
) -> Facts:
    """Return the facts of an article; offsets count characters of ``Facts.text``.

    That text is title, lede and body, in NFC, with a blank line between them; what is empty or None
    is left out. ``context`` says which units the source belongs to and when it was published.
    """
    return assemble(agreed_text(title, lede, body), context or Context())
