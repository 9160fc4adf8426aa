"""Rules about the data of councils: documents, terms, work of a year, counts and places.

Source: พ.ร.บ.สภาองค์กรชุมชน พ.ศ. 2551 มาตรา 5, 8 and 19; the quarterly report of fiscal year 2562,
chapter 1, which lists these problems under its tables.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.urls import reverse

from codi.figures.figure import FigureScope
from codi.files.models import DocumentKind
from codi.fiscal import FiscalYear
from codi.quality.declared import (
    Rule,
    Severity,
    ThaiDate,
    Thousands,
    Topic,
    page,
    part_of,
    register,
    words,
)
from councils.figures.sources import with_both_forms, with_form
from councils.merging import COUNCIL_MERGER, GROUP_MERGER
from councils.models import (
    AuthorityKind,
    Council,
    CouncilMeeting,
    Member,
    MemberKind,
    Term,
)
from councils.rules import REPRESENTATIVES_PER_EXPERT, TELLING_WORDS
from councils.rules_of_work import MEETINGS_OF_A_YEAR
from programs.models import RegionBase
from programs.models.region_bases import BaseKind
from programs.quality_of_doubles import doubles_rule

SUBJECT, GROUPS = "สภาองค์กรชุมชน", "กลุ่ม/องค์กรชุมชน"
NATION = FigureScope()
LABEL = words(F("code"), " ", F("name"))
OF_COUNCIL = part_of("council")


def established(today: dt.date) -> QuerySet[Any]:
    """Councils that stand on the day."""
    return Council.objects.established_as_of(today)


def without_forms(today: dt.date) -> QuerySet[Any]:
    """Councils not yet certified that lack a form, with which one (``lacking``).

    The certified ones stand under :func:`certified_with_gaps`, so that nobody meets a council twice.
    """
    has_js02, has_js03 = (with_form(one, today) for one in (DocumentKind.JS02, DocumentKind.JS03))
    lacking = Case(
        When(has_js02, then=Value("จส.03")),
        When(has_js03, then=Value("จส.02")),
        default=Value("จส.02 และ จส.03"),
    )
    open_ones = established(today).filter(Q(certified_on=None) | Q(certified_on__gt=today))
    found: QuerySet[Any] = open_ones.exclude(with_both_forms(today)).annotate(lacking=lacking)
    return found


def expired(today: dt.date) -> QuerySet[Any]:
    """The latest terms of councils that are over and not renewed, without a later one."""
    later = Term.objects.counted_as_of(today).filter(
        council=OuterRef("council"), selected_on__gt=OuterRef("selected_on")
    )
    over: Any = Term.objects.expired_as_of(today).filter(council__in=established(today))
    unrenewed = over.filter(Q(renewed_on=None) | Q(renewed_on__gt=today))
    found: QuerySet[Any] = unrenewed.filter(~Exists(later))
    return found


def without_term(today: dt.date) -> QuerySet[Any]:
    """Councils of which no term is on record."""
    terms = Term.objects.counted_as_of(today).filter(council=OuterRef("pk"))
    return established(today).filter(~Exists(terms))


def without_representatives(today: dt.date) -> QuerySet[Any]:
    """Councils in which nobody represents a community."""
    serving: Any = Member.objects.serving_as_of(today)
    of_council = serving.filter(council=OuterRef("pk"), kind=MemberKind.REPRESENTATIVE)
    return established(today).filter(~Exists(of_council))


def too_many_experts(today: dt.date) -> QuerySet[Any]:
    """Councils whose experts are more than a fifth of the representatives."""
    serving = Q(members__left_on=None) | Q(members__left_on__gt=today)
    serving &= Q(members__selected_on__lte=today)
    counted = {
        f"{kind.value}_count": Count("members", filter=serving & Q(members__kind=kind))
        for kind in MemberKind
    }
    rows = established(today).annotate(**counted).filter(expert_count__gt=0)
    most = F("representative_count") / REPRESENTATIVES_PER_EXPERT
    found: QuerySet[Any] = rows.filter(expert_count__gt=most)
    return found


def few_meetings(today: dt.date) -> QuerySet[Any]:
    """Councils that stood all through the last finished year and met less than four times in it."""
    year = FiscalYear(FiscalYear.of(today + dt.timedelta(days=1)).number - 1)
    meetings = (
        CouncilMeeting.objects.filter(
            council=OuterRef("pk"), fiscal_year=year.number, held_on__lte=today
        )
        .order_by()
        .values("council")
        .annotate(count=Count("pk"))
        .values("count")
    )
    held = Coalesce(Subquery(meetings, output_field=IntegerField()), 0)
    rows = established(today).filter(registered_on__lte=year.start)
    told = rows.annotate(held_count=held, year=Value(year.number))
    found: QuerySet[Any] = told.filter(held_count__lt=MEETINGS_OF_A_YEAR)
    return found


def certified_with_gaps(today: dt.date) -> QuerySet[Any]:
    """Certified councils that lack what certification asks for (``gaps``)."""
    terms = Term.objects.counted_as_of(today).filter(council=OuterRef("pk"))
    gaps = words(
        Case(When(~with_form(DocumentKind.JS02, today), then=Value(" แบบ จส.02"))),
        Case(When(~with_form(DocumentKind.JS03, today), then=Value(" แบบ จส.03"))),
        Case(When(~Exists(terms), then=Value(" วาระสมาชิก"))),
        Case(When(unplaced(), then=Value(" พื้นที่ถึงตำบลหรือเขต"))),
    )
    rows = established(today).filter(certified_on__lte=today).annotate(gaps=gaps)
    found: QuerySet[Any] = rows.exclude(gaps="")
    return found


def unplaced() -> Q:
    """The condition that a council's place is not known down to the tambon, or to the เขต."""
    in_town = Q(kind=AuthorityKind.DISTRICT)
    return (in_town & Q(district=None)) | (~in_town & Q(subdistrict=None))


