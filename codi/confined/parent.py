"""The parent: starts the child, kills it when it overruns, reads what it hands back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codi.errors import Refused

CHILD = Path(__file__).with_name("child.py")
ROOT = CHILD.parents[2]
MEMORY_STATUS = 3
# Native libraries abort, trap or crash when an allocation fails; the kernel kills.
OUT_OF_MEMORY_SIGNALS = (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGTRAP)
OUT_OF_TIME_SIGNALS = (signal.SIGXCPU, signal.SIGALRM)
_LONGEST_LOG = 4000
_MB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What the child may use: wall and CPU seconds, MB of address space and of one file."""

    seconds: float
    cpu_seconds: int
    memory_mb: int
    file_mb: int = 1024


@dataclass(frozen=True)
class Outcome:
    """What the function gave, the seconds it took and the peak memory of the child (MB)."""

    value: Any
    seconds: float
    peak_mb: float


class Overrun(Exception):
    """The child did not come to an end of its own.

    ``code`` is ``time``, ``memory`` or ``fault``; ``detail`` is for the log, never for
    users: the caller knows what was being done and says it in Thai.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@contextmanager
def workplace(prefix: str = "codi-child-") -> Iterator[Path]:
    """A folder for one child; it goes with everything in it, whatever happens."""
    with tempfile.TemporaryDirectory(prefix=prefix) as folder:
        yield Path(folder)


def run(
    function: str,
    argument: Any,
    *,
    folder: Path,
    limits: Limits,
    environment: Mapping[str, str] | None = None,
) -> Outcome:
    """Call ``package.module:function`` of the product with ``argument`` (JSON) in a child.

    The function's module must get by without Django. It runs in ``folder``, may write there and
    returns JSON. Raises the :class:`~codi.errors.Refused` that it raised, or :class:`Overrun`.
    """
    started = time.monotonic()
    call = {
        "function": function,
        "argument": argument,
        "root": str(ROOT),
        "limits": {
            "seconds": limits.seconds,
            "cpu_seconds": limits.cpu_seconds,
            "memory_bytes": limits.memory_mb * _MB,
            "file_bytes": limits.file_mb * _MB,
        },
    }
    (folder / "call.json").write_text(json.dumps(call, ensure_ascii=False), encoding="utf-8")
    _run_child(folder, limits.seconds, environment or {})
    told = json.loads((folder / "answer.json").read_bytes())
    if "refused" in told:
        message, field, code, details = told["refused"]
        raise Refused(message, field=field, code=code, details=details)
    return Outcome(told["value"], time.monotonic() - started, told["peak_kb"] / 1024)


def _run_child(folder: Path, seconds: float, environment: Mapping[str, str]) -> None:
    """Run the child to its end in a process group of its own. Raises :class:`Overrun`."""
    with (folder / "child.log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-P", str(CHILD)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=_environment(folder) | dict(environment),
            start_new_session=True,
        )
        try:
            status = child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise Overrun("time", f"no end within {seconds:g} s of wall time") from None
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
    if status:
        told = _end_of(folder / "child.log")
        raise Overrun(_reason(status, told), told)


def _environment(folder: Path) -> dict[str, str]:
    """No variable of the server reaches the child (no proxy, no secret)."""
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _reason(status: int, told: str) -> str:
    """Why a child ended that did not answer, from its exit status and its last words."""
    # With no memory left even the words about it can fail, and only the interpreter speaks.
    if status == MEMORY_STATUS or -status in OUT_OF_MEMORY_SIGNALS or "MemoryError" in told:
        return "memory"
    if -status in OUT_OF_TIME_SIGNALS:
        return "time"
    return "fault"


def _end_of(log: Path) -> str:
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - _LONGEST_LOG))
        return stream.read().decode(errors="replace")
