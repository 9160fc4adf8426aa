"""Two regions with one of everything in each, and one person per role, for the tests of rights.

Three places hold the same things: ``own`` (the north, Chiang Mai), ``near`` (the north, another
province) and ``other`` (the north-east). Every text of a place carries its mark, so that a page
that shows another place's row gives itself away.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from codi.accounts.models import Role, ScopeLevel, User
from codi.api.services import create_token
from codi.desk import bin
from codi.fiscal import FiscalYear, Quarter
from codi.imports import services as imports
from codi.imports.models import BatchState, ImportBatch
from codi.jobs import services as jobs
from codi.jobs.models import Job
from codi.kept.services import save_filter
from codi.notices.models import Mail, MailState, Notice
from codi.notices.services import tell
from codi.places.models import Province, Region
from codi.quality.models import Finding, RuleRun
from councils.models import (
    CapabilityFile,
    CapabilityResult,
    CommunityGroup,
    Council,
    CouncilDouble,
    CouncilFile,
    CouncilMeeting,
    GroupCertification,
    GroupDouble,
    Member,
    Proposal,
    ProposalOfCouncil,
    QualityReview,
    Section21Mission,
    StatusLetter,
    TermFile,
)
from finance.models import InstalmentFile
from finance.services import move_budget
from overview.services import save_analysis
from programs.models import (
    BudgetFrame,
    Committee,
    FundingSource,
    Meeting,
    MeetingFile,
    Organisation,
    OrganisationFile,
    OrganisationKind,
    Programme,
    ProgrammeTarget,
    ProjectFile,
    ProjectLevel,
    QualityScale,
    RegionBase,
    Resolution,
)
from programs.notices import SENT_BACK
from programs.services import certify_organisation, merging
from reports import services as reports
from reports.content import of_edition
from reports.models import Edition, EditionCheck, LaterChange, ReportingQuarter
from reports.services.rendering_jobs import RENDER
from reports.subjects import Subject
from tests import world as build
from tests.files.samples import jpeg, png
from welfare.models import (
    INDICATORS,
    Benefit,
    Contribution,
    FundDouble,
    FundFile,
    FundIndicators,
    FundReview,
    FundStatus,
    WelfareFund,
)

MARKS = {"own": "เครื่องหมายเหนือ", "near": "เครื่องหมายลำพูน", "other": "เครื่องหมายอีสาน"}
TODAY = dt.date(2021, 8, 13)
NOW = dt.datetime(2021, 8, 13, 9, 0, tzinfo=dt.UTC)
MAY, BEFORE_FRAMES = dt.date(2021, 5, 31), dt.date(2021, 2, 15)
ANALYSIS = "measure=councils.established%3Acouncils_established&since=2564&until=2564&quarter=3"
FAILING = f"frame:projects.disbursement_by_level@{BEFORE_FRAMES.isoformat()}"
CELL = "figure=projects.disbursement_by_level&as_of=2021-05-31&row=total&column=approved_baht"
NATION = ScopeLevel.NATION


@dataclass
class Place:
    """A province, its region, and one thing of every kind in it."""

    key: str
    region: Region
    province: Province
    w: build.World
    things: dict[str, Any] = field(default_factory=dict)

    def text(self, what: str) -> str:
        """A text with the place's mark."""
        return f"{what} {MARKS[self.key]}"


@dataclass
class Country:
    """The places and the people under test, by the letter that the table of rights uses."""

    programme: Programme
    places: dict[str, Place]
    people: dict[str, User]

    def thing(self, kind: str, place: str) -> Any:
        """One thing of a place."""
        return self.places[place].things[kind]


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
        _councils(place)
        _funds(place)
        _doubles(place)
        _files(place)
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
        _editions(place)
        _jobs(place, uploader, media)
        _batches(place, uploader)
    _quarters(places, who)
    for place in places.values():
        _notices(place, who)
        _findings(place, who["O"])
    return Country(programme, places, who)


