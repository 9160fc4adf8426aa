"""One good row of every table of programs, and of a project at every step of its life."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from codi.places.models import Subdistrict
from councils.models import Council
from programs.models import (
    BudgetFrame,
    Committee,
    FundingSource,
    Meeting,
    Organisation,
    OrganisationCertification,
    Programme,
    ProgrammeTarget,
    Project,
    QualityBand,
    QualityScale,
    RegionBase,
    Resolution,
)
from tests import world as build
from tests.world import World

_code = itertools.count(1)
JAN_10, FEB_4, FEB_25, AUG_1 = (
    dt.date(2021, 1, 10),
    dt.date(2021, 2, 4),
    dt.date(2021, 2, 25),
    dt.date(2021, 8, 1),
)


def project(w: World, **facts: Any) -> Project:
    """A draft of the province of Chiang Mai, not stored, with the facts over it."""
    draft: dict[str, Any] = {
        "code": f"NL2564-{next(_code):04d}",
        "programme": w.programme,
        "fiscal_year": 2564,
        "level": "province",
        "region": build.region(),
        "province": build.province(),
        "title": "โครงการพัฒนาผู้นำชุมชน",
        "created_by": w.officer,
    }
    return Project(**(draft | facts))


def submission(w: World) -> dict[str, Any]:
    return {
        "organisation": w.organisation,
        "requested_baht": Decimal(500_000),
        "submitted_on": JAN_10,
        "submitted_by": w.officer,
    }


def endorsement(w: World) -> dict[str, Any]:
    return {"endorsed_meeting": w.meeting, "endorsed_on": w.meeting.ends_on}


def approval(w: World) -> dict[str, Any]:
    return {"approved_baht": Decimal(500_000), "approved_on": FEB_4, "approved_by": w.manager}


def sending_back(w: World) -> dict[str, Any]:
    return {
        "sent_back_on": JAN_10,
        "sent_back_by": w.manager,
        "sent_back_reason": "ยังไม่มีรายละเอียดงบ",
    }


def cancellation(w: World) -> dict[str, Any]:
    return {"cancelled_on": AUG_1, "cancelled_by": w.manager, "cancel_reason": "องค์กรขอยกเลิก"}


def submitted(w: World) -> Project:
    return project(w, status="submitted", **submission(w))


def sent_back(w: World) -> Project:
    return project(w, status="sent_back", **submission(w), **sending_back(w))


def endorsed(w: World) -> Project:
    return project(w, status="endorsed", **submission(w), **endorsement(w))


def approved(w: World, **facts: Any) -> Project:
    steps = submission(w) | endorsement(w) | approval(w)
    return project(w, **({"status": "approved"} | steps | facts))


def under_way(w: World) -> Project:
    return approved(w, status="under_way", started_on=FEB_25)


def closed(w: World) -> Project:
    return approved(w, status="closed", started_on=FEB_25, closed_on=AUG_1)


def cancelled(w: World) -> Project:
    return project(w, status="cancelled", **cancellation(w))


def cancelled_late(w: World) -> Project:
    return approved(w, status="cancelled", started_on=FEB_25, **cancellation(w))


def imported(w: World) -> Project:
    """What a document tells of an approved project: no request, no submission, no approver."""
    return project(
        w,
        status="approved",
        origin="import",
        organisation=w.organisation,
        **endorsement(w),
        **(approval(w) | {"approved_by": None}),
    )


def in_subdistrict(w: World) -> Project:
    place: Subdistrict = build.subdistrict()
    return project(w, level="subdistrict", district=place.district, subdistrict=place)


def organisation(w: World) -> Organisation:
    """A tambon organisation; its key of search is filled as ``save()`` would."""
    place = build.subdistrict()
    return Organisation(
        name="กลุ่มออมทรัพย์",
        search_key="กลุมออมทรัพย์",
        kind="community",
        region=build.region(),
        province=build.province(),
        district=place.district,
        subdistrict=place,
    )


def main_programme(w: World) -> Programme:
    return Programme(code="PL2564", name="แผนงานหลัก", kind="2_programme", fiscal_year=2564)


def activity(w: World) -> Programme:
    return Programme(
        code="NL2564.1", name="กิจกรรม", kind="3_activity", fiscal_year=2564, parent=w.programme
    )


def frame(w: World) -> BudgetFrame:
    return BudgetFrame(
        programme=w.programme,
        region=build.region(),
        level="district",
        allocated_baht=Decimal(1_000_000),
        allocated_on=dt.date(2020, 10, 1),
    )


def scale(w: World) -> QualityScale:
    return QualityScale(subject="council", fiscal_year=2562, source="แบบสอบทาน ปี 2562")


def band(w: World) -> QualityBand:
    """A band of a stored scale; the scale is found again, so that two bands share it."""
    of, _made = QualityScale.objects.get_or_create(
        subject="fund", fiscal_year=2562, source="แบบสอบทาน ปี 2562"
    )
    return QualityBand(scale=of, grade="A", from_pct=Decimal("80.01"))


ROWS = {
    "draft": project,
    "coded": lambda w: project(w, code="NL2564-0999"),
    "submitted": submitted,
    "sent_back": sent_back,
    "endorsed": endorsed,
    "approved": approved,
    "under_way": under_way,
    "closed": closed,
    "cancelled": cancelled,
    "cancelled_late": cancelled_late,
    "imported": imported,
    "in_subdistrict": in_subdistrict,
    "organisation": organisation,
    "committee": lambda w: Committee(name="คณะพิจารณาโครงการ ชุดที่ 2", region=build.region()),
    "national_committee": lambda w: Committee(name="คณะพิจารณาโครงการส่วนกลาง"),
    "meeting": lambda w: Meeting(
        committee=w.committee, number=3, fiscal_year=2564, starts_on=JAN_10, ends_on=JAN_10
    ),
    "resolution": lambda w: Resolution(
        meeting=w.meeting, number=1, kind="approved", text="เห็นชอบตามเสนอ"
    ),
    "certification": lambda w: OrganisationCertification(
        organisation=w.organisation, meeting=w.meeting, certified_on=FEB_4, valid_until=FEB_4
    ),
    "source": lambda w: FundingSource(code="GOV", name="งบประมาณแผ่นดิน"),
    "programme": main_programme,
    "activity": activity,
    "frame": frame,
    "target": lambda w: ProgrammeTarget(
        programme=w.programme, measure="people", target_count=900, basis="แผนปี 2564", set_on=FEB_4
    ),
    "base": lambda w: RegionBase(
        kind="new_councils",
        region=build.region(),
        fiscal_year=2562,
        stands_on=JAN_10,
        base_count=77,
        source="แผนปี 2562",
    ),
    "scale": scale,
    "band": band,
    "council": lambda w: Council(
        code="30307",
        name="สภาองค์กรชุมชนตำบลศรีภูมิ",
        kind="subdistrict",
        region=build.region(),
        province=build.province(),
        registered_on=JAN_10,
    ),
}
