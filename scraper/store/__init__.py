"""The one SQLite file: its schema, and every statement that reads or writes it.

The files are named for their tables (``articles``, ``revisions``, ``pages``, ``captures``,
``runs``, ``sources`` …) or for what they ask of them (``search``, ``stats``, ``source_history``).
Other rooms call their functions and see no SQL, but for the guarded connection of readers in
``scraper.browse.bounded``.
"""
