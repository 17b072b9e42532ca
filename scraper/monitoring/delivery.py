"""Sends messages to the addresses of the configuration, and says which of them failed and why."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from sqlite_utils import Database

from scraper.base.clock import now
from scraper.base.errors import UsageError
from scraper.base.log_lines import without_secrets
from scraper.config.configuration import Configuration
from scraper.monitoring.mail import send_mail, takes_mail
from scraper.store.alerts import (
    Message,
    give_up_messages,
    mark_failed,
    mark_sent,
    waiting_messages,
    withdraw_messages,
)

OPEN_SCHEMES = ("mailto", "mailtos", "json", "jsons", "xml", "xmls", "form", "forms")
"""Schemes of addresses whose host is one; others have a token there."""

ID_HEADER = "Idempotency-Key"
"""The header of a webhook that has the id of the message, which stays the same at each attempt."""

CAUSE = "Socket Exception"
"""Begins the one line below a warning in which Apprise says why there is no connection."""

ERROR_NUMBER = re.compile(r"\[Errno -?\d+\] ([^'\")]+)")
"""What the operating system calls the error, within the long line of a library."""

MIN_SECRET_CHARS = 3
MAX_REASON_CHARS = 300
NOT_UNDERSTOOD = "is no address that Apprise understands"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """An address, by its place and without its secrets, and why it took no message."""

    address: str
    reason: str


def addresses_of(configuration: Configuration) -> dict[str, str]:
    """Return the name of each address that the configuration has: its key and its place there.

    Several places may have one address: it is named by the first.
    """
    named: dict[str, str] = {}
    owners = [
        ("`alerts`", configuration.alerts),
        *((f"[[watch]] {watch.name!r}: `alerts`", watch.alerts) for watch in configuration.watch),
    ]
    for owner, addresses in owners:
        for number, address in enumerate(addresses, 1):
            named.setdefault(address, f"{owner}: number {number}{_shown(address)}")
    return named


def deliver(db: Database, configuration: Configuration) -> list[Failure]:
    """Send what waits for the addresses of the configuration; returns those that failed.

    What fails is sent with the next report, until it is given up. Raises UsageError if Apprise is
    not installed.
    """
    addresses = addresses_of(configuration)
    if withdrawn := withdraw_messages(db, list(addresses), now()):
        logger.warning("alert withdrawn messages=%d", withdrawn)
    failures = []
    for address, name in addresses.items():
        for message in waiting_messages(db, address):
            reason = send(message, address, name)
            if reason is None:
                mark_sent(db, message.id, address, now())
                continue
            mark_failed(db, message.id, address, now(), reason)
            failures.append(Failure(name, reason))
            break  # the next message would wait for the same server
    if given_up := give_up_messages(db, now()):
        logger.warning("alert gave up messages=%d", given_up)
    return failures


def send_test(message: Message, configuration: Configuration) -> list[Failure]:
    """Send a message to all addresses now. Raises UsageError for one that is none."""
    failures = []
    for address, name in addresses_of(configuration).items():
        reason = send(message, address, name)
        if reason == NOT_UNDERSTOOD:
            raise UsageError(f"{name} {NOT_UNDERSTOOD}")
        if reason is not None:
            failures.append(Failure(name, reason))
    return failures


def send(message: Message, address: str, name: str) -> str | None:
    """Send a message to one address; returns why it could not be sent, None if it was.

    Raises UsageError if Apprise is not installed.
    """
    service = _service(address)
    if service is None:
        reason: str | None = NOT_UNDERSTOOD
    elif takes_mail(_scheme(address), service):
        reason = _try_mail(service, message)
    else:
        reason = _try_service(service, message)
    if reason is None:
        logger.info("alert sent address=%s", name)
        return None
    reason = without_parts(reason, address)[:MAX_REASON_CHARS]
    logger.error("alert failed address=%s reason=%r", name, reason)
    return reason


def without_parts(text: str, address: str) -> str:
    """Return a text without the parts of an address that may be secret, and without any token."""
    _, _, rest = address.partition("://")
    user_info, _, after = rest.rpartition("@") if "@" in rest.partition("/")[0] else ("", "", rest)
    path, _, query = after.partition("?")
    host, *segments = path.split("/")
    values = [value for _, value in parse_qsl(query, keep_blank_values=True) if "@" not in value]
    parts = [*re.split("[:@]", user_info), *segments, *values]
    if _scheme(address) not in OPEN_SCHEMES:
        parts += re.split("[:@]", host)
    forms = {form for part in parts for form in (part, unquote(part), quote(part, safe=""))}
    for part in sorted(forms, key=len, reverse=True):
        if len(part) >= MIN_SECRET_CHARS:
            text = text.replace(part, "***")
    return without_secrets(" ".join(text.split()))


def _try_mail(service: Any, message: Message) -> str | None:
    try:
        send_mail(service, message)
    except (OSError, ValueError) as error:
        return f"{type(error).__name__}: {_server_words(error)}"
    return None


def _server_words(error: Exception) -> str:
    """Return what a mail server said, or what went wrong on the way to it."""
    said = getattr(error, "smtp_error", None)
    if isinstance(said, bytes):
        return f"{getattr(error, 'smtp_code', '')} {said.decode(errors='replace')}"
    return str(error)


def _try_service(service: Any, message: Message) -> str | None:
    if isinstance(getattr(service, "headers", None), dict):
        service.headers = {**service.headers, ID_HEADER: message.id}
    with _library_warnings() as warnings:
        was_sent = service.notify(title=message.title, body=message.body)
    return None if was_sent else "; ".join(warnings) or "the service did not take it"


@contextmanager
def _library_warnings() -> Iterator[list[str]]:
    """Collect what Apprise says about a failure, in place of logging it: it contains passwords."""
    warnings: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            text = record.getMessage()
            if record.levelno >= logging.WARNING:
                warnings.append(text)
            elif text.startswith(CAUSE):
                known = ERROR_NUMBER.search(text)
                warnings.append(known[1] if known else text)

    library, collector = logging.getLogger("apprise"), Collector(logging.DEBUG)
    before = library.propagate, library.level
    library.addHandler(collector)
    library.propagate = False
    library.setLevel(logging.DEBUG)
    logging.getLogger("urllib3").setLevel(logging.CRITICAL + 1)
    try:
        yield warnings
    finally:
        library.removeHandler(collector)
        library.propagate, library.level = before


def _service(address: str) -> Any:
    """Return the Apprise service of an address, None if Apprise does not understand it."""
    try:
        from apprise import Apprise
    except ImportError as error:
        raise UsageError("`alerts` needs Apprise: pip install tinhuyen[alerts]") from error
    with _library_warnings():
        return Apprise.instantiate(address)


def _shown(address: str) -> str:
    """Return what may be shown of an address, in brackets; nothing of one that is none."""
    scheme = _scheme(address)
    if scheme in OPEN_SCHEMES:
        try:
            parts = urlsplit(address)
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            return ""
        to = dict(parse_qsl(parts.query)).get("to", "")
        return f" ({scheme}://{parts.hostname or ''}{port}{f', to {to}' if to else ''})"
    try:
        return f" ({scheme}://…)" if _service(address) else ""
    except UsageError:
        return ""


def _scheme(address: str) -> str:
    return address.partition("://")[0].lower() if "://" in address else ""
