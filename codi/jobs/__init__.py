"""Long work: jobs are rows of ours with state, progress and the reason of failure.

A room registers what it can do for long in its ``tasks.py``::

    @handler("report-pdf", title="จัดทำรายงาน PDF")
    def render(job: Job, progress: Progress) -> Product:
        progress(10, "กำลังรวบรวมตัวเลข")
        path = progress.folder / "report.pdf"
        ...
        return Product(path, "รายงานสถานการณ์โครงการ.pdf")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from codi.jobs.models import Job


class Progress(Protocol):
    """What a handler is given to tell how far it is."""

    folder: Path
    """A private folder for this run; it is removed afterwards."""

    def __call__(self, percent: int, stage: str) -> None:
        """Tell how far the work is (0–100) and what is being done, in Thai.

        Cheap: it may be called for every row. Raises :class:`Stopped` when the user cancelled or
        the job was given to another worker; let it pass through.
        """

    @property
    def stopped(self) -> bool:
        """Whether to stop now; for handlers that wait for a child process."""


@dataclass(frozen=True)
class Product:
    """The file a handler made: where it lies (in ``progress.folder``) and its name for people."""

    path: Path
    file_name: str


class Stopped(Exception):
    """The run must end: cancelled, or no longer this worker's job."""


Handler = Callable[["Job", Progress], "Product | Path | None"]


@dataclass(frozen=True)
class Kind:
    """A kind of long work: its Thai title and the function that does it."""

    key: str
    title: str
    run: Handler


KINDS: dict[str, Kind] = {}


def handler(key: str, *, title: str = "งานเบื้องหลัง") -> Callable[[Handler], Handler]:
    """Register the function that does jobs of kind ``key``; ``title`` is what people call it."""

    def register(run: Handler) -> Handler:
        known = KINDS.get(key)
        if known and known.run is not run:
            raise ValueError(f"Two handlers for jobs of kind {key!r}")
        KINDS[key] = Kind(key, title, run)
        return run

    return register
