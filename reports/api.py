"""What the API offers of figures and editions: any table for a scope and day, and the editions' life."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from codi.accounts.permissions import Decision
from codi.api.declared import (
    Act,
    Call,
    NothingForm,
    Part,
    Resource,
    Told,
    register,
    register_chapter,
    register_view,
)
from codi.api.errors import Problem
from codi.api.schema import ETAG, IF_NONE_MATCH, PROBLEMS_OF_READING, problems
from codi.api.viewsets import send
from codi.figures.figure import Figure, all_figures
from codi.ui.downloads import PDF, XLSX, file_response
from reports import forms, permissions, services, sheets
from reports.content import of_edition
from reports.file_names import file_name
from reports.files import bytes_of
from reports.filters import (
    CheckFilter,
    EditionFilter,
    LaterChangeFilter,
    QuarterFilter,
    TextFilter,
)
from reports.later_pages import later_changes
from reports.models import (
    Edition,
    EditionCheck,
    EditionText,
    FileKind,
    LaterChange,
    ReportingQuarter,
    TextOrigin,
)
from reports.queries import with_names
from reports.views.scope import live_figure, live_scope

ISO_DAY = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")
YEAR = re.compile(r"2[5-7][0-9]{2}")


class FigureOut(serializers.Serializer[Any]):
    """A figure: what it counts and how."""

    key = serializers.CharField(help_text="รหัสของตาราง")
    title = serializers.CharField(help_text="ชื่อตาราง")
    unit = serializers.CharField(help_text="หน่วยของตาราง")
    basis = serializers.CharField(help_text="stock = ณ วันที่, flow = ในช่วงเวลา")
    definition = serializers.CharField(help_text="นับอะไร จากข้อมูลใด")


class FiguresOut(serializers.Serializer[Any]):
    """All figures."""

    count = serializers.IntegerField(help_text="จำนวนตาราง")
    results = FigureOut(many=True, help_text="ตารางทั้งหมด")


class ColumnOut(serializers.Serializer[Any]):
    """A column of a table."""

    key = serializers.CharField(help_text="รหัสคอลัมน์")
    title = serializers.CharField(help_text="หัวคอลัมน์")
    unit = serializers.CharField(help_text="baht, count, percent, date หรือ text")
    group = serializers.CharField(help_text="หัวคอลัมน์ชั้นบน", allow_blank=True)
    numerator = serializers.CharField(help_text="ตัวตั้งของร้อยละ", allow_blank=True)
    denominator = serializers.CharField(help_text="ตัวหารของร้อยละ", allow_blank=True)
    additive = serializers.BooleanField(help_text="บวกกันได้หรือไม่")


class RowOut(serializers.Serializer[Any]):
    """A row of a table."""

    key = serializers.CharField(help_text="รหัสแถว")
    title = serializers.CharField(help_text="หัวแถว")
    kind = serializers.CharField(help_text="item, subtotal หรือ total")
    group = serializers.CharField(help_text="กลุ่มของแถว", allow_blank=True)


class GridOut(serializers.Serializer[Any]):
    """A table for a scope and day; numbers are exact decimal text, days ISO dates."""

    key = serializers.CharField(help_text="รหัสของตาราง")
    title = serializers.CharField(help_text="ชื่อตาราง")
    unit = serializers.CharField(help_text="หน่วยของตาราง")
    basis = serializers.CharField(help_text="stock หรือ flow")
    as_of = serializers.DateField(help_text="ข้อมูล ณ สิ้นวันที่")
    scope_label = serializers.CharField(help_text="ขอบเขต", allow_blank=True)
    row_heading = serializers.CharField(help_text="หัวของคอลัมน์แรก")
    is_numbered = serializers.BooleanField(help_text="แสดงลำดับที่หรือไม่")
    columns = ColumnOut(many=True, help_text="คอลัมน์")
    rows = RowOut(many=True, help_text="แถว")
    cells = serializers.DictField(
        child=serializers.DictField(child=serializers.CharField(allow_null=True)),
        help_text="ค่าตามรหัสแถวและรหัสคอลัมน์",
    )
    notes = serializers.ListField(child=serializers.CharField(), help_text="หมายเหตุ")
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="แหล่งข้อมูล", allow_blank=True
    )


def _about(figure: Figure) -> dict[str, Any]:
    return {
        "key": figure.key,
        "title": figure.title,
        "unit": figure.unit,
        "basis": str(figure.basis),
        "definition": figure.definition,
    }


UNCHANGED = OpenApiResponse(description="ยังไม่เปลี่ยน")


class Figures(APIView):
    """Every figure with its definition."""

    @extend_schema(
        operation_id="figures_list",
        summary="รายการตารางตัวเลข",
        description="ตารางทุกตารางที่ระบบคำนวณได้ พร้อมนิยาม",
        tags=["figures"],
        parameters=[IF_NONE_MATCH, ETAG],
        responses={
            (200, "application/json"): FiguresOut,
            304: UNCHANGED,
            **problems(("not-authenticated", "not-allowed", "too-many")),
        },
    )
    def get(self, request: Request) -> HttpResponse:
        """All of them; there are few."""
        told = [_about(figure) for figure in all_figures()]
        return send(request, JSONRenderer().render({"count": len(told), "results": told}))


def _word(name: str, text: str, pattern: str) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string", "pattern": pattern}, description=text)


class FigureTable(APIView):
    """One figure for a scope and day."""

    @extend_schema(
        operation_id="figures_detail",
        summary="ตารางตัวเลขหนึ่งตาราง",
        description="คำนวณตารางสำหรับขอบเขตและวันที่ที่ระบุ ผู้ที่เห็นเฉพาะภาคหรือจังหวัดได้เฉพาะส่วนของตน",
        tags=["figures"],
        parameters=[
            OpenApiParameter("key", str, OpenApiParameter.PATH, description="รหัสของตาราง"),
            _word("programme", "รหัสโครงการหลัก เช่น NL2564", r"^[A-Za-z0-9._-]{1,30}$"),
            _word("region", "รหัสภาค", "^[A-Za-z0-9]{1,6}$"),
            _word("province", "รหัสจังหวัด เช่น 50", "^[0-9]{2}$"),
            _word("fiscal_year", "ปีงบประมาณ (พ.ศ.)", r"^2[5-7][0-9]{2}$"),
            OpenApiParameter(
                "as_of",
                {"type": "string", "format": "date"},
                description="ข้อมูล ณ สิ้นวันที่ (ค.ศ. แบบ ISO) ไม่ส่งคือวันนี้",
            ),
            IF_NONE_MATCH,
            ETAG,
        ],
        responses={
            (200, "application/json"): GridOut,
            304: UNCHANGED,
            **problems(("invalid", *PROBLEMS_OF_READING)),
        },
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """The grid, as every other output of the product takes it."""
        figure = live_figure(key)
        _require_readable(request)
        user: Any = request.user
        scope, as_of = live_scope(request._request, user)
        grid = figure.compute(scope, as_of)
        return send(request, JSONRenderer().render(grid.to_dict()))


WORDS = {"programme", "region", "province", "fiscal_year", "as_of"}


def _require_readable(request: Request) -> None:
    """Refuse words that nobody declared, and days and years in another shape."""
    given = request.query_params
    texts = dict.fromkeys(sorted(set(given) - WORDS), "ไม่มีตัวกรองชื่อนี้")
    if "as_of" in given and not ISO_DAY.fullmatch(given["as_of"]):
        texts["as_of"] = "วันที่เป็น ค.ศ. แบบ ISO เช่น 2021-05-31"
    if "fiscal_year" in given and not YEAR.fullmatch(given["fiscal_year"]):
        texts["fiscal_year"] = "ปีงบประมาณเป็น พ.ศ. สี่หลัก เช่น 2564"
    if texts:
        blamed = [
            {"field": name, "code": "invalid", "message": text} for name, text in texts.items()
        ]
        raise Problem("invalid", "แก้ค่าในที่อยู่ (URL) แล้วเรียกใหม่", errors=blamed)


register_chapter(
    "figures",
    "ตารางตัวเลข",
    "ตารางที่ระบบคำนวณจากรายการ ณ วันที่และขอบเขตที่ระบุ ค่าเท่ากับในหน้าเว็บและในรายงาน",
)
register_view("figures/", "figures-list", Figures)
register_view("figures/<str:key>/", "figures-detail", FigureTable)


def _editions(user: Any) -> QuerySet[Any]:
    return with_names(Edition.objects.visible_to(user))


def _content(request: Request, edition: Any) -> dict[str, Any]:
    """What the edition says: frozen once it is being issued, live before."""
    return sheets.data_of(of_edition(edition, today=timezone.localdate()))


def _file(kind: FileKind, media: str) -> Part:
    def read(request: Request, edition: Any) -> FileResponse:
        content = of_edition(edition, today=timezone.localdate())
        stored = bytes_of(edition, kind, content)
        if stored is None:
            raise Http404
        response = file_response(BytesIO(stored), name=file_name(content, kind), content_type=media)
        response["X-Content-Type-Options"] = "nosniff"
        return response

    return Part(f"files/{kind}", f"ไฟล์ {kind.upper()} ของฉบับ", read, media=(media,))


def _drafted(call: Call) -> Edition:
    """A new draft, once per key, with its PDF under way."""
    return services.create_edition(
        actor=call.actor,
        outline_key=call.facts["outline"],
        subject=call.form.subject,
        as_of_dates=call.form.days,
        request_key=call.key,
        now=call.now,
        today=call.today,
    )


def _replacing(call: Call) -> Edition:
    return services.replace_edition(
        actor=call.actor,
        edition=call.row,
        as_of_dates=call.form.days,
        request_key=call.key,
        now=call.now,
        today=call.today,
    )


def _rendered(call: Call) -> Edition:
    services.request_draft_file(actor=call.actor, edition=call.row, request_key=call.key)
    edition: Edition = call.row
    return edition


def _step(path: str, title: str, can: Any, service: Any, about: str = "") -> Act:
    """A step of an edition's life that asks for nothing."""
    return Act(
        path,
        title,
        NothingForm,
        can=can,
        perform=lambda call: service(actor=call.actor, edition=call.row, now=call.now),
        about=about,
    )