def in_abolished_place(today: dt.date) -> QuerySet[Any]:
    """Councils in a tambon whose code is no longer valid."""
    return established(today).filter(subdistrict__valid_until__lte=today)


def misnamed(today: dt.date) -> QuerySet[Any]:
    """Councils whose name says another kind of area than their record."""
    wrong, earlier = Q(pk=None), Q(pk=None)
    for telling, kinds in TELLING_WORDS:
        told = Q(name__regex=telling)
        wrong |= told & ~earlier & ~Q(kind__in=kinds)
        earlier |= told
    return established(today).filter(wrong)


def above_base(today: dt.date) -> QuerySet[Any]:
    """Regions with more councils than places in which one can stand, by their latest base."""
    year = FiscalYear.of(today).number
    latest = RegionBase.objects.latest_as_of(BaseKind.LOCAL_AUTHORITIES, year, today)
    councils = (
        established(today)
        .filter(region=OuterRef("region"))
        .order_by()
        .values("region")
        .annotate(count=Count("pk"))
        .values("count")
    )
    bases = RegionBase.objects.filter(pk__in=latest.values("pk"))
    counted = bases.annotate(councils=Subquery(councils, output_field=IntegerField()))
    return counted.filter(councils__gt=F("base_count"))


def with_groups(councils: QuerySet[Any], today: dt.date) -> QuerySet[Any]:
    """Councils with the groups that stand on the day (``group_count``).

    ``waiting_count`` of them are not certified for the fiscal year (``year``); one query for all.
    """
    year = FiscalYear.of(today)
    standing = Q(groups__registered_on__lte=today)
    standing &= Q(groups__ended_on=None) | Q(groups__ended_on__gt=today)
    of_year = Q(
        groups__certifications__fiscal_year=year.number,
        groups__certifications__certified_on__lte=today,
    )
    found: QuerySet[Any] = councils.annotate(
        told=FilteredRelation("groups__certifications", condition=of_year),
        group_count=Count("groups", filter=standing),
        waiting_count=Count("groups", filter=standing & Q(told__pk=None)),
        year=Value(year.number),
        year_end=Value(year.end),
    )
    return found


def groups_uncertified(today: dt.date) -> QuerySet[Any]:
    """Councils some of whose groups are not certified for this year, however many: one finding each."""
    return with_groups(established(today), today).filter(waiting_count__gt=0)


def groups_left_behind(today: dt.date) -> QuerySet[Any]:
    """Councils that left the register, by withdrawal or merging, with groups that still stand."""
    gone = Council.objects.filter(withdrawn_on__lte=today)
    return with_groups(gone, today).filter(group_count__gt=0)


