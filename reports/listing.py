"""The records behind a cell as a list for people: one line per record, with what it adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse

from codi.thai.dates import short_date
from codi.thai.numbers import baht


@dataclass(frozen=True)
class Listed:
    """One record: its texts under the headings, its page, and its amount as printed."""

    texts: tuple[str, ...]
    url: str
    amount: str


@dataclass(frozen=True)
class _Kind:
    """How the records of one model are listed; ``page`` names the address of a record's page."""

    headings: tuple[str, ...]
    related: tuple[str, ...]
    texts: Callable[[Any], tuple[str, ...]]
    page: str
    page_key: str


def _project(project: Any) -> tuple[str, ...]:
    approved = short_date(project.approved_on) if project.approved_on else "-"
    return (project.code, project.title, project.place_name, approved)


def _entry(entry: Any) -> tuple[str, ...]:
    return (
        entry.project.code,
        f"{entry.get_kind_display()} งวด {entry.instalment.number}",
        entry.document_number or "-",
        short_date(entry.effective_on),
    )


def _council(council: Any) -> tuple[str, ...]:
    return (council.code, council.name, str(council.province), short_date(council.registered_on))


def _of_council(record: Any, what: str, day: Any) -> tuple[str, ...]:
    return (str(record.council), what, str(record.council.province), short_date(day))


def _member(member: Any) -> tuple[str, ...]:
    return _of_council(member, member.name, member.selected_on)


def _group(group: Any) -> tuple[str, ...]:
    return _of_council(group, f"{group.code} {group.name}", group.registered_on)


def _certification(record: Any) -> tuple[str, ...]:
    return _of_council(record.group, record.group.name, record.certified_on)


def _term(term: Any) -> tuple[str, ...]:
    return _of_council(term, f"คัดเลือก {short_date(term.selected_on)}", term.expires_on)


def _mission(mission: Any) -> tuple[str, ...]:
    return _of_council(mission, mission.get_mission_display(), mission.reported_on)


def _capability(result: Any) -> tuple[str, ...]:
    return _of_council(result, str(result), result.reported_on)


def _review(review: Any) -> tuple[str, ...]:
    return _of_council(review, f"ปี {review.fiscal_year} ระดับ {review.grade}", review.reviewed_on)


def _fund(fund: Any) -> tuple[str, ...]:
    return (fund.code, fund.name, str(fund.province), short_date(fund.founded_on))


def _of_fund(record: Any, what: str, day: Any) -> tuple[str, ...]:
    return (record.fund.code, record.fund.name, what, short_date(day))


def _quarterly(record: Any) -> tuple[str, ...]:
    return _of_fund(record, f"ไตรมาส {record.quarter}/{record.fiscal_year}", record.reported_on)


def _benefit(benefit: Any) -> tuple[str, ...]:
    return _of_fund(benefit.status, benefit.get_kind_display(), benefit.status.reported_on)


def _contribution(record: Any) -> tuple[str, ...]:
    return _of_fund(record, f"รอบที่ {record.round_number}", record.requested_on)


def _base(base: Any) -> tuple[str, ...]:
    return (base.get_kind_display(), str(base.region), base.source, short_date(base.stands_on))


def _frame(frame: Any) -> tuple[str, ...]:
    return (str(frame), frame.note or "-", short_date(frame.allocated_on))


def _of_councils(
    what: str,
    day: str,
    texts: Callable[[Any], tuple[str, ...]],
    path: str = "",
    page: str = "councils:council",
    page_key: str = "council_id",
) -> _Kind:
    """Records of a council, reached by ``path``."""
    headings = ("สภา", what, "จังหวัด", day)
    return _Kind(headings, (f"{path}council__province",), texts, page, page_key)


def _of_funds(
    what: str, day: str, texts: Callable[[Any], tuple[str, ...]], path: str = ""
) -> _Kind:
    """Records of a fund, reached by ``path``."""
    headings = ("รหัสกองทุน", "กองทุน", what, day)
    page, key = ("welfare:fund", "fund_id") if not path else ("", "pk")
    return _Kind(headings, (f"{path}fund",), texts, page, key)


def _finding(finding: Any) -> tuple[str, ...]:
    return (
        finding.subject_label,
        f"{finding.rule_title}: {finding.detail}",
        str(finding.province or finding.region or "-"),
        short_date(finding.first_seen_on),
    )


