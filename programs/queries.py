"""What the pages of programmes, organisations, meetings and projects read across tables."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import (
    Count,
    IntegerField,
    Max,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from codi.errors import Refused
from codi.fiscal import FiscalYear
from codi.places.models import Province, Region
from codi.thai.normalise import search_key
from programs.models import (
    BudgetFrame,
    Committee,
    Meeting,
    Organisation,
    OrganisationCertification,
    Programme,
    ProgrammeTarget,
    Project,
    ProjectStatus,
    Resolution,
)
from programs.models.organisations import search_key_of
from programs.models.project_life import APPROVED_ON

if TYPE_CHECKING:
    from codi.accounts.models import User

# Share of three-letter pieces that two titles have in common before they count as near-equal: a
# typing slip in a title of the usual length leaves more than this, another subject less.
NEAR_EQUAL = 0.6
MOST_SIMILAR = 5
MOST_CHOICES = 50
MOST_OFFERED = 300


def counted(rows: QuerySet[Any], path: str) -> Coalesce:
    """How many of ``rows`` hang on the outer row by ``path``, as a subquery."""
    counted = (
        rows.filter(**{path: OuterRef("pk")})
        .order_by()
        .values(path)
        .annotate(total_count=Count("pk"))
        .values("total_count")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def similar_projects(
    *, user: User, facts: dict[str, Any], excluding: int | None = None
) -> Sequence[Project]:
    """Projects in sight of the same programme and place whose titles are near-equal, nearest first."""
    places = ("region", "province", "district", "subdistrict")
    same_place = {place: facts.get(place) for place in places}
    return list(
        Project.objects.visible_to(user)
        .filter(programme=facts["programme"], **same_place)
        .exclude(status=ProjectStatus.CANCELLED)
        .exclude(pk__in=[excluding] if excluding else [])
        .annotate(likeness=TrigramSimilarity("title_key", search_key(facts["title"])))
        .filter(likeness__gte=NEAR_EQUAL)
        .order_by("-likeness", "pk")[:MOST_SIMILAR]
    )


def organisation_choices(
    visible: QuerySet[Organisation], *, search: str, province: str | None, chosen: int | None
) -> Sequence[Organisation]:
    """The organisations to offer: the chosen one, then those that match, the own province first."""
    found = visible.select_related("province")
    kept = list(found.filter(pk=chosen)) if chosen else []
    matching = found.filter(search_key__contains=search_key(search)).exclude(
        pk__in=[chosen] if chosen else []
    )
    own = list(matching.filter(province=province)[:MOST_CHOICES]) if province else []
    room = MOST_CHOICES - len(own)
    others = matching.exclude(province=province) if province else matching
    return [*kept, *own, *others[:room]]


def organisations_for_list(user: User, day: dt.date) -> QuerySet[Any]:
    """Organisations in sight with the state of their certification and their projects in sight."""
    return (
        Organisation.objects.visible_to(user)
        .select_related("region", "province", "district", "subdistrict")
        .with_certification(day)
        .annotate(project_count=counted(Project.objects.visible_to(user), "organisation"))
    )


def programme_named(text: str) -> Programme:
    """The programme that projects lie under, by its code or its whole name; ``Refused`` otherwise."""
    known = Programme.objects.with_projects()
    found = known.filter(code__iexact=text).first() or known.filter(name=text).first()
    if found is None:
        raise Refused(f"ไม่พบโครงการหลัก “{text}” กรุณาใช้รหัส เช่น NL2564")
    return found


def codes_of_programmes() -> list[str]:
    """The programmes that projects lie under, the latest first, for a cell that offers them."""
    known = Programme.objects.with_projects().order_by("-fiscal_year", "code")
    return list(known.values_list("code", flat=True)[:MOST_OFFERED])


def organisation_named(user: User, text: str) -> Organisation:
    """The organisation in sight of this name; ``Refused`` when there is none, or several."""
    found = Organisation.objects.visible_to(user).filter(search_key=search_key_of(text))[:2]
    if not found:
        raise Refused(f"ไม่พบองค์กร “{text}” ในพื้นที่ของท่าน กรุณาตรวจชื่อ หรือเพิ่มที่หน้าองค์กรก่อน")
    if len(found) > 1:
        raise Refused(f"มีองค์กรชื่อ “{text}” หลายแห่ง กรุณาเลือกที่หน้าของโครงการ")
    return found[0]


def names_of_organisations(user: User) -> list[str]:
    """Organisations in sight by name, for a cell that offers them."""
    seen = Organisation.objects.visible_to(user).order_by("sort_key", "pk")
    return list(seen.values_list("name", flat=True)[:MOST_OFFERED])


def names_of_provinces() -> list[str]:
    """The provinces of now, by name, for a cell that offers them."""
    return list(Province.objects.current().order_by("sort_key").values_list("name", flat=True))


def names_of_regions() -> list[str]:
    """The regions of now, by name, for a cell that offers them."""
    return list(Region.objects.current().order_by("position").values_list("name", flat=True))


def committees_for_list(user: User) -> QuerySet[Committee]:
    """Committees in sight with how many meetings they held and the last one's day."""
    return (
        Committee.objects.visible_to(user)
        .select_related("region")
        .annotate(meeting_count=Count("meetings"), last_met_on=Max("meetings__ends_on"))
    )