def _report(maker: User, region: Region | None) -> Edition:
    """A draft of a quarter's report whose job has ended."""
    made = reports.create_edition(
        actor=maker,
        outline_key="quarterly",
        subject=Subject(None, region, 2564, 3),
        as_of_dates=[dt.date(2021, 6, 30)],
        request_key=uuid.uuid4(),
        now=NOW,
        today=TODAY,
    )
    Job.objects.filter(requested_by=maker, payload__edition=made.pk).update(
        state="failed", failure="ทดสอบ", failure_code="test", finished_at=timezone.now()
    )
    return made


def _quarters(places: dict[str, Place], who: dict[str, User]) -> None:
    """A part of each region and the nation's draft of a quarter that is open; one that is closed."""
    _report(who["A"], None)
    for place in (places["own"], places["other"]):
        made = _report(place.w.officer, place.region)
        place.things["part"] = reports.submit(actor=place.w.officer, edition=made, now=NOW)
    closed = reports.close_quarter(
        actor=who["E"],
        period=Quarter(FiscalYear(2564), 1),
        reason="ไม่มีฉบับของไตรมาสนี้",
        now=NOW,
        today=TODAY,
    )
    for place in places.values():
        place.things["quarter closed"] = closed
        place.things["quarter open"] = ReportingQuarter.objects.get(fiscal_year=2564, quarter=3)
        member = place.things["member"]
        Member.objects.filter(pk=member.pk).update(name=place.text("แก้ชื่อหลังปิด"))
    reports.note_later_changes(now=NOW)
    for place in places.values():
        place.things["later change"] = LaterChange.objects.get(
            model_label="councils.member", record_key=place.things["member"].pk
        )


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


def _councils(place: Place) -> None:
    """A council with a term and a member, and one that was withdrawn."""
    tambon = place.things["tambon"]
    made = build.council(
        place.text("สภาองค์กรชุมชน"),
        province=place.province,
        district=tambon.district,
        subdistrict=tambon,
    )
    term = build.term(made)
    build.term(made, dt.date(2016, 11, 1), renewed_on=dt.date(2020, 11, 2))
    (member,) = build.members(made, 1)
    Member.objects.filter(pk=member.pk).update(name=place.text("สมาชิก"))
    gone = build.council(
        place.text("สภาที่ถอน"),
        province=place.province,
        withdrawn_on=dt.date(2021, 5, 1),
        withdrawal_reason=place.text("ซ้ำ"),
    )
    place.things |= {"council": made, "council withdrawn": gone, "term": term, "member": member}
    _council_work(place, made)


def _council_work(place: Place, of: Council) -> None:
    """What a council did, a group of it, their letters, and a proposal."""
    day = dt.date(2021, 3, 1)
    year = {"council": of, "fiscal_year": 2564}
    scale = QualityScale.objects.get_or_create(
        subject="council", fiscal_year=2562, source="แบบสอบทาน ปี 2562"
    )[0]
    letter = {"fiscal_year": 2564, "issued_on": day, "issued_by": place.w.officer}
    number = 10 * list(MARKS).index(place.key)
    group = CommunityGroup.objects.create(
        code=f"G{number}", council=of, name=place.text("กลุ่มออมทรัพย์"), registered_on=day
    )
    proposal = Proposal.objects.create(
        title=place.text("ข้อเสนอ"), fiscal_year=2564, agency="อบต.", sent_on=day
    )
    ProposalOfCouncil.objects.create(proposal=proposal, council=of)
    capability = CapabilityResult.objects.create(
        **year, reported_on=day, note=place.text("ผล"), advises=True, reports_harm=True
    )
    place.things |= {
        "council meeting": CouncilMeeting.objects.create(
            **year, number=1, held_on=day, topics=place.text("เรื่อง")
        ),
        "mission": Section21Mission.objects.create(**year, mission=10, reported_on=day),
        "capability": capability,
        "file of capability": _file(place, "file of capability", CapabilityFile, capability, {}),
        "review": QualityReview.objects.create(
            **year, reviewed_on=day, scale=scale, score_pct=90, grade="A"
        ),
        "group": group,
        "group certification": GroupCertification.objects.create(
            group=group, fiscal_year=2564, certified_on=day
        ),
        "letter": StatusLetter.objects.create(**letter, council=of, number=number + 1),
        "letter of group": StatusLetter.objects.create(
            **letter, council=of, group=group, number=number + 2
        ),
        "proposal": proposal,
    }


