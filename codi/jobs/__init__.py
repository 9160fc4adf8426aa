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


Handler = Callable[["Job", Progress], "Product | Path | str | None"]
"""Gives the file it made, or in words what came of the work, which the page of the job then says."""


@dataclass(frozen=True)
class Kind:
    """A kind of long work: its Thai title and the function that does it.

    ``is_personal`` work is an act in the name of who asked: only this person stops or repeats it.
    ``leads_to(job)`` names the page on which its outcome is seen, as label and address.
    """

    key: str
    title: str
    run: Handler
    is_personal: bool = False
    leads_to: Callable[[Job], tuple[str, str]] | None = None


KINDS: dict[str, Kind] = {}


def handler(
    key: str,
    *,
    title: str = "งานเบื้องหลัง",
    is_personal: bool = False,
    leads_to: Callable[[Job], tuple[str, str]] | None = None,
) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of kind ``key``; ``title`` is what people call it.

    ``is_personal`` and ``leads_to`` as in :class:`Kind`.
    """

    def register(run: Handler) -> Handler:
        known = KINDS.get(key)
        if known and known.run is not run:
            raise ValueError(f"Two handlers for jobs of kind {key!r}")
        KINDS[key] = Kind(key, title, run, is_personal, leads_to)
        return run

    return register


Ending = Callable[["Job"], None]
ENDINGS: list[Ending] = []


def when_ended(tell: Ending) -> Ending:
    """Register what else happens when a job has ended, in the transaction that ends it."""
    if tell not in ENDINGS:
        ENDINGS.append(tell)
    return tell
