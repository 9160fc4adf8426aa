"""The key of a new folder, while several processes start there at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from codi.settings import dev


def test_all_that_start_at_once_read_one_whole_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Wrong if one of them read an empty key, another key, or left it open to others."""
    for number in range(50):
        monkeypatch.setattr(dev, "DATA_DIR", tmp_path / str(number))
        gate = threading.Barrier(8)

        def key(_: int, gate: threading.Barrier = gate) -> str:
            gate.wait()
            return dev._secret_key()

        with ThreadPoolExecutor(8) as pool:
            [found] = set(pool.map(key, range(8)))
        assert len(found) > 50
        [file] = (tmp_path / str(number)).iterdir()
        assert file.stat().st_mode & 0o077 == 0
