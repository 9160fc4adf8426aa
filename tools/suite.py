"""``make test``: set up, then the suite, and its tests of queue and concurrency on a real server.

While one process sets up, another makes the database of which the workers of the suite take copies.

The suite runs on the embedded PostgreSQL. Where a PostgreSQL answers on 127.0.0.1:5432, the tests
marked ``concurrency`` run against that one, before all others; ``SERVER_DATABASE_URL`` names another
address. Every test runs once.
"""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg2

from codi.embedded import EmbeddedError, ensure
from codi.launcher import CLUSTER

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


def start(*module: str, **variables: str) -> subprocess.Popen[bytes]:
    """Start a module of Python in a process of its own."""
    return subprocess.Popen([sys.executable, "-m", *module], env={**os.environ, **variables})


def pytest(*arguments: str, **variables: str) -> int:
    """Run pytest; returns its exit status."""
    return start("pytest", *arguments, **variables).wait()


def prepare() -> int:
    """Bring the product of this folder up to date, and the tests' template beside it."""
    if "DATABASE_URL" in os.environ:
        return start("codi.launcher", "setup").wait()
    try:
        ensure(CLUSTER)  # else the set-up would stop it at its end
    except EmbeddedError as error:
        say(str(error))
        return 1
    template = start("tests.template", DJANGO_SETTINGS_MODULE="codi.settings.test")
    product = start("codi.launcher", "setup")
    return product.wait() or template.wait()


def main(arguments: list[str]) -> int:
    """Set-up and both runs; the status is that of the first that failed."""
    # Each worker, and each process that a test starts, would compile the product and the tests anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if failed := prepare():
        return failed
    url = os.environ.get("SERVER_DATABASE_URL", SERVER)
    real, rest = 0, []
    if "DATABASE_URL" not in os.environ and answers(url):
        say("== queue and concurrency on the PostgreSQL server ==")
        app = url.replace("//postgres@", "//codi_app@")
        real = pytest("-m", "concurrency", *arguments, DATABASE_OWNER_URL=url, DATABASE_URL=app)
        rest = ["-m", "not concurrency"]
        say("== the rest of the suite ==")
    return pytest(*rest, *arguments) or real


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
