"""Handlers that behave well, badly and not at all."""

from __future__ import annotations

import errno
import os
import signal
import time
from pathlib import Path

from codi.errors import Refused
from codi.jobs import Product, Progress, handler
from codi.jobs.models import Job


def _note_run(job: Job) -> None:
    log = job.payload.get("log")
    if log:
        with Path(log).open("a") as stream:
            stream.write(f"{job.pk} {job.attempt_count}\n")


@handler("test-file", title="งานทดสอบ")
def make_file(job: Job, progress: Progress) -> Product:
    """Writes a file in ``steps`` steps of ``pause`` seconds."""
    _note_run(job)
    path = progress.folder / "out.txt"
    steps = job.payload.get("steps", 1)
    with path.open("w") as stream:
        for step in range(steps):
            progress(step * 100 // steps, f"ขั้นที่ {step + 1}")
            stream.write(f"{step}\n")
            stream.flush()
            time.sleep(job.payload.get("pause", 0))
    return Product(path, "ผลงาน.txt")


@handler("test-nothing", title="งานไม่มีไฟล์")
def make_nothing(job: Job, progress: Progress) -> None:
    _note_run(job)


@handler("test-poison", title="งานที่ทำให้เครื่องล้ม")
def die(job: Job, progress: Progress) -> None:
    _note_run(job)
    os.kill(os.getpid(), signal.SIGKILL)


@handler("test-refused", title="งานที่ถูกปฏิเสธ")
def refuse(job: Job, progress: Progress) -> None:
    raise Refused("ไม่มีโครงการในช่วงที่เลือก กรุณาเลือกช่วงใหม่", code="no-projects")


@handler("test-error", title="งานที่ผิดพลาด")
def break_down(job: Job, progress: Progress) -> None:
    raise RuntimeError("secret detail of the program")


@handler("test-disk-full", title="งานที่ดิสก์เต็ม")
def fill_disk(job: Job, progress: Progress) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
