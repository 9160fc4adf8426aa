"""Long exports as jobs: the same list, asked for again by the worker in the person's name.

What is stored is the address of the list and who asked. The worker opens that list as this person,
with the rights of the moment, so a job never sees more than its page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve, reverse

from codi.accounts.models import User
from codi.accounts.permissions import Decision
from codi.errors import Refused
from codi.jobs import Product, Progress, handler, services
from codi.jobs.models import Job
from codi.jobs.permissions import LIST_EXPORT, scope_of
from codi.sheets.export import Export
from codi.sheets.xlsx_file import write_xlsx
from codi.ui import exports
from codi.ui.downloads import file_name
from codi.ui.lists import ListPage

KIND = LIST_EXPORT


@dataclass(frozen=True)
class Form:
    """Another file than the list itself that is made of a list's rows, such as one to fill in.

    ``list_url`` names the list, ``allowed`` says who may have it (asked again by the worker),
    ``title`` what the file is called, ``most`` how many records it takes. ``write(page, stream,
    told)`` writes it, reading the rows in pieces; ``told`` hears how many rows are written.
    """

    list_url: str
    most: int
    allowed: Callable[[User], Decision]
    title: Callable[[], str]
    write: Callable[[ListPage, IO[bytes], Callable[[int], None]], None]


FORMS: dict[str, Form] = {}


def register_form(key: str, form: Form) -> None:
    """Let a file be asked for under a key beside the plain export of its list."""
    FORMS[key] = form


NO_LIST, NO_RIGHT = "export-no-list", "export-right"
_TOLD_EVERY = 2_000


def list_at(address: str, user: User) -> ListPage:
    """The list of an address as ``user`` opens it. Raises :class:`Refused` when there is none."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        raise _no_list() from None
    view_class = getattr(match.func, "view_class", None)
    if parts.netloc or view_class is None or not issubclass(view_class, ListPage):
        raise _no_list()
    request = HttpRequest()
    request.method, request.path = "GET", parts.path
    request.GET = QueryDict(parts.query)
    request.user, request.resolver_match = user, match
    page: ListPage = view_class()
    page.setup(request, *match.args, **match.kwargs)
    if not (decision := page.allowed()):
        raise Refused(str(getattr(decision, "reason", "")) or "ไม่มีสิทธิส่งออกรายการนี้", code=NO_RIGHT)
    return page


def form_of(key: str, page: ListPage, user: User) -> Form:
    """The form of a key. Raises :class:`Refused` where it is not of this list or not for ``user``."""
    form, match = FORMS.get(key), page.request.resolver_match
    if form is None or match is None or match.view_name != form.list_url:
        raise _no_list()
    if not (decision := form.allowed(user)):
        raise Refused(decision.reason, code=NO_RIGHT)
    return form


def request_export(*, address: str, key: str, actor: User, form: str = "") -> Job:
    """Ask for the xlsx file of the list at ``address``; one at a time for each person.

    ``key`` is a one-time key, ``form`` the key of another file than the plain list. Raises
    :class:`Refused`.
    """
    page = list_at(address, actor)
    row_count = page.sums["row_count"]
    wanted = form_of(form, page, actor) if form else None
    if wanted and row_count > wanted.most:
        raise Refused(too_many(wanted.most), code="export-too-long")
    if row_count > exports.XLSX_ROWS:
        raise Refused(
            f"รายการมี {row_count:,} แถว เกินที่ไฟล์ Excel รับได้ กรุณากรองให้แคบลง หรือส่งออกเป็น CSV",
            code="export-too-long",
        )
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        under_way = Job.objects.active().filter(kind=KIND, requested_by=actor).exclude(key=key)
        if under_way.exists():
            raise Refused(
                "ท่านมีการส่งออกรายการใหญ่ที่กำลังทำอยู่ 1 งาน กรุณารอให้เสร็จ หรือยกเลิกที่เมนู “งานเบื้องหลัง” ก่อน",
                code="export-one-at-a-time",
            )
        return services.request(
            KIND,
            key=key,
            payload={"address": address, "scope": scope_of(actor), "form": form},
            requested_by=actor,
            region=actor.region,
            title=f"{wanted.title() if wanted else f'ส่งออก{page.page_title}'} {row_count:,} {page.unit}",
        )


@handler(KIND, title="ส่งออกรายการ")
def export_list(job: Job, progress: Progress) -> Product:
    """Write the list as it stands now, with the rights that the person has now."""
    progress(1, "กำลังอ่านรายการ")
    page = list_at(job.payload["address"], job.requested_by)
    if form := job.payload.get("form"):
        return _write_form(form_of(form, page, job.requested_by), page, progress)
    export = page.as_export()
    counted = Export(
        export.title,
        export.file_title,
        export.columns,
        _counted(export, page.sums["row_count"], progress),
        export.conditions,
    )
    path = progress.folder / "export.xlsx"
    with path.open("wb") as stream:
        write_xlsx(counted, stream)
    return Product(path, file_name(export.file_title, extension="xlsx"))


def _write_form(form: Form, page: ListPage, progress: Progress) -> Product:
    row_count = max(page.sums["row_count"], 1)

    def told(count: int) -> None:
        if count % _TOLD_EVERY == 0:
            progress(min(99, 99 * count // row_count), f"เขียนแล้ว {count:,} แถว")

    path = progress.folder / "export.xlsx"
    with path.open("wb") as stream:
        form.write(page, stream, told)
    return Product(path, file_name(form.title(), extension="xlsx"))


def too_many(most: int) -> str:
    """Why a file to fill in does not take all rows of a list, and what to do."""
    return f"ดาวน์โหลดมาแก้ไขได้ครั้งละไม่เกิน {most:,} รายการ กรุณากรองรายการให้น้อยลง"


def _counted(export: Export, row_count: int, progress: Progress) -> Iterator[Sequence[Any]]:
    """The rows, telling now and then how far they are."""
    for number, row in enumerate(export.rows, start=1):
        if number % _TOLD_EVERY == 0:
            percent = min(99, 99 * number // max(row_count, 1))
            progress(percent, f"เขียนแล้ว {number:,} จาก {row_count:,} แถว")
        yield row


def export_address() -> str:
    """Where a list sends people who ask for a long file."""
    return reverse("jobs:export")


def _no_list() -> Refused:
    return Refused("ไม่พบรายการที่จะส่งออก กรุณาเปิดรายการแล้วกดส่งออกอีกครั้ง", code=NO_LIST)
