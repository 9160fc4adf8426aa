"""Two regions with one of everything in each, and one person per role, for the tests of rights."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from pathlib import Path

from django.utils import timezone

from codi.accounts.models import Role, ScopeLevel, User
from codi.api.services import create_token
from codi.desk import bin
from codi.kept.services import save_filter
from codi.notices.models import Mail, MailState, Notice
from codi.notices.services import tell
from codi.places.models import Province, Region
from finance.services import move_budget
from overview.services import save_analysis
from programs.models import (
    BudgetFrame,
    Committee,
    FundingSource,
    Meeting,
    Organisation,
    OrganisationKind,
    Programme,
    ProgrammeTarget,
    ProjectLevel,
    QualityScale,
    RegionBase,
    Resolution,
)
from programs.notices import SENT_BACK
from programs.services import certify_organisation
from tests import world as build
from tests.security.country_registers import (
    add_councils,
    add_doubles,
    add_files,
    add_findings,
    add_funds,
)
from tests.security.country_work import add_batches, add_editions, add_jobs, add_quarters
from tests.security.place import (
    ANALYSIS,
    MARKS,
    NATION,
    NOW,
    TODAY,
    Country,
    Place,
)


def people() -> dict[str, User]:
    """One person per role; O, M, F of the north, P of Chiang Mai alone, the others national."""
    north = build.region("N", "ภาคเหนือ", 1)
    return {
        "O": build.user(Role.REGIONAL_OFFICER, region=north),
        "M": build.user(Role.REGIONAL_MANAGER, region=north),
        "F": build.user(Role.FINANCE_OFFICER, region=north),
        "P": build.user(
            Role.REGIONAL_OFFICER,
            region=north,
            scope_level=ScopeLevel.PROVINCE,
            province=build.province("50", "เชียงใหม่"),
        ),
        "C": build.user(Role.FINANCE_OFFICER, scope_level=NATION),
        "A": build.user(Role.ANALYST, scope_level=NATION),
        "E": build.user(Role.EXECUTIVE, scope_level=NATION),
        "D": build.user(Role.ADMINISTRATOR, scope_level=NATION),
    }


def build_country(media: Path) -> Country:
    """Everything of the three places; ``media`` is where files lie."""
    build.region("N", "ภาคเหนือ", 1)
    build.region("NE", "ภาคตะวันออกเฉียงเหนือ", 2)
    programme = Programme.objects.create(code="NL2564", name="โครงการพัฒนาผู้นำ", fiscal_year=2564)
    who = people()
    provinces = {
        "own": build.province("50", "เชียงใหม่"),
        "near": build.province("51", "ลำพูน"),
        "other": build.province("40", "ขอนแก่น", "NE"),
    }
    tambons = {
        "own": build.subdistrict(),
        "near": build.subdistrict("510101", "ในเมือง"),
        "other": build.subdistrict("400101", "ในเมือง"),
    }
    _frames(programme)
    places = {key: _place(key, province, programme) for key, province in provinces.items()}
    for place in places.values():
        place.things["tambon"] = tambons[place.key]
        _projects(place)
        add_councils(place)
        add_funds(place)
        add_doubles(place)
        add_files(place)
    for place in (places["own"], places["other"]):
        _move(place)
        uploader = who["O"] if place.key == "own" else place.w.officer
        place.things["filter"] = save_filter(
            actor=uploader,
            list_name="finance:projects",
            name=place.text("ตัวกรอง"),
            query="status=draft",
            audience="office",
        )
        _analyses(place, uploader, who["A"])
        add_editions(place)
        add_jobs(place, uploader, media)
        add_batches(place, uploader)
    add_quarters(places, who)
    for place in places.values():
        _notices(place, who)
        add_findings(place, who["O"])
    return Country(programme, places, who)


def _frames(programme: Programme) -> None:
    for region in ("N", "NE"):
        for level in (ProjectLevel.REGION, ProjectLevel.PROVINCE):
            BudgetFrame.objects.create(
                programme=programme,
                region_id=region,
                level=level,
                allocated_baht=Decimal(500_000_000),
                allocated_on=dt.date(2021, 3, 1),
                note=MARKS["own" if region == "N" else "other"],
            )
        ProgrammeTarget.objects.create(
            programme=programme,
            region_id=region,
            measure="people",
            target_count=100,
            basis="แผนปฏิบัติงาน",
            set_on=dt.date(2020, 10, 1),
        )


def _place(key: str, province: Province, programme: Programme) -> Place:
    """A place with its own builders, who are not the people under test."""
    region, mark = province.region, MARKS[key]
    staff = {
        name: build.user(role, region=region, full_name=f"{name} {mark}")
        for name, role in (
            ("officer", Role.REGIONAL_OFFICER),
            ("manager", Role.REGIONAL_MANAGER),
            ("finance", Role.FINANCE_OFFICER),
        )
    }
    # A committee is the region's: the provinces of one region share its mark.
    of_region = MARKS["own" if region.pk == "N" else "other"]
    committee = Committee.objects.create(name=f"คณะ {of_region} {key}", region=region)
    meeting = Meeting.objects.create(
        committee=committee,
        number=2,
        fiscal_year=2564,
        starts_on=dt.date(2021, 1, 20),
        ends_on=dt.date(2021, 1, 21),
        venue=f"ห้องประชุม {of_region}",
    )
    resolution = Resolution.objects.create(
        meeting=meeting, number=1, kind="approved", text=f"มติ {of_region}"
    )
    organisation = Organisation.objects.create(
        name=f"เครือข่าย {mark}", kind=OrganisationKind.NETWORK, region=region, province=province
    )
    frames = {
        frame.level: frame
        for frame in BudgetFrame.objects.filter(region=region, programme=programme)
    }
    nation = {
        name: User.objects.filter(role=role, scope_level=NATION).first()
        for name, role in (
            ("analyst", Role.ANALYST),
            ("executive", Role.EXECUTIVE),
            ("administrator", Role.ADMINISTRATOR),
        )
    }
    w = build.World(
        programme=programme,
        committee=committee,
        meeting=meeting,
        organisation=organisation,
        frames=frames,
        **staff,
        **nation,
    )
    certification = certify_organisation(
        actor=w.officer,
        organisation=organisation,
        meeting=meeting,
        is_certified=True,
        certified_on=dt.date(2021, 1, 21),
        valid_until=None,
        note=f"รับรอง {mark}",
        today=TODAY,
    )
    things = {
        "committee": committee,
        "meeting": meeting,
        "organisation": organisation,
        "resolution": resolution,
        "certification": certification,
        "frame": frames[ProjectLevel.PROVINCE],
        "target": ProgrammeTarget.objects.get(region=region),
        "base": _base(region, of_region),
        "scale": QualityScale.objects.get_or_create(
            subject="council", fiscal_year=2562, source="แบบสอบทาน ปี 2562"
        )[0],
        "source": FundingSource.objects.get_or_create(code="GOV", name="งบแผ่นดิน")[0],
    }
    things["token"] = create_token(
        actor=w.officer,
        name=f"โทเคน {mark}",
        reach="read",
        expires_on=dt.date(2021, 9, 1),
        now=NOW,
        today=TODAY,
    )[0]
    return Place(key, region, province, w, things | {"person": w.officer, "programme": programme})


def _base(region: Region, mark: str) -> RegionBase:
    """A base figure of a region: the provinces of one region share it."""
    return RegionBase.objects.get_or_create(
        kind="new_councils",
        region=region,
        fiscal_year=2564,
        stands_on=dt.date(2020, 10, 1),
        base_count=7,
        source=f"แผน {mark}",
    )[0]


def _projects(place: Place) -> None:
    """A project at every step of its life; the one under way has a payment and a return."""
    for step in build.STEPS[:5]:
        plan = (600_000, 400_000) if step in ("draft", "approved", "under_way") else ()
        made = build.project(
            place.w,
            "approved" if step == "under_way" else step,
            title=place.text(f"โครงการขั้น {step}"),
            objectives=place.text("วัตถุประสงค์"),
            plan=plan,
            region=place.region,
            province=place.province,
        )
        place.things[f"project {step}"] = made
    gone = build.project(
        place.w,
        "draft",
        title=place.text("โครงการที่ลบ"),
        region=place.region,
        province=place.province,
    )
    place.things["binned"] = bin.delete(
        actor=place.w.officer, record=gone, expected_version=gone.version, now=NOW
    )
    paid = place.things["project under_way"]
    first = paid.instalments.get(number=1)
    document = place.text("ฎ. 1")
    entry = build.pay(place.w, first, 600_000, dt.date(2021, 3, 5), document_number=document)
    paid.refresh_from_db()
    place.things |= {"instalment": first, "entry": entry}


def _move(place: Place) -> None:
    """A budget move inside the region."""
    place.things["move"] = move_budget(
        actor=place.w.finance,
        from_frame=place.w.frames[ProjectLevel.PROVINCE],
        to_frame=place.w.frames[ProjectLevel.REGION],
        amount_baht=Decimal(1000),
        moved_on=dt.date(2021, 8, 1),
        reason=place.text("โอน"),
        approval_document="บันทึก 1",
        approval_meeting=None,
        request_key=uuid.uuid4(),
        today=TODAY,
    )


def _analyses(place: Place, owner: User, analyst: User) -> None:
    """One for the office of the place, and one about it that is the analyst's own."""
    for user, title, audience in (
        (owner, "การวิเคราะห์ของภาค", "office"),
        (analyst, "การวิเคราะห์ของส่วนกลาง", "mine"),
    ):
        saved = save_analysis(
            actor=user,
            title=place.text(title),
            query=ANALYSIS,
            audience=audience,
            now=timezone.now(),
        )
        place.things.setdefault("analysis", saved)


def _notices(place: Place, who: dict[str, User]) -> None:
    """Everybody is told of a project of the place, also those who do not see it; one mail failed."""
    project = place.things["project draft"]
    title = place.text("ส่งกลับ")
    tell(SENT_BACK, about=project, title=title, key=f"{project.pk}:t", to=who.values())
    place.things["notice"] = Notice.objects.get(recipient=who["O"], title=title)
    now = timezone.now()
    Mail.objects.create(
        recipient=place.w.officer,
        state=MailState.FAILED,
        failure="SMTPServerDisconnected",
        created_at=now,
        due_at=now,
    )