LIFE = (
    _step("submit", "เสนอขออนุมัติ", permissions.can_submit, services.submit),
    _step("approve", "อนุมัติรายงาน", permissions.can_approve, services.approve),
    Act(
        "send-back",
        "ส่งกลับให้แก้ไข",
        forms.ReasonForm,
        can=permissions.can_send_back,
        perform=lambda call: services.send_back(
            actor=call.actor, edition=call.row, now=call.now, **call.facts
        ),
    ),
    _step(
        "issue",
        "ออกฉบับ",
        permissions.can_issue,
        services.issue,
        about="ตรึงตัวเลข ข้อความ และรายการเบื้องหลังทั้งหมด ไฟล์จัดทำโดยงานเบื้องหลัง แล้วสถานะเป็น issued",
    ),
    Act(
        "withdraw",
        "ถอนการออกฉบับ",
        NothingForm,
        can=permissions.can_withdraw,
        perform=lambda call: services.withdraw_issue(actor=call.actor, edition=call.row),
        about="เมื่อจัดทำไฟล์ไม่สำเร็จ",
    ),
    Act(
        "replace",
        "จัดทำฉบับใหม่แทนฉบับนี้",
        forms.DaysForm,
        can=permissions.can_replace,
        perform=_replacing,
        status=201,
        needs_version=False,
    ),
    Act(
        "render",
        "จัดทำ PDF ร่างใหม่",
        NothingForm,
        can=permissions.can_render,
        perform=_rendered,
        needs_version=False,
        about="งานเบื้องหลังใน jobs แล้วอ่านที่ files/pdf/",
    ),
    Act(
        "waivers",
        "ขอผ่อนผันรายการตรวจ",
        forms.WaiverForm,
        can=permissions.can_ask_waiver,
        perform=lambda call: services.ask_waiver(
            actor=call.actor, edition=call.row, today=call.today, **call.facts
        ),
        answers="edition-checks",
        status=201,
        needs_version=False,
        about="code คือรหัสของรายการตรวจที่ไม่ผ่าน เหตุผลจะพิมพ์ในรายงาน",
    ),
)

