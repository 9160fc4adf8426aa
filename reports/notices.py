"""Whom the steps of an edition concern, what moved between regions, and what became due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from codi.accounts.models import Role, ScopeLevel, User
from codi.notices.declared import AT_ONCE, DAILY, NoticeKind, declare, every_morning
from codi.notices.services import News, tell, tell_all
from codi.places.models import Region
from codi.thai.dates import short_date
from reports.models import Edition, LaterChange, ReportingQuarter
from reports.permissions import APPROVERS, HEADQUARTERS
from reports.region_parts import OUTLINE, region_parts

EDITION, PAGE = "reports.Edition", "reports:detail"
SENT_BACK = declare(
    NoticeKind("edition-sent-back", "รายงานถูกส่งกลับ", EDITION, PAGE, mail=AT_ONCE, tone="warn")
)
APPROVED = declare(
    NoticeKind("edition-approved", "รายงานได้รับอนุมัติ", EDITION, PAGE, mail=AT_ONCE, tone="good")
)
WAITING = declare(
    NoticeKind(
        "edition-waiting",
        "รายงานรอท่านอนุมัติ",
        EDITION,
        PAGE,
        (*APPROVERS, Role.ANALYST),
        mail=DAILY,
    )
)
MOVED = declare(
    NoticeKind(
        "record-moved-later",
        "รายการย้ายภาคหลังปิดไตรมาสหรือออกฉบับ",
        "reports.LaterChange",
        "reports:later_change",
        (Role.REGIONAL_OFFICER, Role.REGIONAL_MANAGER),
        mail=DAILY,
        tone="warn",
    )
)
QUARTER, QUARTER_PAGE = "reports.ReportingQuarter", "reports:quarter_by_key"
DUE_SOON = declare(
    NoticeKind(
        "part-due-soon",
        "ใกล้กำหนดส่งส่วนของภาค",
        QUARTER,
        QUARTER_PAGE,
        (Role.REGIONAL_MANAGER,),
        mail=DAILY,
        tone="info",
    )
)
PART_LATE = declare(
    NoticeKind(
        "part-late",
        "เลยกำหนดส่งส่วนของภาค",
        QUARTER,
        QUARTER_PAGE,
        (Role.REGIONAL_MANAGER,),
        mail=DAILY,
        tone="bad",
    )
)
PARTS_MISSING = declare(
    NoticeKind(
        "parts-missing",
        "ภาคที่ยังไม่ส่งส่วนของไตรมาส",
        QUARTER,
        QUARTER_PAGE,
        HEADQUARTERS,
        mail=DAILY,
        tone="warn",
    )
)
BEFORE = dt.timedelta(days=3)
WINDOW = dt.timedelta(days=31)
"""How long before the due day regions are told; how long after it the telling is still made up for."""


@every_morning
def tell_of_due_days(today: dt.date) -> None:
    """Tell the regions that have not handed in before and after the due day, and the centre which.

    Once for each due day, however often it runs: a day that is moved is told of anew.
    """
    due = ReportingQuarter.objects.filter(
        closed_at=None, due_on__gte=today - WINDOW, due_on__lte=today + BEFORE
    )
    for quarter in due:
        day = min(quarter.period.end, today)
        parts = region_parts(OUTLINE, quarter.period, day)
        lacking = [part.region for part in parts if not part.is_handed_in]
        if lacking and quarter.due_on:
            _tell_of_due_day(quarter, quarter.due_on, lacking, today)


def _tell_of_due_day(
    quarter: ReportingQuarter, due_on: dt.date, lacking: Sequence[Region], today: dt.date
) -> None:
    key = f"{quarter.pk}:{due_on.isoformat()}"
    about = f"{quarter.period.label} (กำหนด {short_date(due_on)})"
    kind, words = (DUE_SOON, "ใกล้กำหนดส่ง") if due_on >= today else (PART_LATE, "เลยกำหนดส่ง")
    managers = _people_of({region.pk for region in lacking}, kind.roles)
    tell_all(
        kind,
        [
            News(quarter, f"{words}ส่วนของ{region.name}: {about}", key, managers[region.pk])
            for region in lacking
        ],
    )
    if due_on < today:
        centre = User.objects.filter(role__in=HEADQUARTERS, scope_level=ScopeLevel.NATION)
        names = ", ".join(region.short_name for region in lacking)
        title = f"ยังไม่ส่ง {len(lacking)} ภาค: {names} {about}"
        tell_all(PARTS_MISSING, [News(quarter, title, key, centre)])


def _people_of(regions: Collection[str], roles: Collection[str]) -> Mapping[str, list[User]]:
    """Code of each region → the people of these roles whose scope is the region; one query."""
    found: dict[str, list[User]] = {region: [] for region in regions}
    people = User.objects.filter(scope_level=ScopeLevel.REGION, role__in=roles, region__in=regions)
    for person in people:
        found[str(person.region_id)].append(person)
    return found


def moved(changes: Sequence[LaterChange]) -> None:
    """Both regions learn what left the one for the other: one notice for each two, however many."""
    pairs: dict[tuple[str, str], list[LaterChange]] = {}
    for change in changes:
        if change.region_id and change.region_before_id:
            pairs.setdefault((change.region_before_id, change.region_id), []).append(change)
    if not pairs:
        return
    names = dict(Region.objects.values_list("pk", "name"))
    people = _people_of({region for pair in pairs for region in pair}, MOVED.roles)
    tell_all(
        MOVED,
        [
            News(
                found[0],
                f"ย้ายจาก{names[left]}ไป{names[came]}หลังปิดไตรมาสหรือออกฉบับ {len(found)} รายการ",
                str(found[0].pk),
                [*people[left], *people[came]],
            )
            for (left, came), found in pairs.items()
        ],
    )


def _tell(kind: NoticeKind, edition: Edition, words: str, to: list[User | None], by: User) -> None:
    tell(
        kind,
        about=edition,
        title=f"{words}: รายงาน {edition}",
        key=f"{edition.pk}:{edition.version}",
        to=to,
        actor=by,
    )


def submitted(edition: Edition, *, actor: User) -> None:
    """Those who may approve it learn that it waits."""
    people = User.objects.covering(region_id=edition.region_id)
    if edition.quarter is None:
        people = people.filter(role__in=APPROVERS)
    else:
        roles = (Role.EXECUTIVE,) if edition.is_national else HEADQUARTERS
        people = people.filter(role__in=roles, scope_level=ScopeLevel.NATION)
    to = people.exclude(pk__in=(edition.created_by_id, actor.pk))
    _tell(WAITING, edition, "รออนุมัติ", list(to), actor)


def approved(edition: Edition, *, actor: User) -> None:
    """The makers learn that it was approved."""
    makers = list(dict.fromkeys((edition.created_by, edition.submitted_by)))
    _tell(APPROVED, edition, "อนุมัติแล้ว", makers, actor)


def sent_back(edition: Edition, *, actor: User) -> None:
    """The makers learn that it came back; the reason stands on its page."""
    makers = list(dict.fromkeys((edition.created_by, edition.submitted_by)))
    _tell(SENT_BACK, edition, "ส่งกลับให้แก้ไข", makers, actor)
