"""What ``make run`` starts, it stops; what it cannot start, it explains."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import psutil
import pytest

from codi.launcher import Failed, Parts, check_port


def test_taken_port_is_explained() -> None:
    """A traceback about an address in use does not tell a new user what to type."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Failed, match=f"make run PORT={port + 1}"):
            check_port("127.0.0.1", port)


def test_stop_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker's children that outlive Ctrl-C would hold the port and the database."""
    (tmp_path / "parent.py").write_text(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open('child', 'w').write(str(child.pid))\n"
        "time.sleep(600)\n"
    )
    monkeypatch.setattr("codi.launcher.BASE_DIR", tmp_path)
    parts = Parts()
    parent = parts.start("parent", "parent")
    note = tmp_path / "child"
    for _ in range(200):
        if note.exists() and note.read_text():
            break
        time.sleep(0.05)
    child = int(note.read_text())
    parts.stop()
    assert parent.poll() is not None
    for _ in range(100):
        if not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.05)
    else:
        pytest.fail("the child of the stopped part is still there")


def test_failed_step_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A set-up that goes on after a failed step would end in a stranger error."""
    (tmp_path / "broken.py").write_text("raise SystemExit(3)")
    monkeypatch.setattr("codi.launcher.BASE_DIR", tmp_path)
    with pytest.raises(Failed, match="schema"):
        Parts().finish("schema", "broken")


@pytest.mark.parametrize(("end", "succeeded"), [(0, True), (3, False)])
def test_a_part_that_ended_is_told_apart_and_no_longer_watched(
    end: int, succeeded: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sample that was filled in beside the server must not be taken for a server that died."""
    (tmp_path / "brief.py").write_text(f"raise SystemExit({end})")
    monkeypatch.setattr("codi.launcher.BASE_DIR", tmp_path)
    parts = Parts()
    parts.start("brief", "brief").wait()
    assert parts.ended() == "brief"
    assert parts.forget("brief") is succeeded
    assert parts.ended() is None
