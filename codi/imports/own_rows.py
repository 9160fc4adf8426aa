"""Taking the records of a list out to edit them: the button, and the workbook of many as a job.

The job is the one of list exports with another file, so that both are one at a time for a person.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import IO, Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from codi.imports import permissions, templates
from codi.imports.declared import UPLOADS, Upload
from codi.jobs.exports import Form, register_form
from codi.ui.additions import Tool, add_to_list
from codi.ui.lists import ListPage

# A workbook to edit takes longer than a plain export: this many take a second or two.
DIRECT_RECORD_COUNT = 3_000


def is_long(page: ListPage) -> bool:
    """Whether the workbook of a list's records is a worker's."""
    most = min(DIRECT_RECORD_COUNT, settings.EXPORT_DIRECT_ROW_COUNT)
    return bool(page.sums["row_count"] > most)


def form_key(upload: Upload) -> str:
    """Under which key the workbook of an upload is asked for."""
    return f"rows:{upload.key}"


def offer_own_rows() -> None:
    """Put the button on the lists, and let every upload's workbook be made by a worker."""
    labels: dict[str, None] = {}
    for upload in UPLOADS.values():
        if upload.own:
            register_form(form_key(upload), _form(upload))
            labels[upload.own.label] = None
    for label in labels:
        add_to_list(ListPage, tools=[Tool(label, "file-pen-line", partial(workbook_of, label))])


def workbook_of(label: str, page: ListPage) -> str:
    """Where the records of this list are taken out; empty where that is not offered so labelled."""
    match = page.request.resolver_match
    for upload in UPLOADS.values():
        own = upload.own
        if own is None or match is None or (own.label, own.list_url) != (label, match.view_name):
            continue
        if permissions.can_take_out(page.request.user, upload.key):  # type: ignore[arg-type]
            address = reverse("imports:rows", args=[upload.key])
            return f"{address}?{page.request.GET.urlencode()}"
    return ""


def _form(upload: Upload) -> Form:
    def write(page: ListPage, stream: IO[bytes], told: Callable[[int], None]) -> None:
        user: Any = page.request.user
        templates.write_own(upload, user, page.rows, stream, told)

    if upload.own is None:
        raise ValueError(f"{upload.key}: its records do not go out")
    return Form(
        list_url=upload.own.list_url,
        most=upload.most_records,
        allowed=lambda user: permissions.can_take_out(user, upload.key),
        title=lambda: templates.title_of(upload, timezone.localdate()),
        write=write,
    )
