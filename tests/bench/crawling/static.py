"""Serves files by Twisted if nginx is not installed: ``static FOLDER PORT ADDRESS …``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, cast

from twisted.internet import reactor as installed
from twisted.web.resource import Resource
from twisted.web.server import Request, Site


class Files(Resource):
    """Serves the file whose name is the path and query of the request."""

    isLeaf = True  # noqa: N815 (the library's name)

    def __init__(self, folder: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }

    def render_GET(self, request: Request) -> bytes:  # noqa: N802 (the library's name)
        """Return the content of a file, 404 if there is none."""
        target = request.uri.decode("latin-1").removeprefix("/")
        if not target or target.endswith("/"):
            target += "index.html"
        body = self.files.get(target)
        kind = "text/xml" if target.endswith(".xml") else "text/html; charset=utf-8"
        request.setHeader("Content-Type", kind)  # type: ignore[no-untyped-call]
        if body is None:
            request.setResponseCode(404)
        return body or b""


def main() -> None:
    """Serve until the process is terminated."""
    folder, port, *addresses = sys.argv[1:]
    reactor = cast(Any, installed)
    for address in addresses:
        site = Site(Files(Path(folder) / "sites" / address))  # type: ignore[no-untyped-call]
        reactor.listenTCP(int(port), site, interface=address, backlog=128)
    reactor.run()


if __name__ == "__main__":
    main()
