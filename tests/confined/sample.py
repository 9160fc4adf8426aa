"""What a child process may be asked to do in the tests: behave, or misbehave."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from codi.errors import Refused


def echo(argument: Any) -> Any:
    return {"argument": argument, "folder": str(Path.cwd()), "variables": sorted(os.environ)}


def modules(argument: Any) -> Any:
    return sorted(sys.modules)


def refuse(argument: Any) -> Any:
    raise Refused("ไม่รับ กรุณาแก้", field="file", code="no", details=["เพราะ"])


def fail(argument: Any) -> Any:
    raise SystemExit("ล้ม")


def sleep(argument: Any) -> Any:
    time.sleep(60)


def spin(argument: Any) -> Any:
    while True:
        pass


def grow(argument: Any) -> Any:
    return len(bytearray(1024**3))


def fill_up(argument: Any) -> Any:
    """Take what there is, as a library in C that then fails for another reason."""
    taken = []
    try:
        while True:
            taken.append(bytearray(2**20))
    except MemoryError:
        taken.clear()
    raise TypeError("nothing came back")


def flood(argument: Any) -> Any:
    with Path("flood").open("wb") as stream:
        while True:
            stream.write(b"x" * 2**20)


def bear(argument: Any) -> Any:
    """Start a grandchild that outlives its parent, and wait for it."""
    child = subprocess.Popen(["/bin/sleep", "60"])
    Path("grandchild").write_text(str(child.pid))
    child.wait()
