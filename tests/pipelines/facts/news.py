"""What tests ask of a sentence: its facts, as the portal of a former district reads them."""

from __future__ import annotations

from pipelines.facts import Context, Facts, find_facts

DISTRICT = Context(province="08", district="H074", published_at="2024-05-02")
COMMUNE = Context(province="08", commune="02374", published_at="2026-05-02")


def read(text: str, context: Context = DISTRICT) -> Facts:
    """The facts of a text without a title."""
    return find_facts(None, None, text, context)


def offices(facts: Facts) -> dict[str, list[str]]:
    """The offices of each person who has some, by the name."""
    return {
        person.name: [office.text for office in person.offices]
        for person in facts.persons
        if person.offices
    }
