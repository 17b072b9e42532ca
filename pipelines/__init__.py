"""From a page to an article: one file a stage."""
