"""``make run``: prepare, start the web server and a real worker, and stop what was started.

``python -m codi.launcher setup`` only prepares. Both use the embedded PostgreSQL unless
``DATABASE_URL`` names another; a server that was not running before is stopped again at the end.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from codi.embedded import EmbeddedError, ensure, running, stop
from codi.embedded.placement import place
from codi.preparation import ACCOUNTS
from codi.settings.base import BASE_DIR, DATA_DIR

CLUSTER = DATA_DIR / "postgres"
PATIENCE_S = 10
COUNTRY = "country"
PR_SET_PDEATHSIG = 1
# Begins Celery's warning about root. A first look on a fresh machine is often as root; production
# runs under an account of its own (Dockerfile).
CELERY_AS_ROOT = "You're running the worker with superuser"


class Interrupted(Exception):
    """Somebody asked for the end: Ctrl-C, or a signal to stop."""


class Failed(Exception):
    """A part did not start or ended by itself; the text says what to do."""


def say(text: str) -> None:
    """Write a line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _die_with_parent() -> None:
    """Ask the kernel to end this child when the launcher itself is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Parts:
    """The processes that were started, each in a group of its own."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start ``python -m command`` in its own group: Ctrl-C reaches the launcher alone."""
        process = subprocess.Popen(
            [sys.executable, "-W", f"ignore:{CELERY_AS_ROOT}", "-m", *command],
            cwd=BASE_DIR,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        self._running[name] = process
        return process

    def finish(self, name: str, *command: str) -> None:
        """Run a command to its end; :class:`Failed` when it does not succeed."""
        if self.start(name, *command).wait():
            raise Failed(f"การเตรียมระบบหยุดที่ขั้น {name} (สาเหตุอยู่ในข้อความด้านบน)")
        del self._running[name]

    def forget(self, name: str) -> bool:
        """Let go of a part that has ended; tell whether it succeeded."""
        return self._running.pop(name).wait() == 0

    def ended(self) -> str | None:
        """The name of a part that is no longer running."""
        return next((name for name, part in self._running.items() if part.poll() is not None), None)

    def stop(self) -> None:
        """Ask every part to finish, then end what is left of its group."""
        for process in self._running.values():
            process.terminate()
        latest = time.monotonic() + PATIENCE_S
        for process in self._running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, latest - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def check_port(host: str, port: int) -> None:
    """Raise :class:`Failed` when another program has the port."""
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind((host, port))
        except OSError as error:
            raise Failed(
                f"พอร์ต {port} มีโปรแกรมอื่นใช้อยู่ ({error.strerror}) "
                f"ให้ใช้พอร์ตอื่น: make run PORT={port + 1}"
            ) from error


def start_database() -> bool:
    """Start the embedded server when it is the one to use; tell whether this call started it."""
    if os.environ.get("DATABASE_URL"):
        return False
    was_running = running(place(CLUSTER)) is not None
    ensure(CLUSTER)
    return not was_running


def prepare(parts: Parts) -> None:
    """Bring tables, data and files up to date."""
    parts.finish("schema", "codi.preparation", "schema")
    parts.finish("data", "codi.preparation", "data")


def serve(parts: Parts, host: str, port: int) -> NoReturn:
    """Start web server and worker, and watch them until somebody asks for the end."""
    reload = ["--reload"] if os.environ.get("DEBUG", "") in {"1", "true", "True"} else []
    parts.start(
        "web server",
        *("gunicorn", "codi.wsgi", "--bind", f"{host}:{port}", "--log-level", "warning"),
        *("--workers", "2", "--threads", "4", "--graceful-timeout", "5", *reload),
    )
    schedule = str(DATA_DIR / "beat-schedule")
    worker = ("celery", "-q", "-A", "codi", "worker", "--beat", "--schedule", schedule)
    quiet = ("--loglevel", "WARNING", "--without-gossip", "--without-mingle")
    parts.start("worker", *worker, *quiet)
    _wait_for(parts, host, port)
    _greet(host, port)
    _fill(parts)
    while True:
        time.sleep(0.5)
        if (name := parts.ended()) == "worker":
            say("ตัวทำงานเบื้องหลังหยุดเอง กำลังเริ่มใหม่")
            parts.start("worker", *worker, *quiet)
        elif name == COUNTRY:
            say(_filled(parts.forget(COUNTRY)))
        elif name:
            raise Failed(f"{name} หยุดทำงานเอง (สาเหตุอยู่ในข้อความด้านบน)")


def _wait_for(parts: Parts, host: str, port: int) -> None:
    """Wait until the web server answers."""
    for _ in range(300):
        if name := parts.ended():
            raise Failed(f"{name} เริ่มทำงานไม่ได้ (สาเหตุอยู่ในข้อความด้านบน)")
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        time.sleep(0.1)
    raise Failed("web server ไม่ตอบภายใน 30 วินาที ดูข้อความด้านบน แล้วลอง make run อีกครั้ง")


def _greet(host: str, port: int) -> None:
    accounts = DATA_DIR / ACCOUNTS
    say("")
    say(f"  เปิดใช้งานที่  http://{host}:{port}/")
    if accounts.exists():
        say("  บัญชีทดลอง (บทบาทละหนึ่งบัญชี):")
        for line in accounts.read_text().splitlines():
            say(f"    {line}")
    say("  หยุดการทำงาน: กด Ctrl-C")
    say("")


def _fill(parts: Parts) -> None:
    """Bring the sample of the whole country in beside the running server, once.

    It takes a minute or two, which nobody who looks for the first time should wait for; what was
    stopped on the way is done by the next start. ``SAMPLE=small`` leaves it out.
    """
    if os.environ.get("SAMPLE", COUNTRY) != COUNTRY or os.environ.get("DATABASE_URL"):
        return
    parts.start(COUNTRY, "codi.preparation", COUNTRY)


def _filled(succeeded: bool) -> str:
    if succeeded:
        return "  ตัวอย่างสภาองค์กรชุมชนและกองทุนสวัสดิการทั้งประเทศพร้อมดูแล้ว"
    return (
        "  เติมตัวอย่างทั้งประเทศไม่สำเร็จ (สาเหตุอยู่ด้านบน) ระบบใช้งานได้ตามปกติ จะลองอีกครั้งเมื่อ make run ครั้งหน้า"
    )


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise Interrupted


def main(word: str) -> int:
    """Set up, or set up and serve until stopped. Whatever was started is stopped again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "codi.settings.dev")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    parts, started = Parts(), False
    try:
        if word == "run":
            check_port(host, port)
        started = start_database()
        prepare(parts)
        if word == "run":
            serve(parts, host, port)
    except Interrupted:
        say("\nกำลังหยุดการทำงาน …")
    except (Failed, EmbeddedError) as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        parts.stop()
        if started:
            stop(CLUSTER)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
