"""From a page to an article: one file a stage."""

from pipelines.extraction import extract

__all__ = ["extract"]
