"""The indexes by which changes are listed, as SQL. A released statement is never edited."""

from __future__ import annotations

# The articles that were edited, removed, or republished from another source, in each order in which
# they are listed: by the time of the change, and by that of publication.
CHANGE_INDEXES = (
    "CREATE INDEX articles_edited ON articles(changed_at) WHERE changed_at > first_seen_at",
    "CREATE INDEX articles_source_edited ON articles(source, changed_at)"
    " WHERE changed_at > first_seen_at",
    "CREATE INDEX articles_edited_published ON articles(published_at)"
    " WHERE changed_at > first_seen_at",
    "CREATE INDEX articles_source_edited_published ON articles(source, published_at)"
    " WHERE changed_at > first_seen_at",
    "CREATE INDEX articles_removed ON articles(gone_at) WHERE gone_at IS NOT NULL",
    "CREATE INDEX articles_source_removed ON articles(source, gone_at) WHERE gone_at IS NOT NULL",
    "CREATE INDEX articles_removed_published ON articles(published_at) WHERE gone_at IS NOT NULL",
    "CREATE INDEX articles_source_removed_published ON articles(source, published_at)"
    " WHERE gone_at IS NOT NULL",
    "CREATE INDEX articles_republished ON articles(first_seen_at) WHERE same_as IS NOT NULL",
    "CREATE INDEX articles_source_republished ON articles(source, first_seen_at)"
    " WHERE same_as IS NOT NULL",
    "CREATE INDEX articles_republished_published ON articles(published_at)"
    " WHERE same_as IS NOT NULL",
    "CREATE INDEX articles_source_republished_published ON articles(source, published_at)"
    " WHERE same_as IS NOT NULL",
    "CREATE INDEX pages_stored ON pages(run, source, outcome)"
    " WHERE outcome IN ('new', 'updated', 'unchanged', 'duplicate')",
)
