"""The extraction stage: extract the article of a fetched page."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from datetime import UTC, datetime
from html import escape

from pipelines.article import Article, Verdict
from pipelines.blocks import PhotoPlace
from pipelines.extraction.author import find_author
from pipelines.extraction.block_occurrences import LEARNED, BlockOccurrence, quarter_of
from pipelines.extraction.body import boilerplate_boxes, choose_body, measure_prose
from pipelines.extraction.cleaning import CleanedBody, RemovedBlock, clean_body
from pipelines.extraction.context import PageContext
from pipelines.extraction.dates import find_dates
from pipelines.extraction.hidden import find_hidden_article
from pipelines.extraction.html.blocks import Block, Outline
from pipelines.extraction.html.decode import decode, is_file
from pipelines.extraction.html.metadata import PageMetadata, read_metadata
from pipelines.extraction.html.outline import outline_of_tree, read_outline
from pipelines.extraction.html.parse import UnreadableError, parse_tree
from pipelines.extraction.imprint import imprint_blocks
from pipelines.extraction.lede import find_lede, is_same_text
from pipelines.extraction.notices import drop_unrelated_body
from pipelines.extraction.page_type import classify_page, find_bot_challenge, kind_of
from pipelines.extraction.photos import (
    CaptionedImage,
    find_captioned_images,
    find_unmatched_captions,
    make_photos,
)
from pipelines.extraction.result import ExtractionResult
from pipelines.extraction.section import find_section
from pipelines.extraction.shape import set_text, shape_of
from pipelines.extraction.short_lines import use_short_lines
from pipelines.extraction.site_names import find_site_names
from pipelines.extraction.source_profile import BODY_MARK, Layout, SourceProfile, read_declared
from pipelines.extraction.structured_body import find_structured_body
from pipelines.extraction.tags import find_tags
from pipelines.extraction.title import Title, find_title
from pipelines.extraction.title_text import title_occurrences
from pipelines.extraction.vietnamese.dates import VIETNAM
from pipelines.extraction.vietnamese.ledes import clean_lede
from pipelines.items import Outcome, Page

__all__ = [
    "BlockOccurrence",
    "ExtractionResult",
    "Layout",
    "RemovedBlock",
    "SourceProfile",
    "extract",
    "extract_page",
]


_EMPTY_PROFILE = SourceProfile()


def extract(html: bytes | str, url: str | None = None) -> Article:
    """Extract the article of one page.

    ``html`` is the page as bytes or text, ``url`` its URL. ``verdict`` of the result says whether
    the page is an article. Never raises.
    """
    body = html.encode("utf-8", "replace") if isinstance(html, str) else html
    return extract_page(Page(url=url, body=body)).article


def extract_page(page: Page, profile: SourceProfile = _EMPTY_PROFILE) -> ExtractionResult:
    """Extract the article of a fetched page, with what is known of its source.

    The page is first read without learned boilerplate, which finds its quarter. If it shows
    boilerplate that was learned for that quarter, it is read again without it. The first result
    stands if the second loses half of the body or the article itself. The texts that were cut are
    in ``provenance``. Never raises.
    """
    plain = _extract(page, replace(profile, boilerplate=frozenset()))
    fetched_at = page.fetched_at.astimezone(VIETNAM).isoformat()
    plain.quarter = quarter_of(plain.article.published_at or fetched_at)
    boilerplate = profile.boilerplate_in(plain.quarter)
    shown = {each.hash for each in plain.block_occurrences}
    if boilerplate.isdisjoint(shown) and (not boilerplate or plain.article.verdict.is_article):
        return plain
    result = _extract(page, replace(profile, boilerplate=boilerplate))
    if _loses_too_much(plain.article, result.article):
        return plain
    cut = [removed.text for removed in result.removed_blocks if removed.rule == LEARNED]
    if cut:
        result.article.provenance[LEARNED] = "\n".join(cut)
    result.block_occurrences, result.quarter = plain.block_occurrences, plain.quarter
    return result


def _loses_too_much(plain: Article, learned: Article) -> bool:
    """Whether removing learned boilerplate loses the article or at least half of its body."""
    if plain.verdict.is_article and not learned.verdict.is_article:
        return True
    return bool(plain.body) and 2 * len(learned.body) <= len(plain.body)


def _extract(page: Page, profile: SourceProfile) -> ExtractionResult:
    """Read a page once, with the boilerplate in ``profile``."""
    if is_file(page.body):
        verdict = Verdict(Outcome.BROKEN, "no_content")
        return ExtractionResult(Article(url=page.url, verdict=verdict))
    decoded = decode(page.body, page.headers.get("content-type"))
    warnings = [decoded.warning] if decoded.warning else []
    bot_challenge = find_bot_challenge(decoded.text)
    try:
        context = _build_context(decoded.text, page.address, page.fetched_at, profile)
        shown = find_hidden_article(context)
        if shown:
            context = _build_context(decoded.text, page.address, page.fetched_at, profile, shown)
    except UnreadableError as error:
        verdict = bot_challenge or Verdict(Outcome.BROKEN, error.reason)
        return ExtractionResult(Article(url=page.url, verdict=verdict), warnings=warnings)
    result = _extract_fields(context, bot_challenge)
    result.article.url = page.url
    result.warnings += warnings
    return result


def _build_context(
    text: str,
    address: str | None,
    fetched_at: datetime,
    profile: SourceProfile,
    shown: Set[int] = frozenset(),
) -> PageContext:
    """Parse a page and find its title and body. Raises UnreadableError.

    ``shown`` are the indexes of hidden parts that are read as if they were visible.
    """
    outline, declared = _read_page(text, profile.layout, shown)
    outline.imprint = imprint_blocks(outline)
    metadata = read_metadata(outline)
    names = find_site_names(outline, metadata, profile.site_name, address)
    title = _find_title(outline, metadata, names, declared.get("title"), profile, address)
    title_block = title.block if title else None
    prose_lengths = measure_prose(outline, title_block)
    boilerplate = boilerplate_boxes(outline, prose_lengths, title_block)
    context = PageContext(
        outline, metadata, boilerplate, profile, fetched_at.astimezone(UTC), address
    )
    context.site_names, context.declared, context.prose_lengths = names, declared, prose_lengths
    if title:
        context.title, context.title_block, context.title_source = (
            title.text,
            title_block,
            title.source,
        )
    _find_body(context)
    return context


def _read_page(
    text: str, layout: Layout | None, shown: Set[int] = frozenset()
) -> tuple[Outline, dict[str, str]]:
    """Return the outline of a page and the texts that its layout selects.

    Raises UnreadableError.
    """
    if layout is None:
        return read_outline(text, shown), {}
    root = parse_tree(text)
    declared = read_declared(root, layout)
    return outline_of_tree(root, shown), declared


def _find_title(
    outline: Outline,
    metadata: PageMetadata,
    names: frozenset[str],
    declared: str | None,
    profile: SourceProfile,
    address: str | None,
) -> Title | None:
    """Return the title that the layout selects, else the title that is found on the page."""
    if declared is None:
        return find_title(outline, metadata, names, profile, address)
    shown = next((block.index for block in outline.blocks if block.text == declared), None)
    return Title(declared, shown, "layout")


def _find_body(context: PageContext) -> None:
    """Set the body of the page, or the blocks of a notice."""
    outline, prose_lengths = context.outline, context.prose_lengths
    body = choose_body(outline, prose_lengths, context.boilerplate)
    if body is None and any(prose_lengths):
        # If all prose is in boilerplate, the class names are wrong.
        context.boilerplate = [False] * len(context.boilerplate)
        body = choose_body(outline, prose_lengths, context.boilerplate)
    if body is not None:
        context.set_body(body, prose_lengths)
    if context.title_block is not None and not use_short_lines(context):
        drop_unrelated_body(context)


def _extract_fields(context: PageContext, bot_challenge: Verdict | None) -> ExtractionResult:
    """Extract all fields. ``bot_challenge`` is the verdict that the page source alone suggests."""
    article = Article(title=context.title)
    images = find_captioned_images(context)
    unmatched = find_unmatched_captions(context, images)
    captions = {block.index for image in images for block in image.captions}
    captions.update(block.index for block in unmatched)
    lede = find_lede(context, captions) if context.body else None
    lede_blocks = lede[0] if lede else []
    context.extend_up(lede_blocks)
    context.start_below_lede(lede_blocks)
    cleaned = clean_body(context, captions, lede_blocks) if context.body else CleanedBody()
    set_text(context, article, cleaned.passages, make_photos(context, images, unmatched))
    _note_captions(article, images, unmatched)
    _fill_lede(context, article, lede)
    _use_structured_body(context, article)
    _fill_fields(context, article, cleaned)
    article.kind = kind_of(article)
    article.verdict = classify_page(context, article, bot_challenge)
    is_shown = context.title_block is not None
    site_titles = title_occurrences(
        context.metadata, context.site_names, context.title, is_shown=is_shown
    )
    return ExtractionResult(article, cleaned.removed, cleaned.block_occurrences + site_titles)


def _note_captions(article: Article, images: list[CaptionedImage], unmatched: list[Block]) -> None:
    """Set the provenance of captions; ``unmatched`` are those without an image on the page."""
    rules = [image.rule for image in images if image.rule] + ["caption element"] * bool(unmatched)
    if rules:
        article.provenance["captions"] = ", ".join(dict.fromkeys(rules))


def _fill_lede(
    context: PageContext, article: Article, lede: tuple[list[Block], str] | None
) -> None:
    """Set the lede, without the prefix of the newspaper."""
    text = context.declared.get("lede") or (
        " ".join(block.text for block in lede[0]) if lede else ""
    )
    names = [entry.value for entry in context.metadata.of("site_name")]
    if context.profile.site_name:
        names.append(context.profile.site_name)
    article.lede = clean_lede(text, tuple(names)) or None
    if article.lede:
        rule = lede[1] if lede else ""
        article.provenance["lede"] = "layout" if "lede" in context.declared else rule


def _use_structured_body(context: PageContext, article: Article) -> None:
    """Use the body in JSON-LD if the page shows no body, or only its beginning."""
    markup = find_structured_body(context, article)
    if markup is None:
        return
    title = escape(context.title or "")
    text = f"<h1>{title}</h1><div class='{BODY_MARK}'>{markup}</div>"
    try:
        plain = replace(context.profile, layout=None)
        structured = _build_context(text, context.address, context.fetched_at, plain)
    except UnreadableError:
        return
    cleaned = clean_body(structured, set(), [])
    lede = article.lede or ""
    passages = [each for each in cleaned.passages if not is_same_text(each.text, lede)]
    if passages:
        is_led = isinstance(next(iter(article.blocks), None), PhotoPlace)
        lead = [PhotoPlace(0)] if is_led else []
        article.set_blocks([*lead, *shape_of(structured, passages)])
        article.provenance["body"] = "jsonld"
        context.language = context.language or structured.language


def _fill_fields(context: PageContext, article: Article, cleaned: CleanedBody) -> None:
    """Set author, dates, section, tags and language, with the source of each."""
    found = article.provenance
    if context.title:
        found["title"] = context.title_source
    author = find_author(context, cleaned.signatures)
    if author:
        article.author, found["author"] = author
    _fill_dates(context, article)
    section = find_section(context)
    if section:
        article.section, found["section"] = section
    tags = find_tags(context)
    if tags:
        article.tags, found["tags"] = tags
    article.language = context.language


def _fill_dates(context: PageContext, article: Article) -> None:
    """Set the dates of publication and change, with the source of each."""
    dates = find_dates(context)
    article.published_at, article.published_raw = dates.published_at, dates.published_raw
    article.modified_at = dates.modified_at
    if dates.published_source:
        article.provenance["published_at"] = dates.published_source
    if dates.modified_source and dates.modified_at:
        article.provenance["modified_at"] = dates.modified_source
