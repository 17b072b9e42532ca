"""What `tinhuyen archive recover` prints: a row for each web archive, and what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from scraper.base.clock import to_utc_iso, vietnam_time
from scraper.base.messages import say, say_count, say_number, spoken, translate
from scraper.commands.output import size_text, value_word
from scraper.commands.tables import table

if TYPE_CHECKING:
    from scraper.recovery.report import RecoveryReport, ServiceReport

COLUMNS = ("service", "listed", "settled", "new", "updated", "earlier", "failed", "waiting")
COST_COLUMNS = ("service", "listed", "waiting", "to_fetch", "size", "hours")

STOPPED = "{service} stopped: {problem}; it may be asked again {time}"
NEXT_NIGHT = "after noon, Vietnam's time"
LEFT = "not at the end: `tinhuyen archive recover {source}` goes on"
INTERRUPTED = "stopped as asked: `tinhuyen archive recover {source}` goes on"
FETCH = "nothing was fetched: `tinhuyen archive recover {source}` does it"
NOTHING = "no web archive that was asked has captures of {source}"
REQUESTS = "{requests}, {size} received"
UNREAD = "{lines} of the index of {service} could not be read"
OUTSIDE = "{lines} of the index of {service} of another site or time"


def report_text(report: RecoveryReport, *, is_dry_run: bool, is_interrupted: bool) -> str:
    """The result of a recovery for people, in the language of the reader."""
    lines = [_table(report, is_dry_run=is_dry_run)]
    for name, service in report.services.items():
        lines += _index_lines(name, service)
        lines += _outcome_lines(name, service)
    lines += [
        _stop_line(name, one.stopped, one) for name, one in report.services.items() if one.stopped
    ]
    if is_interrupted:
        return "\n".join([*lines, say(INTERRUPTED, source=report.source)])
    return "\n".join([*lines, *_end_lines(report, is_dry_run=is_dry_run)])


def report_value(
    report: RecoveryReport, *, is_dry_run: bool, is_interrupted: bool
) -> dict[str, Any]:
    """The result of a recovery for programs."""
    return {
        "source": report.source,
        "is_dry_run": is_dry_run,
        "is_interrupted": is_interrupted,
        "is_finished": report.is_finished and not is_interrupted,
        "services": [_value(name, one) for name, one in report.services.items()],
    }


def exit_code_of(report: RecoveryReport, *, is_dry_run: bool) -> int:
    """0: all is settled; 1: no web archive could be asked; 3: some of it is missing."""
    services = report.services.values()
    if all(one.stopped and not one.lines and not one.outcomes for one in services):
        return 1
    is_rest_failed = not is_dry_run and not report.is_finished
    is_bad = any(one.stopped or one.failed or one.attempts for one in services)
    return 3 if is_bad or is_rest_failed else 0


def _table(report: RecoveryReport, *, is_dry_run: bool) -> str:
    rows = [
        {
            "service": name,
            "listed": one.lines - one.repeated - one.outside,
            "settled": one.settled,
            "new": one.articles("new"),
            "updated": one.articles("updated"),
            "earlier": one.articles("earlier"),
            "failed": one.failed,
            "waiting": one.waiting,
            "to_fetch": one.estimate.captures,
            "size": size_text(one.estimate.size),
            "hours": say_number(round(one.time_left.total_seconds() / 3600, 1)),
        }
        for name, one in report.services.items()
    ]
    return table(rows, COST_COLUMNS if is_dry_run else COLUMNS)


def _index_lines(name: str, service: ServiceReport) -> list[str]:
    """The lines about lines of an index that are not in the plan."""
    counts = ((UNREAD, service.broken), (OUTSIDE, service.outside))
    return [
        say(text, lines=say_count(count, "line"), service=name) for text, count in counts if count
    ]


def _outcome_lines(name: str, service: ServiceReport) -> list[str]:
    """How the captures of a web archive ended, with the reasons, and what that cost."""
    if not service.requests:
        return []
    ends: dict[str, Counter[str]] = {}
    for (outcome, reason), count in service.outcomes.items():
        ends.setdefault(outcome.value, Counter())[reason or ""] += count
    shown = [_end(outcome, reasons) for outcome, reasons in sorted(ends.items())]
    requests = say_count(service.requests, "request")
    cost = say(REQUESTS, requests=requests, size=size_text(service.size))
    return [f"{name}: {'; '.join([*shown, cost])}"]


def _end(outcome: str, reasons: Counter[str]) -> str:
    """An outcome with its count and reasons: ``not_article 3 (listing 2, short 1)``."""
    counts = ", ".join(_reasons(reasons.most_common()))
    total = f"{value_word('capture_outcome', outcome)} {reasons.total()}"
    return f"{total} ({counts})" if counts else total


def _reasons(counts: Iterable[tuple[str, int]]) -> Iterable[str]:
    for reason, count in counts:
        if reason:
            own = value_word("capture_reason", reason)
            yield f"{own if own != reason else value_word('reason', reason)} {count}"


def _stop_line(name: str, problem: str, service: ServiceReport) -> str:
    at = service.resumes_at
    when = vietnam_time(to_utc_iso(at)) if at else say(NEXT_NIGHT)
    return say(STOPPED, service=name, problem=translate(problem, spoken()), time=when)


def _end_lines(report: RecoveryReport, *, is_dry_run: bool) -> list[str]:
    if is_dry_run:
        return [say(FETCH, source=report.source)]
    services = report.services.values()
    if not report.is_finished:
        return [say(LEFT, source=report.source)]
    is_empty = not any(one.lines or one.outcomes or one.stopped for one in services)
    return [say(NOTHING, source=report.source)] if is_empty else []


def _value(name: str, one: ServiceReport) -> dict[str, Any]:
    return {
        "service": name,
        "lines": one.lines,
        "broken": one.broken,
        "repeated": one.repeated,
        "outside": one.outside,
        "outcomes": [
            {"outcome": outcome.value, "reason": reason, "captures": count}
            for (outcome, reason), count in one.outcomes.items()
        ],
        "failed": one.failed,
        "attempts": one.attempts,
        "waiting": one.waiting,
        "waiting_queries": one.waiting_queries,
        "requests": one.requests,
        "bytes": one.size,
        "seconds": round(one.seconds, 1),
        "stopped": one.stopped,
        "resumes_at": to_utc_iso(one.resumes_at) if one.resumes_at else None,
        "to_fetch": one.estimate.captures,
        "bytes_to_fetch": one.estimate.size,
        "seconds_left": one.time_left.total_seconds(),
    }
