"""A child process does one call within its limits, and leaves nothing behind."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from codi.confined import Limits, Outcome, Overrun, run, workplace
from codi.errors import Refused

LIMITS = Limits(seconds=20, cpu_seconds=5, memory_mb=200, file_mb=4)


def call(name: str, argument: Any = None, limits: Limits = LIMITS) -> Outcome:
    with workplace() as folder:
        return run(f"tests.confined.sample:{name}", argument, folder=folder, limits=limits)


def has_ended(process: int) -> bool:
    """Whether a killed process is gone, or only waits to be buried."""
    for _ in range(100):
        try:
            if psutil.Process(process).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.1)
    return False


def test_a_value_comes_back_and_nothing_of_the_server_goes_in(monkeypatch: Any) -> None:
    """Wrong if a parser of strangers' files could read a secret or reach a proxy."""
    monkeypatch.setenv("SECRET_KEY", "hidden")
    outcome = call("echo", {"ก": [1, None, "ข"]})
    assert outcome.value["argument"] == {"ก": [1, None, "ข"]}
    assert "SECRET_KEY" not in outcome.value["variables"]
    assert not Path(outcome.value["folder"]).exists()
    assert 0 < outcome.peak_mb < 200


def test_the_product_is_not_started_in_the_child() -> None:
    """Wrong if every upload paid for Django and Celery, or the child held their settings."""
    loaded = set(call("modules").value)
    assert "codi.errors" in loaded
    assert not loaded & {"django", "celery", "codi.celery", "codi.settings"}


def test_a_refusal_comes_back_whole() -> None:
    """Wrong if people were told that the file is broken instead of what to do."""
    with pytest.raises(Refused) as caught:
        call("refuse")
    refused = caught.value
    assert (refused.message, refused.field, refused.code) == ("ไม่รับ กรุณาแก้", "file", "no")
    assert refused.details == ("เพราะ",)


@pytest.mark.parametrize(
    ("name", "limits", "code"),
    [
        ("sleep", Limits(seconds=0.5, cpu_seconds=5, memory_mb=200), "time"),
        ("spin", Limits(seconds=20, cpu_seconds=1, memory_mb=200), "time"),
        ("grow", LIMITS, "memory"),
        ("fill_up", LIMITS, "memory"),
        ("flood", LIMITS, "fault"),
        ("fail", LIMITS, "fault"),
    ],
)
def test_what_overruns_is_ended_with_the_reason(name: str, limits: Limits, code: str) -> None:
    """Wrong if one file held a worker for ever, or took the machine's memory or disk."""
    with pytest.raises(Overrun) as caught:
        call(name, limits=limits)
    assert caught.value.code == code


def test_what_the_child_started_ends_with_it() -> None:
    """Wrong if a process of a killed child went on without limits."""
    with workplace() as folder:
        grandchild = folder / "grandchild"
        for seconds in (1.5, 5, 15):  # on a busy machine the child may not have started it yet
            limits = Limits(seconds=seconds, cpu_seconds=5, memory_mb=200)
            with pytest.raises(Overrun):
                run("tests.confined.sample:bear", None, folder=folder, limits=limits)
            if grandchild.exists():
                break
        process = int(grandchild.read_text())
    assert has_ended(process)