register(
    Resource(
        name="editions",
        title="ฉบับของรายงาน",
        about="ฉบับร่าง ฉบับที่เสนอ และฉบับที่ออกแล้ว ฉบับที่ออกแล้วไม่เปลี่ยนอีก",
        model=Edition,
        rows=_editions,
        fields=(
            "id",
            "outline",
            "programme",
            "region",
            "fiscal_year",
            "quarter",
            "as_of_dates",
            "number",
            "state",
            "replaces",
            "created_by",
            "created_at",
            "submitted_at",
            "sent_back_at",
            "sent_back_reason",
            "approved_at",
            "frozen_at",
            "issued_at",
            "program_version",
            "template_version",
            "version",
        ),
        told=(Told("programme_code", "รหัสโครงการหลัก", path="programme.code"),),
        order={"id": "pk", "created_at": "created_at", "issued_at": "issued_at"},
        default_sort="-created_at",
        filters=EditionFilter,
        allowed=permissions.can_see_reports,
        create=Act(
            "new",
            "จัดทำรายงานใหม่",
            forms.EditionRequestForm,
            can=lambda user, row: permissions.can_create(user),
            perform=_drafted,
            status=201,
        ),
        acts=LIFE,
        parts=(
            Part(
                "content",
                "เนื้อหาของฉบับ",
                _content,
                about="ข้อเท็จจริง ประโยคที่คำนวณ ข้อความ ผลตรวจ และทุกตารางของฉบับ",
            ),
            _file(FileKind.PDF, PDF),
            _file(FileKind.XLSX, XLSX),
        ),
    )
)