def _funds(place: Place) -> None:
    """A fund with one of everything that it reports."""
    fund = WelfareFund.objects.create(
        code=f"WF-{place.key}",
        name=place.text("กองทุนสวัสดิการ"),
        region=place.region,
        province=place.province,
        district=place.things["tambon"].district,
        subdistrict=place.things["tambon"],
        founded_on=dt.date(2010, 1, 1),
    )
    quarter = {"fund": fund, "fiscal_year": 2564, "quarter": 3, "reported_on": MAY}
    status = FundStatus.objects.create(
        **quarter, member_count=10, beneficiary_count=5, benefit_baht=100
    )
    scale = QualityScale.objects.get_or_create(
        subject="fund", fiscal_year=2560, defaults={"source": "คู่มือ"}
    )[0]
    place.things |= {
        "fund": fund,
        "fund status": status,
        "fund benefit": Benefit.objects.create(
            status=status, kind="death", person_count=1, paid_baht=50
        ),
        "fund indicators": FundIndicators.objects.create(
            **quarter, **dict.fromkeys(INDICATORS, True), has_complete_one_page=True
        ),
        "fund review": FundReview.objects.create(
            fund=fund, fiscal_year=2564, reviewed_on=MAY, scale=scale, grade="A"
        ),
        "contribution": Contribution.objects.create(
            fund=fund, fiscal_year=2564, requested_on=MAY, requested_member_count=5, member_count=10
        ),
    }


def _doubles(place: Place) -> None:
    """A pair of each kind that was found, one whose merge was asked for, and one that is merged."""
    for kind, case, facts in (
        ("council", CouncilDouble, {"kind": "subdistrict", "registered_on": MAY}),
        ("group", GroupDouble, {"registered_on": MAY}),
        ("fund", FundDouble, {"founded_on": MAY}),
    ):
        for number, state in enumerate(("found", "asked", "merged")):
            pair = [_twin(place, case, f"D{number}{at}{kind[0]}", facts) for at in "ab"]
            made = case.objects.create(first=pair[0], second=pair[1], found_on=MAY)
            if state != "found":
                told: dict[str, Any] = {"case": made, "kept": pair[0], "reason": place.text("ซ้ำ")}
                made = merging.request_merge(actor=place.w.officer, today=MAY, **told)
            if state == "merged":
                made = merging.merge(actor=place.w.administrator, case=made, today=MAY)
            place.things[f"{kind} double {state}"] = made


def _twin(place: Place, case: Any, code: str, facts: dict[str, Any]) -> Any:
    """One record of a pair."""
    model = case._meta.get_field("first").related_model
    where: dict[str, Any] = {"region": place.region, "province": place.province}
    if case is GroupDouble:
        where = {"council": place.things["council"]}
    name = place.text("ระเบียนซ้ำ")
    return model.objects.create(code=f"{code}-{place.key}", name=name, **where, **facts)


