"""The streams of a file of Office from before 2007, within a limit of size."""

from __future__ import annotations

import olefile

from pipelines.documents.document import UnreadableError

MAX_STREAM_BYTES = 100_000_000
"""Bytes of a stream that is read."""


class Streams:
    """The streams of a container, by name."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        try:
            with olefile.OleFileIO(body) as container:
                names = container.listdir()
        except Exception:  # olefile raises many kinds of errors on broken files
            raise UnreadableError("broken_file") from None
        self._names = {path[-1].casefold(): path for path in reversed(names)}

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._names

    def read(self, name: str) -> bytes:
        """Return a stream. Raises UnreadableError if there is none, or if it is broken."""
        path = self._names.get(name.casefold())
        if path is None:
            raise UnreadableError("broken_file")
        try:
            with olefile.OleFileIO(self._body) as container:
                if container.get_size(path) > MAX_STREAM_BYTES:
                    raise UnreadableError("too_large")
                return bytes(container.openstream(path).read(MAX_STREAM_BYTES))
        except UnreadableError:
            raise
        except Exception:  # as above
            raise UnreadableError("broken_file") from None