def _edits(user: Any, text: Any) -> Decision:
    return permissions.can_edit(user, text.edition)


register(
    Resource(
        name="edition-texts",
        title="ข้อความของฉบับ",
        about="ส่วนของรายงานที่เจ้าหน้าที่เขียน แก้ได้เมื่อเป็นร่างหรือถูกส่งกลับ",
        model=EditionText,
        rows=lambda user: EditionText.objects.filter(origin=TextOrigin.STAFF).select_related(
            "edition"
        ),
        seen_with="edition",
        lock_first=lambda row: row.edition,
        fields=("id", "edition", "slot", "text", "version"),
        order={"id": "pk", "slot": "slot"},
        default_sort="id",
        filters=TextFilter,
        allowed=permissions.can_see_reports,
        change=Act(
            "edit",
            "แก้ไขข้อความ",
            forms.TextForm,
            can=_edits,
            perform=lambda call: services.update_text(
                actor=call.actor,
                edition=call.row.edition,
                slot=call.row.slot,
                text=call.facts["text"],
                expected_version=call.version,
            ),
        ),
    )
)

register(
    Resource(
        name="edition-checks",
        title="ผลการตรวจของฉบับ",
        about="ผลตรวจที่บันทึกเมื่อเสนอหรือขอผ่อนผัน และการผ่อนผันของรายการที่ไม่ผ่าน",
        model=EditionCheck,
        rows=lambda user: EditionCheck.objects.select_related("edition"),
        seen_with="edition",
        fields=(
            "id",
            "edition",
            "code",
            "title",
            "is_ok",
            "message",
            "asked_by",
            "reason",
            "valid_until",
            "allowed_by",
            "allowed_at",
        ),
        told=(Told("request_fingerprint", "สิ่งที่แทนคำขอผ่อนผันที่อ่าน ใช้เมื่ออนุญาต"),),
        order={"id": "pk", "code": "code"},
        default_sort="id",
        filters=CheckFilter,
        allowed=permissions.can_see_reports,
        acts=(
            Act(
                "allow",
                "อนุญาตผ่อนผัน",
                forms.AllowForm,
                can=permissions.can_allow_waiver,
                perform=lambda call: services.allow_waiver(
                    actor=call.actor, check=call.row, seen=call.facts["fingerprint"], now=call.now
                ),
                problems=("changed-by-another",),
                about="ผู้ขออนุญาตให้ตนเองไม่ได้ ส่ง request_fingerprint ของคำขอที่อ่านไว้",
            ),
        ),
    )
)


