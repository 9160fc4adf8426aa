"""``make test``: the suite, and its tests of queue and concurrency on a real server as well.

The suite runs on the embedded PostgreSQL. Where a PostgreSQL answers on 127.0.0.1:5432, the tests
marked ``concurrency`` run against that one first; ``SERVER_DATABASE_URL`` names another address.
"""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg2

SERVER = "postgres://postgres@127.0.0.1:5432/postgres"


def say(text: str) -> None:
    """Write a line between the lines of pytest."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def answers(url: str) -> bool:
    """Whether a server lets us in at this address."""
    try:
        psycopg2.connect(url.replace("postgres://", "postgresql://"), connect_timeout=2).close()
    except psycopg2.OperationalError as error:
        say(f"no server at {url.rsplit('@')[-1]}: {str(error).strip().splitlines()[0]}")
        return False
    return True


def pytest(*arguments: str, **variables: str) -> int:
    """Run pytest in a process of its own; returns its exit status."""
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, env={**os.environ, **variables}).returncode


def main(arguments: list[str]) -> int:
    """Both runs; the status is that of the first that failed."""
    url = os.environ.get("SERVER_DATABASE_URL", SERVER)
    real = 0
    if "DATABASE_URL" not in os.environ and answers(url):
        say("== queue and concurrency on the PostgreSQL server ==")
        app = url.replace("//postgres@", "//codi_app@")
        real = pytest("-m", "concurrency", "-n0", DATABASE_OWNER_URL=url, DATABASE_URL=app)
        say("== the whole suite ==")
    return pytest(*arguments) or real


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