def _files(place: Place) -> None:
    """A file of every kind of record, and one of the project that was removed, with their content."""
    removed = {
        "state": "removed",
        "removed_by": place.w.officer,
        "removed_at": NOW,
        "removal_reason": place.text("แนบผิด"),
    }
    for name, table, subject, facts in (
        ("file", ProjectFile, "project approved", {}),
        ("file removed", ProjectFile, "project approved", removed),
        ("file of meeting", MeetingFile, "meeting", {}),
        ("file of organisation", OrganisationFile, "organisation", {}),
        ("file of instalment", InstalmentFile, "instalment", {}),
        ("file of council", CouncilFile, "council", {}),
        ("file of term", TermFile, "term", {}),
        ("file of fund", FundFile, "fund", {}),
    ):
        place.things[name] = _file(place, name, table, place.things[subject], facts)


def _file(place: Place, name: str, table: Any, subject: Any, facts: dict[str, Any]) -> Any:
    """A picture on a record, with its content and preview in the folder of files."""
    content = png(size=(8, 8)) + name.encode()
    file = table.objects.create(
        subject=subject,
        file_name=f"{_mark_of(place, subject)} {name}.png",
        format="png",
        byte_count=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        has_preview=True,
        document="photo",
        description=_mark_of(place, subject),
        attached_by=place.w.officer,
        attached_at=NOW,
        **facts,
    )
    folder = Path(settings.MEDIA_ROOT) / "attachments"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file.stored_name).write_bytes(content)
    (folder / file.preview_name).write_bytes(jpeg(size=(8, 8)))
    return file


def _mark_of(place: Place, subject: Any) -> str:
    """The mark of whoever sees the record: a meeting is the whole region's."""
    of_region = MARKS["own" if place.region.pk == "N" else "other"]
    return of_region if isinstance(subject, Meeting) else MARKS[place.key]


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


