"""Invented articles in any number: Vietnamese-like syllables with natural frequencies."""

from __future__ import annotations

import random
import unicodedata
from datetime import date, timedelta
from itertools import accumulate, product

from pipelines.article import Article

ONSETS = "b c ch d đ g h kh l m n ng nh ph s t th tr v x"
RHYMES = "a ai an anh am ao âm ân en ê ên i in it o oa oi ong ô ôi ông ơ ơi u un ư ưng y"
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]

FIRST_DAY = date(2010, 1, 1)


class Writer:
    """Writes articles; the same seed gives the same ones.

    The n-th most frequent syllable comes 1/(n + 8) times as often as all others together weigh
    (Zipf's law with Mandelbrot's offset): the first ones are in every article, as ``của`` is.
    """

    def __init__(self, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        self.syllables = _syllables()
        self.weights = list(accumulate(1 / (n + 8) for n in range(len(self.syllables))))

    def words(self, count: int) -> list[str]:
        """Return so many words."""
        return self.chance.choices(self.syllables, cum_weights=self.weights, k=count)

    def article(self, number: int) -> Article:
        """The article of a number: 420 words, as a portal's news has; a day for every 150."""
        words = self.words(420)
        paragraphs = [" ".join(words[start : start + 60]) + "." for start in range(36, 420, 60)]
        return Article(
            url=f"http://made-up.localhost/tin/{number}.html",
            title=" ".join(words[:12]).capitalize(),
            lede=" ".join(words[12:36]).capitalize() + ".",
            paragraphs=paragraphs,
            published_at=str(FIRST_DAY + timedelta(days=number // 150)),
            section="Tin tức",
            language="vi",
        )


def _syllables() -> list[str]:
    """Return every onset with every rhyme and tone, in a fixed order."""
    made = [
        unicodedata.normalize("NFC", onset + rhyme[0] + tone + rhyme[1:])
        for onset, rhyme, tone in product(ONSETS.split(), RHYMES.split(), TONES)
    ]
    random.Random(0).shuffle(made)
    return made
