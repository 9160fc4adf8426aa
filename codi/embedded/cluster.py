"""Make, start and stop the embedded cluster."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from codi.embedded.placement import EmbeddedError, Placement, place, socket_folder

OWNER, APP, DATABASE = "codi_owner", "codi_app", "codi"
START_TRIES = 5


def ensure(root: Path) -> Path:
    """Start the cluster of ``root`` when it is not running, making it first when it is missing.

    Returns the folder of its private socket. Safe when several processes call it at once.
    Raises :class:`EmbeddedError` with the server's own words when it does not start.
    """
    placement = place(root)
    with _alone(root):
        socket = running(placement)
        if socket is not None and not any(socket.glob(".s.PGSQL.*[0-9]")):
            _stop(placement)  # somebody cleaned the temporary folder under a living server
            socket = None
        if socket is None:
            _make(placement)
            _forget_dead_server(placement)
            socket = _start(placement)
        _make_database(socket)
    return socket


def stop(root: Path) -> bool:
    """Stop the cluster of ``root``; tell whether it was running."""
    placement = place(root)
    with _alone(root):
        if running(placement) is None:
            return False
        _stop(placement)
    return True


def running(placement: Placement) -> Path | None:
    """The socket folder of the living server, as the server itself noted it, or None."""
    try:
        lines = (placement.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 8 or lines[7].strip() != "ready" or not _is_postgres(lines[0]):
        return None
    return Path(lines[4])


def _is_postgres(pid: str) -> bool:
    """Whether the process is a PostgreSQL: after a restart of the machine the number may be reused."""
    try:
        command = Path(f"/proc/{int(pid)}/cmdline").read_bytes()
    except (OSError, ValueError):
        return False
    return command.split(b"\0")[0].endswith(b"postgres")


def _forget_dead_server(placement: Placement) -> None:
    """Remove the note of a server that died without taking it away."""
    note = placement.data / "postmaster.pid"
    with suppress(FileNotFoundError, IndexError):
        if not _is_postgres(note.read_text().splitlines()[0]):
            note.unlink()


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One process at a time decides about the cluster of ``root``."""
    try:
        lock = (root / "lock").open("w")
    except PermissionError as error:
        raise EmbeddedError(
            f"{root} belongs to another account; run as that account, or remove the folder"
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(placement: Placement, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL under the account of the server; raise with its words."""
    options: dict[str, Any] = placement.as_account
    done = subprocess.run(
        [str(placement.binaries / program), *arguments],
        **options,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd="/",
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"},
    )
    if done.returncode:
        raise EmbeddedError(f"{program} failed: {(done.stderr or done.stdout).strip()}")


def _make(placement: Placement) -> None:
    """Make the cluster, with a locale of its own under which trigrams know Thai letters.

    pg_trgm asks the locale of the C library as well: under plain ``C`` it finds nothing.

    It is made beside its place and moved there when complete: a set-up that is cut off leaves
    nothing that looks like a cluster.
    """
    if (placement.data / "PG_VERSION").exists():
        return
    arriving = placement.base / "data.arriving"
    shutil.rmtree(arriving, ignore_errors=True)
    arriving.mkdir(mode=0o700)
    if placement.switch:
        os.chown(arriving, placement.account.pw_uid, placement.account.pw_gid)
    _run(
        placement,
        "initdb",
        *("-D", str(arriving), "-U", OWNER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    )
    arriving.rename(placement.data)


def _start(placement: Placement) -> Path:
    """Start the server and wait until it answers; returns its socket folder.

    After a crash the last of the old processes may still hold the shared memory for a moment.
    """
    socket = socket_folder(placement)
    options = f"-c listen_addresses='' -c unix_socket_directories='{socket}' -c max_connections=200"
    log = str(placement.data / "server.log")
    for attempt in range(1, START_TRIES + 1):
        try:
            _run(
                placement,
                "pg_ctl",
                *("-D", str(placement.data), "-w", "-l", log, "-o", options, "start"),
            )
        except EmbeddedError as error:
            if attempt == START_TRIES:
                raise EmbeddedError(f"{error}\n{_tail(Path(log))}") from error
            time.sleep(attempt)
        else:
            break
    return socket


def _tail(log: Path) -> str:
    """The last words of the server."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-8:])
    except OSError:
        return ""


def _stop(placement: Placement) -> None:
    _run(placement, "pg_ctl", "-D", str(placement.data), "-w", "-m", "fast", "stop")


def _make_database(socket: Path) -> None:
    """Make the application's role and the database when they are missing."""
    import psycopg2

    connection = psycopg2.connect(host=str(socket), user=OWNER, dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {APP} LOGIN")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE DATABASE {DATABASE}")
    connection.close()
