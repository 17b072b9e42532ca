"""A crawl as `crawl_once` makes it, which then prints its longest slice of work.

That is the processor time of the longest callback of the event loop. Meanwhile, no request is
sent, no response is taken, and no signal is obeyed.
"""

from __future__ import annotations

import asyncio
import sys
from time import thread_time

from tests.spiders import crawl_once

LINE = "longest slice: "

longest = 0.0
run_callback = asyncio.Handle._run


def measure(handle: asyncio.Handle) -> None:
    global longest
    began = thread_time()
    run_callback(handle)
    longest = max(longest, thread_time() - began)


if __name__ == "__main__":
    asyncio.Handle._run = measure  # type: ignore[method-assign, assignment]
    code = crawl_once.main()
    print(f"{LINE}{longest:.3f}", file=sys.stderr)
    sys.exit(code)
