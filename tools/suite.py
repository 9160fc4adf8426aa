"""``make test``: set up, then the suite, and its tests of queue and concurrency on a real server.

The workers of the suite take copies of a migrated database, which is made first on each server that
is used. The product of this folder is set up beside that, or beside the tests on the real server:
those mostly wait.

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
PRODUCT = ("codi.launcher", "setup")


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


def server() -> dict[str, str]:
    """The variables that lead to the real server; none where the suite has only one database."""
    url = os.environ.get("SERVER_DATABASE_URL", SERVER)
    if "DATABASE_URL" in os.environ or not answers(url):
        return {}
    app = url.replace("//postgres@", "//codi_app@")
    return {"DATABASE_OWNER_URL": url, "DATABASE_URL": app}


def template(**variables: str) -> subprocess.Popen[bytes]:
    """Begin to make the database of which the workers take copies."""
    return start("tests.template", DJANGO_SETTINGS_MODULE="codi.settings.test", **variables)


def finish(parts: list[subprocess.Popen[bytes]]) -> int:
    """Wait for all; the status is that of the first that failed."""
    return next(filter(None, [part.wait() for part in parts]), 0)


def main(arguments: list[str]) -> int:
    """Set-up and both runs; the status is that of the first that failed."""
    # Each worker, and each process that a test starts, would compile the product and the tests anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        if "DATABASE_URL" not in os.environ:
            ensure(CLUSTER)  # else the set-up would stop it at its end
    except EmbeddedError as error:
        say(str(error))
        return 1
    real = server()
    if not real:
        return finish([template(), start(*PRODUCT)]) or pytest(*arguments)
    if failed := finish([template(), template(**real)]):
        return failed
    product = start(*PRODUCT)
    say("== queue and concurrency on the PostgreSQL server ==")
    raced = pytest("-m", "concurrency", *arguments, **real)
    if failed := product.wait():
        return failed
    say("== the rest of the suite ==")
    return pytest("-m", "not concurrency", *arguments) or raced


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
