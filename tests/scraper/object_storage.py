"""A real S3 server (moto's) on 127.0.0.1, with a bucket, for tests of object storage."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from socket import create_connection

import pytest

from tests.scraper.nights import free_port

ATTEMPTS, PAUSE = 600, 0.1
BUCKET = "tin-huyen"


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    """The address of a server of its own, in its own process."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty bucket; the environment has its endpoint and credentials."""
    import boto3
    import s3fs

    for name, value in environment_of(s3_server).items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    boto3.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-southeast-1"}
    )
    yield f"s3://{BUCKET}"
    boto3.resource("s3").Bucket(BUCKET).objects.all().delete()
    boto3.client("s3").delete_bucket(Bucket=BUCKET)


def environment_of(server: str) -> dict[str, str]:
    """The variables by which the libraries of S3 find a server."""
    no_proxy = os.environ.get("no_proxy", "")
    return {
        "AWS_ENDPOINT_URL": server,
        "AWS_ACCESS_KEY_ID": "tin",
        "AWS_SECRET_ACCESS_KEY": "huyen",
        "AWS_DEFAULT_REGION": "ap-southeast-1",
        "no_proxy": f"{no_proxy},127.0.0.1" if no_proxy else "127.0.0.1",
    }


def _wait_for(port: int) -> None:
    for _ in range(ATTEMPTS):
        try:
            with closing(create_connection(("127.0.0.1", port), 1)):
                return
        except OSError:
            time.sleep(PAUSE)
    raise RuntimeError("the S3 server did not start")