register(
    Resource(
        name="quarters",
        title="ไตรมาสที่รายงาน",
        about="ไตรมาสที่มีผู้จัดทำรายงานแล้ว กำหนดส่งส่วนของภาค และการปิดไตรมาส",
        model=ReportingQuarter,
        rows=lambda user: ReportingQuarter.objects.visible_to(user),
        fields=(
            "id",
            "fiscal_year",
            "quarter",
            "due_on",
            "closed_by",
            "closed_at",
            "closing_reason",
            "reopened_by",
            "reopened_at",
            "reopening_reason",
            "version",
        ),
        order={"id": "pk", "fiscal_year": "fiscal_year", "closed_at": "closed_at"},
        default_sort="-fiscal_year",
        filters=QuarterFilter,
        acts=(
            Act(
                "close",
                "ปิดไตรมาส",
                forms.ClosingForm,
                can=lambda user, row: permissions.can_close(user, row, timezone.localdate()),
                perform=lambda call: services.close_quarter(
                    actor=call.actor,
                    period=call.row.period,
                    reason=call.facts["reason"],
                    now=call.now,
                    today=call.today,
                    expected_version=call.version,
                ),
                about="ต้องมีเหตุผลเมื่อยังไม่มีรายงานทั้งประเทศที่ออกแล้ว",
            ),
            Act(
                "reopen",
                "เปิดไตรมาสอีกครั้ง",
                forms.ReopeningForm,
                can=permissions.can_reopen,
                perform=lambda call: services.reopen_quarter(
                    actor=call.actor,
                    period=call.row.period,
                    reason=call.facts["reason"],
                    now=call.now,
                    expected_version=call.version,
                ),
            ),
            Act(
                "due",
                "กำหนดวันส่งส่วนของภาค",
                forms.DueDayForm,
                can=permissions.can_set_due_day,
                perform=lambda call: services.set_due_day(
                    actor=call.actor,
                    period=call.row.period,
                    due_on=call.facts["due_on"],
                    expected_version=call.version,
                ),
            ),
        ),
    )
)


register(
    Resource(
        name="later-changes",
        title="การแก้ไขภายหลัง",
        about="การแก้ไขหลังปิดไตรมาสหรือหลังออกฉบับ พร้อมไตรมาสและฉบับที่กระทบ อ่านจากประวัติทุกห้านาที",
        model=LaterChange,
        rows=later_changes,
        fields=(
            "id",
            "model_label",
            "record_key",
            "verb",
            "record",
            "region",
            "region_before",
            "fields",
            "actor",
            "door",
            "reason",
            "changed_at",
        ),
        told=(
            Told("quarters", "ไตรมาสที่ปิดแล้วที่กระทบ", path="quarters_text"),
            Told("editions", "ฉบับที่กระทบและจำนวนช่อง", path="editions_text"),
        ),
        order={"id": "pk", "changed_at": "changed_at"},
        default_sort="-changed_at",
        filters=LaterChangeFilter,
        allowed=permissions.can_see_reports,
    )
)
