"""`/metrics` for Prometheus and `/healthz`, on 127.0.0.1 and nowhere else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.base.clock import now
from scraper.base.errors import StoreError, UsageError
from scraper.daemon.plan import next_start
from scraper.monitoring.alerting import last_beat
from scraper.monitoring.health import NIGHTLY_RUN, check_runs
from scraper.store.database import open_for_reading
from scraper.store.runs import latest_run_sources, nightly_runs
from scraper.store.source_record import Verdict
from scraper.store.sources import enabled_slugs, last_successes
from scraper.store.verdicts import latest_verdicts


class RunCollector:
    """A Prometheus collector that reads the tables at each scrape."""

    def __init__(self, database: Path) -> None:
        self.database = database

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield every figure as a gauge; times are seconds since 1970, sizes bytes."""
        yield _gauge("next_run_timestamp_seconds", "Next start.", next_start(self.database))
        yield _gauge("last_good_run_timestamp_seconds", "Last good end.", last_beat(self.database))
        free = shutil.disk_usage(self.database.parent).free
        yield GaugeMetricFamily("tinhuyen_disk_free_bytes", "Free space.", value=free)
        size = self.database.stat().st_size
        yield GaugeMetricFamily("tinhuyen_database_bytes", "Size of the database.", value=size)
        with closing(open_for_reading(self.database)) as db:
            yield from (_verdicts(db), _last_success(db), _outcomes(db))


def are_runs_well(database: Path) -> tuple[bool, str]:
    """Whether the nightly runs go well, and why; broken sources do not count."""
    try:
        with closing(open_for_reading(database)) as db:
            health = check_runs(nightly_runs(db), now())
    except StoreError as error:
        return False, str(error)
    return health.verdict.is_well, f"{health.verdict}: {health.reason}"


def serve_metrics(database: Path, port: int) -> None:
    """Serve both from a thread of this process. Raises UsageError if the port is taken."""
    registry = CollectorRegistry()
    registry.register(RunCollector(database))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(200, generate_latest(registry), CONTENT_TYPE_LATEST)
            elif self.path == "/healthz":
                is_well, reason = are_runs_well(database)
                self._answer(200 if is_well else 503, f"{reason}\n".encode(), "text/plain")
            else:
                self._answer(404, b"/metrics or /healthz\n", "text/plain")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing: a scrape is no event."""

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    except OSError as error:
        raise UsageError(f"--metrics-port {port}: {error.strerror}: name a free port") from error
    Thread(target=server.serve_forever, daemon=True).start()


def _gauge(name: str, text: str, moment: datetime | None) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(f"tinhuyen_{name}", text)
    if moment is not None:
        gauge.add_metric([], moment.timestamp())
    return gauge


def _verdicts(db: Database) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(
        "tinhuyen_source_verdict",
        "1 for the verdict that a source has (* is the nightly run).",
        labels=["source", "verdict"],
    )
    watched = {*enabled_slugs(db), NIGHTLY_RUN}
    for source, latest in latest_verdicts(db).items():
        if source in watched:
            for verdict in Verdict:
                gauge.add_metric([source, verdict], verdict is latest)
    return gauge


def _last_success(db: Database) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(
        "tinhuyen_source_last_success_age_seconds", "Since the last success.", labels=["source"]
    )
    for slug, success in last_successes(db).items():
        gauge.add_metric([slug], (now() - success).total_seconds())
    return gauge


def _outcomes(db: Database) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(
        "tinhuyen_last_run_pages", "Addresses by outcome.", labels=["source", "outcome"]
    )
    for row in latest_run_sources(db):
        for outcome in Outcome:
            gauge.add_metric([row["source"], outcome], row[outcome])
    return gauge