def groups_of(code: str, **narrowed: str) -> str:
    """The list of groups of a council by its code, narrowed further."""
    return f"{reverse('councils:groups')}?{urlencode({'council': code, **narrowed})}"


register(
    Rule(
        key="councils.groups_uncertified",
        title="กลุ่มที่ยังไม่รับรองสถานภาพของปีนี้",
        topic=Topic.WORK,
        severity=Severity.NOTE,
        subject=GROUPS,
        advice="เปิดรายการกลุ่มของสภา แล้วรับรองทีละกลุ่มหรือทั้งรายการ หรือบันทึกการสิ้นสภาพ",
        offending=groups_uncertified,
        label=LABEL,
        detail=words(
            "ปีงบประมาณ ",
            F("year"),
            " ยังไม่รับรอง ",
            Thousands("waiting_count"),
            " จาก ",
            Thousands("group_count"),
            " กลุ่ม",
        ),
        due="year_end",
        subject_key="code",
        link=lambda code: groups_of(code, state="waiting"),
    ),
    Rule(
        key="councils.groups_left_behind",
        title="กลุ่มยังคงอยู่กับสภาที่พ้นทะเบียนแล้ว",
        topic=Topic.WORK,
        severity=Severity.WARNING,
        subject=GROUPS,
        advice="เปิดรายการกลุ่ม แล้วบันทึกการสิ้นสภาพ หรือจดแจ้งใหม่กับสภาที่กลุ่มสังกัดจริง",
        offending=groups_left_behind,
        label=LABEL,
        detail=words(
            "สภาพ้นทะเบียนเมื่อ ",
            ThaiDate("withdrawn_on"),
            " ยังมีกลุ่มที่ไม่สิ้นสภาพ ",
            Thousands("group_count"),
            " กลุ่ม",
        ),
        subject_key="code",
        link=groups_of,
    ),
    Rule(
        key="councils.forms",
        title="สภาที่ยังไม่รับรอง ขาดแบบ จส.02 หรือ จส.03",
        topic=Topic.DOCUMENTS,
        severity=Severity.WARNING,
        subject=SUBJECT,
        advice="เปิดหน้าของสภา แล้วแนบไฟล์แบบ จส.02 และ จส.03",
        offending=without_forms,
        label=LABEL,
        detail=words("ยังไม่ได้แนบแบบ ", F("lacking")),
        link=page("councils:council"),
    ),
    Rule(
        key="councils.certified_with_gaps",
        title="สภาที่รับรองแล้วแต่ข้อมูลไม่ครบเกณฑ์",
        topic=Topic.DOCUMENTS,
        severity=Severity.SERIOUS,
        subject=SUBJECT,
        advice="เปิดหน้าของสภา แล้วเติมสิ่งที่ยังขาดให้ครบ",
        offending=certified_with_gaps,
        label=LABEL,
        detail=words("รับรองเมื่อ ", ThaiDate("certified_on"), " แต่ยังขาด:", F("gaps")),
        link=page("councils:council"),
    ),
    Rule(
        key="councils.term_expired",
        title="สภาครบวาระแล้ว ยังไม่ทบทวน",
        topic=Topic.TERMS,
        severity=Severity.SERIOUS,
        subject="วาระสมาชิกสภา",
        advice="เปิดหน้าของวาระ แล้วบันทึกการทบทวนพร้อมเอกสาร",
        offending=expired,
        detail=words("ครบวาระเมื่อ ", ThaiDate("expires_on"), " และยังไม่มีวาระใหม่"),
        due="expires_on",
        link=page("councils:term"),
        **OF_COUNCIL,
    ),
    Rule(
        key="councils.no_term",
        title="สภาไม่มีวาระของสมาชิก",
        topic=Topic.TERMS,
        severity=Severity.WARNING,
        subject=SUBJECT,
        advice="เปิดหน้าของสภา แล้วบันทึกวันคัดเลือกสมาชิก",
        offending=without_term,
        label=LABEL,
        detail=words("ยังไม่มีวาระของสมาชิกในทะเบียน"),
        link=page("councils:council"),
    ),
    Rule(
        key="councils.no_representative",
        title="สภาไม่มีสมาชิกผู้แทนชุมชน",
        topic=Topic.TERMS,
        severity=Severity.WARNING,
        subject=SUBJECT,
        advice="เปิดหน้าของสภา แล้วเพิ่มสมาชิกประเภทผู้แทนชุมชน",
        offending=without_representatives,
        label=LABEL,
        detail=words("ไม่มีสมาชิกผู้แทนชุมชนที่ดำรงตำแหน่งอยู่"),
        link=page("councils:council"),
    ),
    Rule(
        key="councils.experts",
        title="ผู้ทรงคุณวุฒิเกินหนึ่งในห้าของผู้แทนชุมชน",
        topic=Topic.TERMS,
        severity=Severity.SERIOUS,
        subject=SUBJECT,
        advice="เปิดหน้าของสภา ตรวจรายชื่อสมาชิก แล้วแก้ประเภทหรือบันทึกการพ้นตำแหน่ง (มาตรา 5)",
        offending=too_many_experts,
        label=LABEL,
        detail=words(
            "ผู้ทรงคุณวุฒิ ", F("expert_count"), " คน ต่อผู้แทนชุมชน ", F("representative_count"), " คน"
        ),
        link=page("councils:council"),
    ),
    Rule(
        key="councils.few_meetings",
        title="สภาประชุมไม่ครบ 4 ครั้งในปีที่ผ่านมา",
        topic=Topic.WORK,
        severity=Severity.WARNING,
        subject=SUBJECT,
        advice="เปิดหน้าของสภา แล้วบันทึกการประชุมที่ยังไม่ได้บันทึก (มาตรา 19)",
        offending=few_meetings,
        label=LABEL,
        detail=words("ปีงบประมาณ ", F("year"), " บันทึกการประชุมไว้ ", F("held_count"), " ครั้ง"),
        link=page("councils:council"),
    ),
    Rule(
        key="councils.above_base",
        title="สภามากกว่าพื้นที่ที่เป็นฐาน",
        topic=Topic.SUMS,
        severity=Severity.SERIOUS,
        subject="ฐานรายภาค",
        advice="ตรวจรายการสภาซ้ำของภาค หรือแก้จำนวนฐานพร้อมที่มา",
        offending=above_base,
        label=words("ฐานของ", F("region__name"), " ปี ", F("fiscal_year")),
        detail=words(
            "มีสภา ", Thousands("councils"), " แห่ง แต่พื้นที่ที่จัดตั้งได้มี ", Thousands("base_count"), " แห่ง"
        ),
        province="",
        link=lambda key: reverse("programs:bases"),
    ),
    Rule(
        key="councils.misnamed",
        title="ชื่อสภาไม่ตรงกับประเภทพื้นที่",
        topic=Topic.PLACES,
        severity=Severity.WARNING,
        subject=SUBJECT,
        advice="ตรวจกับแบบ จส.02 แล้วแก้ชื่อหรือประเภทพื้นที่ให้ตรงกัน",
        offending=misnamed,
        label=LABEL,
        detail=words(
            "ชื่อ “",
            F("name"),
            "” แต่บันทึกเป็น",
            Case(
                *(When(kind=kind, then=Value(kind.label)) for kind in AuthorityKind),
                output_field=TextField(),
            ),
        ),
        link=page("councils:council_edit"),
    ),
    Rule(
        key="councils.unplaced",
        title="สภาไม่ระบุตำบลหรือเขต",
        topic=Topic.PLACES,
        severity=Severity.WARNING,
        subject=SUBJECT,
        advice="แก้ไขข้อมูลสภาให้มีตำบล (หรือเขตของกรุงเทพฯ)",
        offending=lambda today: established(today).filter(unplaced()),
        label=LABEL,
        detail=words("ระบุพื้นที่ไม่ถึงตำบลหรือเขต"),
        link=page("councils:council_edit"),
    ),
    Rule(
        key="councils.abolished_place",
        title="สภาอยู่ในตำบลที่ยกเลิกแล้ว",
        topic=Topic.PLACES,
        severity=Severity.NOTE,
        subject=SUBJECT,
        advice="แก้ไขข้อมูลสภาให้เป็นตำบลที่รับช่วง",
        offending=in_abolished_place,
        label=LABEL,
        detail=words(
            "รหัสของ", F("subdistrict__name"), " ยกเลิกเมื่อ ", ThaiDate("subdistrict__valid_until")
        ),
        link=page("councils:council_edit"),
    ),
    doubles_rule("councils.doubles", COUNCIL_MERGER, SUBJECT),
    doubles_rule("councils.group_doubles", GROUP_MERGER, GROUPS),
)