def _draft(place: Place, day: dt.date = MAY) -> Edition:
    return reports.create_edition(
        actor=place.w.officer,
        outline_key="regional-status",
        subject=Subject(place.w.programme, place.region),
        as_of_dates=[day],
        request_key=uuid.uuid4(),
        now=NOW,
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


def _editions(place: Place) -> None:
    """An edition in every state, one that replaces an issued one, and a waiver asked for."""
    w, made = place.w, place.things

    def end_jobs() -> None:
        Job.objects.filter(requested_by__in=(w.officer, w.manager)).update(
            state="failed", failure="ทดสอบ", failure_code="test", finished_at=timezone.now()
        )

    def at(step: str) -> Edition:
        end_jobs()
        edition = reports.update_text(
            actor=w.officer, edition=_draft(place), slot="results", text=place.text("ผล")
        ).edition
        if step != "draft":
            edition = reports.submit(actor=w.officer, edition=edition, now=NOW)
        if step in ("approved", "issuing", "issued"):
            edition = reports.approve(actor=w.manager, edition=edition, now=NOW)
        if step in ("issuing", "issued"):
            edition = reports.issue(actor=w.manager, edition=edition, now=NOW)
        if step == "issued":
            files = {"pdf": b"%PDF- of a test", "xlsx": b"PK of a test"}
            edition = reports.complete_issue(edition=edition, files=files, now=NOW)
        return edition

    for step in ("draft", "submitted", "approved", "issuing", "issued"):
        made[f"edition {step}"] = at(step)
    made["text"] = made["edition draft"].texts.get(slot="results")
    end_jobs()
    made["edition replacing"] = reports.replace_edition(
        actor=w.officer,
        edition=made["edition issued"],
        as_of_dates=[MAY],
        request_key=uuid.uuid4(),
        now=NOW,
        today=TODAY,
    )
    made["edition failing"] = failing = _draft(place, BEFORE_FRAMES)
    check = reports.ask_waiver(
        actor=w.officer,
        edition=failing,
        code=FAILING,
        reason=place.text("เหตุผล"),
        valid_until=dt.date(2099, 1, 1),
        today=TODAY,
    )
    failing = reports.submit(actor=w.officer, edition=failing, now=NOW)
    made["check"] = EditionCheck.objects.get(pk=check.pk)
    assert not all(checked.result.is_ok for checked in of_edition(failing, today=TODAY).checks)
    end_jobs()


def _jobs(place: Place, requester: User, media: Path) -> None:
    """A job that waits, one that failed, and one with a file."""
    folder = media / "jobs"
    folder.mkdir(parents=True, exist_ok=True)
    for state in ("queued", "failed", "done"):
        job = jobs.request(
            RENDER,
            key=f"{place.key}-{state}",
            payload={"edition": 0, "issue": False},
            requested_by=requester,
            region=place.region,
            title=place.text("งาน"),
        )
        place.things[f"job {state}"] = job
    now = timezone.now()
    failed, done = place.things["job failed"], place.things["job done"]
    Job.objects.filter(pk=failed.pk).update(
        state="failed", failure=place.text("เหตุ"), failure_code="test", finished_at=now
    )
    content = place.text("ไฟล์").encode()
    (folder / f"{place.key}.pdf").write_bytes(content)
    Job.objects.filter(pk=done.pk).update(
        state="done",
        percent=100,
        finished_at=now,
        file_path=f"jobs/{place.key}.pdf",
        file_name=f"{place.text('ไฟล์')}.pdf",
        file_sha256=hashlib.sha256(content).hexdigest(),
        file_byte_count=len(content),
    )


def sheet(*rows: dict[str, str]) -> bytes:
    """Rows as a csv file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def project_row(place: Place, **changes: str) -> dict[str, str]:
    """A row of the upload of projects: a new approved project of the place."""
    return {
        "programme": "NL2564",
        "province": place.province.name,
        "title": place.text("โครงการจากไฟล์"),
        "organisation": place.w.organisation.name,
        "requested_baht": "1000",
    } | changes


def _batches(place: Place, uploader: User) -> None:
    """A file that waits for its uploader, one with errors, one that waits for a second person."""
    plain = imports.upload_file(
        kind="projects",
        content=sheet(project_row(place)),
        file_name=f"{place.text('ไฟล์')}.csv",
        actor=uploader,
        today=TODAY,
    )
    place.things |= {"batch previewed": plain, "import row": plain.rows.get()}
    for name, facts in {
        "batch to send": {"checker_roles": ["regional_manager", "finance_officer"]},
        "batch waiting": {
            "checker_roles": ["regional_manager", "finance_officer"],
            "state": BatchState.WAITING,
        },
        "batch wrong": {"error_count": 1, "new_count": 0},
    }.items():
        copy = ImportBatch.objects.get(pk=plain.pk)
        copy.pk, copy._state.adding = None, True
        copy.file_path = f"{copy.file_path}-{name.replace(' ', '-')}"[-80:]
        for attribute, value in facts.items():
            setattr(copy, attribute, value)
        copy.save()
        for row in plain.rows.all():
            row.pk, row._state.adding, row.batch = None, True, copy
            if copy.error_count:
                row.status, row.errors = "error", [["title", "ไม่ถูกต้อง"]]
            row.save()
        place.things[name] = copy


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


def _findings(place: Place, actor: User) -> None:
    """What is wrong with a council of the place: one that waits, one that was explained."""
    RuleRun.objects.get_or_create(
        day=TODAY, rule_key="councils.forms", defaults={"ran_at": NOW, "found_count": 2}
    )
    facts = {
        "rule_key": "councils.forms", "topic": "documents", "severity": "warning",
        "fingerprint": "f" * 32, "region": place.region, "province": place.province,
        "first_seen_on": TODAY,
    }  # fmt: skip
    for name, key, more in (
        ("finding", "1", {}),
        ("finding explained", "2", {"closed_by": actor, "closed_at": NOW, "reason": "ตรวจแล้ว"}),
    ):
        place.things[name] = Finding.objects.create(
            **facts,
            **more,
            subject_key=f"{place.province.pk}{key}",
            subject_label=place.text("สภา"),
            detail=place.text("ขาด จส.02"),
        )
