"""What each place of the country keeps: councils, funds, pairs of doubles, files, findings."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings

from codi.accounts.models import User
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
from programs.models import (
    Meeting,
    MeetingFile,
    OrganisationFile,
    ProjectFile,
    QualityScale,
)
from programs.services import merging
from tests import world as build
from tests.files.samples import jpeg, png
from tests.security.place import (
    MARKS,
    MAY,
    NOW,
    TODAY,
    Place,
)
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


def add_councils(place: Place) -> None:
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
        "group ended": CommunityGroup.objects.create(
            code=f"GE{number}",
            council=of,
            name=place.text("กลุ่มเลิก"),
            registered_on=day,
            ended_on=MAY,
            ended_reason="เลิก",
        ),
        "group certification": GroupCertification.objects.create(
            group=group, fiscal_year=2564, certified_on=day
        ),
        "letter": StatusLetter.objects.create(**letter, council=of, number=number + 1),
        "letter of group": StatusLetter.objects.create(
            **letter, council=of, group=group, number=number + 2
        ),
        "proposal": proposal,
    }


def add_funds(place: Place) -> None:
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


def add_doubles(place: Place) -> None:
    """A pair of each kind that was found, asked for, merged, and said to be none."""
    for kind, case, facts in (
        ("council", CouncilDouble, {"kind": "subdistrict", "registered_on": MAY}),
        ("group", GroupDouble, {"registered_on": MAY}),
        ("fund", FundDouble, {"founded_on": MAY}),
    ):
        for number, state in enumerate(("found", "asked", "merged", "closed")):
            pair = [_twin(place, case, f"D{number}{at}{kind[0]}", facts) for at in "ab"]
            made = case.objects.create(first=pair[0], second=pair[1], found_on=MAY)
            told: dict[str, Any] = {"case": made, "reason": place.text("ซ้ำ"), "today": MAY}
            if state in ("asked", "merged"):
                made = merging.request_merge(actor=place.w.officer, kept=pair[0], **told)
            if state == "closed":
                made = merging.close_case(actor=place.w.officer, **told)
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


def add_files(place: Place) -> None:
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


def add_findings(place: Place, actor: User) -> None:
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
