"""The embedded server: made once, found again, and safe when it is treated badly."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from codi.embedded import APP, DATABASE, EmbeddedError, ensure, running, stop
from codi.embedded.placement import place, socket_folder


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder for a cluster of its own, deeper than the address of a socket may be long."""
    top = Path(tempfile.mkdtemp(prefix="codi-test-"))
    top.chmod(0o755)
    deep = top / ("d" * 60) / ("e" * 60)
    yield deep
    stop(deep)
    shutil.rmtree(top)


def ask(socket: Path, question: str) -> object:
    """One value, asked as the application's role."""
    with psycopg2.connect(host=str(socket), user=APP, dbname=DATABASE) as session:
        cursor = session.cursor()
        cursor.execute(question)
        found = cursor.fetchone()
    session.close()
    return found and found[0]


def test_first_start_from_several_processes(root: Path) -> None:
    """Web server and worker start at once: two clusters, or none, would be the result of a race."""
    code = (
        "import sys; from pathlib import Path; from codi.embedded import ensure;"
        "print(ensure(Path(sys.argv[1])))"
    )

    def start(_: int) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    with ThreadPoolExecutor(3) as pool:
        sockets = set(pool.map(start, range(3)))
    assert len(sockets) == 1
    socket = Path(sockets.pop())
    assert len(str(socket / ".s.PGSQL.5432")) <= 107
    assert socket.stat().st_mode & 0o077 == 0
    assert ask(socket, "SHOW fsync") == "on"
    assert ask(socket, "SHOW listen_addresses") == ""
    assert ask(socket, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_killed_server_starts_again_with_its_data(root: Path) -> None:
    """After a power cut the note of the dead server must not keep the living one away."""
    socket = ensure(root)
    with psycopg2.connect(host=str(socket), user="codi_owner", dbname=DATABASE) as session:
        session.cursor().execute("CREATE TABLE kept AS SELECT 42 AS answer")
        session.cursor().execute(f"GRANT SELECT ON kept TO {APP}")
    session.close()
    note = place(root).data / "postmaster.pid"
    pid = int(note.read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            break
        time.sleep(0.05)
    assert running(place(root)) is None
    # The number of the dead server now belongs to somebody else's process.
    lines = note.read_text().splitlines()
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert ask(ensure(root), "SELECT answer FROM kept") == 42


def test_cleaned_temporary_folder(root: Path) -> None:
    """A cleaner of /tmp takes the socket of a living server: the product must find back by itself."""
    shutil.rmtree(ensure(root))
    assert ask(ensure(root), "SELECT 1") == 1


def test_foreign_socket_folder_is_refused(root: Path) -> None:
    """Somebody who lays the folder open before us must not get to read along."""
    folder = socket_folder(place(root))
    folder.chmod(0o777)
    with pytest.raises(EmbeddedError, match="private"):
        ensure(root)
    folder.rmdir()


def test_stop_says_whether_it_ran(root: Path) -> None:
    """`make stop` twice must not be an error."""
    ensure(root)
    assert stop(root) is True
    assert stop(root) is False


@pytest.mark.django_db
def test_trigrams_know_thai() -> None:
    """Under the plain C locale Thai letters are no letters, and every search would find nothing."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SELECT similarity('สภาองคกรชุมชน', 'สภาองคกรชุมชนตำบล'), show_trgm('บาน')")
        near, trigrams = cursor.fetchone()
    assert near > 0.5
    assert len(trigrams) == 4