KINDS = {
    "quality.finding": _Kind(
        ("รายการ", "สิ่งที่พบ", "พื้นที่", "พบครั้งแรก"),
        ("province", "region"),
        _finding,
        "quality:finding",
        "pk",
    ),
    "programs.project": _Kind(
        ("รหัสโครงการ", "โครงการ", "พื้นที่", "วันที่อนุมัติ"),
        ("province", "district", "subdistrict"),
        _project,
        "finance:project",
        "pk",
    ),
    "finance.ledgerentry": _Kind(
        ("รหัสโครงการ", "รายการ", "เลขที่เอกสาร", "วันที่มีผล"),
        ("project", "instalment"),
        _entry,
        "finance:project",
        "project_id",
    ),
    "programs.budgetframe": _Kind(
        ("กรอบงบ", "เอกสารอ้างอิง", "วันที่จัดสรร"),
        ("programme", "region"),
        _frame,
        "programs:programme",
        "programme_id",
    ),
    "programs.regionbase": _Kind(
        ("รายการ", "ภาค", "ที่มา", "ข้อมูล ณ วันที่"), ("region",), _base, "", "pk"
    ),
    "councils.council": _Kind(
        ("รหัสสภา", "สภา", "จังหวัด", "จดแจ้งเมื่อ"), ("province",), _council, "councils:council", "pk"
    ),
    "councils.member": _of_councils("สมาชิก", "คัดเลือกเมื่อ", _member),
    "councils.communitygroup": _of_councils(
        "กลุ่ม", "จดแจ้งเมื่อ", _group, page="councils:group", page_key="pk"
    ),
    "councils.groupcertification": _of_councils(
        "กลุ่ม", "รับรองเมื่อ", _certification, "group__", "councils:group", "group_id"
    ),
    "councils.term": _of_councils("วาระ", "ครบวาระเมื่อ", _term),
    "councils.section21mission": _of_councils("ภารกิจ", "รายงานเมื่อ", _mission),
    "councils.capabilityresult": _of_councils(
        "ผล", "รายงานเมื่อ", _capability, page="councils:capability", page_key="pk"
    ),
    "councils.qualityreview": _of_councils("ผลสอบทาน", "สอบทานเมื่อ", _review),
    "welfare.welfarefund": _Kind(
        ("รหัสกองทุน", "กองทุน", "จังหวัด", "จัดตั้งเมื่อ"), ("province",), _fund, "welfare:fund", "pk"
    ),
    "welfare.fundstatus": _of_funds("ไตรมาส", "รายงานเมื่อ", _quarterly),
    "welfare.fundindicators": _of_funds("ไตรมาส", "รายงานเมื่อ", _quarterly),
    "welfare.benefit": _of_funds("ประเภท", "รายงานเมื่อ", _benefit, "status__"),
    "welfare.contribution": _of_funds("รอบ", "เสนอเมื่อ", _contribution),
}
OTHER = _Kind(("รายการ",), (), lambda record: (str(record),), "", "pk")


def headings_of(label: str) -> tuple[str, ...]:
    """The headings of the list of a model's records."""
    return KINDS.get(label, OTHER).headings


def listed(label: str, pairs: Sequence[tuple[int, Decimal | None]]) -> list[Listed]:
    """The records of keys, in the order given; one query. A deleted record shows its key."""
    kind = KINDS.get(label, OTHER)
    model = apps.get_model(label)
    rows = (
        model._default_manager.select_related(*kind.related)
        if kind.related
        else model._default_manager
    )
    found = rows.in_bulk([key for key, _ in pairs])
    lines = []
    for key, amount in pairs:
        record = found.get(key)
        texts = kind.texts(record) if record else (f"รายการ {key} ถูกลบแล้ว",)
        url = _page(kind, record) if record else ""
        lines.append(Listed(texts, url, "" if amount is None else baht(amount)))
    return lines


def page_of(label: str, record: Any) -> str:
    """The page on which a record is told; empty where there is none."""
    return _page(KINDS.get(label, OTHER), record)


def _page(kind: _Kind, record: Any) -> str:
    """The record's page, where the room that shows it is installed."""
    try:
        return reverse(kind.page, args=[getattr(record, kind.page_key)]) if kind.page else ""
    except NoReverseMatch:
        return ""