def meetings_for_list(user: User) -> QuerySet[Any]:
    """Meetings in sight with their resolutions, endorsed projects and results, those in sight."""
    certifications = OrganisationCertification.objects.filter(
        organisation__in=Organisation.objects.visible_to(user)
    )
    return (
        Meeting.objects.visible_to(user)
        .select_related("committee", "committee__region")
        .annotate(
            resolution_count=counted(Resolution.objects.all(), "meeting"),
            project_count=counted(Project.objects.visible_to(user), "endorsed_meeting"),
            certification_count=counted(certifications, "meeting"),
        )
    )


def next_meeting_number(committee: Committee, fiscal_year: int) -> int:
    """The number that follows the committee's last meeting of the fiscal year."""
    last = committee.meetings.filter(fiscal_year=fiscal_year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def next_resolution_number(meeting: Meeting) -> int:
    """The number that follows the meeting's last resolution."""
    return (meeting.resolutions.aggregate(last=Max("number"))["last"] or 0) + 1


def why_days_are_fixed(meeting: Meeting) -> str:
    """Why the days of a meeting cannot be changed any more; empty while nothing rests on them."""
    if meeting.endorsed_projects.exists():
        what = "มีโครงการที่ผ่านการพิจารณาในครั้งนี้แล้ว"
    elif meeting.certifications.exists():
        what = "มีผลการรับรององค์กรจากครั้งนี้แล้ว"
    else:
        return ""
    return f"{what} จึงแก้วันที่ประชุมไม่ได้ แก้ครั้งที่ ปีงบประมาณ และสถานที่ได้"


@dataclass
class Branch:
    """A programme in the tree of its year, with the sum of its frames in sight and its targets."""

    programme: Programme
    frame_baht: Decimal | None
    children: list[Branch] = field(default_factory=list)


def fiscal_years_of_programmes(today: dt.date) -> Sequence[int]:
    """Fiscal years that have programmes, the latest first; the present one when none has."""
    years = Programme.objects.order_by("-fiscal_year").values_list("fiscal_year", flat=True)
    return list(years.distinct()) or [FiscalYear.of(today).number]


def programme_tree(user: User, fiscal_year: int) -> Sequence[Branch]:
    """The programmes of a year as a tree, by position and code: two queries."""
    targets = ProgrammeTarget.objects.visible_to(user).select_related("region")
    programmes: QuerySet[Any] = (
        Programme.objects.visible_to(user)
        .filter(fiscal_year=fiscal_year)
        .select_related("funding_source")
        .prefetch_related(Prefetch("targets", targets))
        .annotate(frame_baht=_frame_sum(user))
        .order_by("position", "code")
    )
    below: dict[int | None, list[Branch]] = defaultdict(list)
    for programme in programmes:
        below[programme.parent_id].append(Branch(programme, programme.frame_baht))
    for branches in list(below.values()):
        for branch in branches:
            branch.children = below.get(branch.programme.pk, [])
    return below.get(None, [])


def programmes_for_list(user: User) -> QuerySet[Any]:
    """Programmes with their frames and projects in sight: how many, allocated and approved baht."""
    projects = Project.objects.visible_to(user)
    approved = projects.filter(status__in=APPROVED_ON)
    return (
        Programme.objects.visible_to(user)
        .select_related("parent", "funding_source")
        .annotate(
            frame_count=counted(BudgetFrame.objects.visible_to(user), "programme"),
            frame_baht=_frame_sum(user),
            project_count=counted(projects, "programme"),
            approved_baht=_sum_of(approved, "approved_baht"),
        )
    )


def _frame_sum(user: User) -> Subquery:
    return _sum_of(BudgetFrame.objects.visible_to(user), "allocated_baht")


def _sum_of(rows: QuerySet[Any], name: str) -> Subquery:
    """The sum of a field over the rows of the outer programme; nil where there is no row."""
    rows = rows.filter(programme=OuterRef("pk")).order_by().values("programme")
    return Subquery(rows.annotate(summed=Sum(name)).values("summed"))
