"""Numbers and dates in cells, as a Vietnamese reader of the sheet sees them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # sheets know no time zone
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_MAX_DAYS = 2_958_465  # 31 December 9999
_MAX_NUMBER_CHARS = 40
_MAX_PLAIN = 1e15


def show_number(value: str) -> str:
    """Return a number with at most 15 digits, as spreadsheets show it."""
    try:
        number = float(value) if len(value) <= _MAX_NUMBER_CHARS else None
    except ValueError:
        number = None
    if number is None:
        return value
    if number.is_integer() and abs(number) < _MAX_PLAIN:
        return str(int(number))
    return f"{number:.15g}"


def show_date(value: str, *, is_1904: bool) -> str:
    """Return the date or time that a number of days means."""
    try:
        days = float(value)
    except ValueError:
        return value
    if not 0 <= days <= _MAX_DAYS:
        return value
    moment = (_EPOCH_1904 if is_1904 else _EPOCH) + timedelta(seconds=round(days * 86400))
    return show_value(moment.time() if days < 1 else moment)


def show_value(value: object) -> str:
    """Return a value as it is written: dates as ``15/07/2026``, times as ``07:30``."""
    if isinstance(value, datetime):
        day = value.strftime("%d/%m/%Y")
        return day if value.time() == time.min else f"{day} {show_value(value.time())}"
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    if isinstance(value, bool):
        return str(value).upper()
    return show_number(repr(value)) if isinstance(value, float) else str(value)
