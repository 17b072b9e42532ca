"""Mails of alerts: text and HTML, with an id that stays the same at each attempt.

The settings are those of an Apprise address (``mailto://``). Apprise itself gives each mail a new
Message-ID and makes the text out of the HTML, so the mail is written and sent here.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from hashlib import sha256
from typing import Any

from pipelines.text import fold
from scraper.base.clock import VIETNAM
from scraper.store.alerts import Message

CONNECT_SECONDS = 30
"""How long a mail server may take to answer."""

LIST_DOMAIN = "tinhuyen"
"""Stands in List-Id between the name of the list and the domain of the sender."""


def list_name(watch: str) -> str:
    """Return what a watch is called in List-Id, which is ASCII: unlike for any other name."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(watch)).strip("-")[:40].strip("-")
    return f"watch-{words}-{sha256(watch.encode()).hexdigest()[:6]}"


def takes_mail(scheme: str, service: Any) -> bool:
    """Whether an Apprise service is a mail server to which mails can be written here."""
    is_signed = str(getattr(service, "pgp_mode", "no")).lower() not in ("no", "none")
    return scheme in ("mailto", "mailtos") and not is_signed


def send_mail(service: Any, message: Message) -> None:
    """Send a message to the recipients of an Apprise mail service, each with a mail of its own.

    Raises OSError (smtplib's errors are such) if the server cannot be reached or refuses it.
    """
    with _connected(service) as server:
        for recipient in service.targets:
            mail = write_mail(service, message, recipient)
            addresses = [recipient[1], *service.cc, *service.bcc]
            refused = server.send_message(mail, service.from_addr[1], addresses)
            if refused:
                raise smtplib.SMTPRecipientsRefused(refused)


def write_mail(service: Any, message: Message, recipient: tuple[str | bool, str]) -> EmailMessage:
    """Return the mail of a message to one recipient (a name, if there is one, and an address)."""
    domain = service.from_addr[1].rpartition("@")[2] or "localhost"
    mail = EmailMessage(policy=SMTP)
    for name, value in service.headers.items():
        mail[name] = value
    mail["Subject"] = " ".join(message.title.split())
    mail["From"] = _named(service.from_addr)
    mail["To"] = _named(recipient)
    if service.cc:
        mail["Cc"] = ", ".join(sorted(service.cc))
    if service.reply_to:
        mail["Reply-To"] = ", ".join(sorted(service.reply_to))
    mail["Date"] = format_datetime(datetime.fromisoformat(message.created_at).astimezone(VIETNAM))
    mail["Message-ID"] = f"<{message.id}.{message.about}@{domain}>"
    mail["List-Id"] = f"<{message.about}.{LIST_DOMAIN}.{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body, cte="base64")
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html", cte="base64")
    return mail


def _named(address: tuple[str | bool, str]) -> str:
    name, mailbox = address
    return formataddr((name or None, mailbox))  # type: ignore[arg-type]


def _connected(service: Any) -> smtplib.SMTP:
    """Connect to the server of a service, encrypted and logged in as its address says."""
    mode = str(getattr(service.secure_mode, "value", service.secure_mode))
    context = ssl.create_default_context()
    if not service.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    host, port = service.smtp_host, service.port
    server: smtplib.SMTP
    if mode == "ssl":
        server = smtplib.SMTP_SSL(host, port, timeout=CONNECT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=CONNECT_SECONDS)
    try:
        if mode == "starttls":
            server.starttls(context=context)
        if service.user and service.password:
            server.login(service.user, service.password)
    except BaseException:
        server.close()
        raise
    return server
