"""Acts of meetings, organisations, programmes, the bin and editions: what the pages do, by program."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from codi.desk import bin
from codi.desk.models import Binned
from codi.history.queries import changes_of
from codi.jobs.models import Job
from codi.kept.services import save_filter
from programs.models import (
    BudgetFrame,
    Meeting,
    Organisation,
    OrganisationCertification,
    ProgrammeTarget,
    Project,
)
from reports import services as reports
from reports.models import Edition, EditionState
from reports.subjects import Subject
from tests import world as build
from tests.api.conftest import Program, body_of

pytestmark = pytest.mark.django_db


def test_a_meeting_decides(w):
    """Wrong if a committee, its meetings, resolutions or results needed a browser."""
    officer = Program(w.officer)
    committee = officer.post("committees/", {"name": "คณะกรรมการภาคเหนือ", "region": "N"})
    assert committee.status_code == 201, committee.content
    facts = {"number": 3, "fiscal_year": 2564, "starts_on": "2021-02-10", "venue": "เชียงใหม่"}
    met = officer.post(f"committees/{body_of(committee)['id']}/meetings/", facts)
    assert (met.status_code, body_of(met)["ends_on"]) == (201, "2021-02-10")
    meeting = f"meetings/{body_of(met)['id']}/"
    said = {"number": 1, "kind": "approved", "text": "เห็นชอบ"}
    resolution = officer.post(f"{meeting}resolutions/", said)
    assert resolution.status_code == 201, resolution.content
    address = f"resolutions/{body_of(resolution)['id']}/"
    changed = officer.change(address, {"text": "เห็นชอบตามเสนอ"})
    assert (body_of(changed)["text"], body_of(changed)["kind"]) == ("เห็นชอบตามเสนอ", "approved")
    listed = body_of(officer.get("resolutions/", {"meeting": body_of(met)["id"]}))
    assert [row["number"] for row in listed["results"]] == [1]
    assert (
        Program(w.finance).post(f"{meeting}resolutions/", said | {"number": 2}).status_code == 403
    )
    judged = {"meeting": body_of(met)["id"], "is_certified": False, "certified_on": "2021-02-10"}
    result = f"organisations/{w.organisation.pk}/certifications/"
    unexplained = officer.post(result, judged)
    assert body_of(unexplained)["errors"][0]["field"] == "note"
    refused = officer.post(result, judged | {"note": "เอกสารไม่ครบ"})
    assert (refused.status_code, body_of(refused)["is_certified"]) == (201, False)
    corrected = officer.change(f"certifications/{body_of(refused)['id']}/", {"is_certified": True})
    assert (corrected.status_code, body_of(corrected)["note"]) == (200, "เอกสารไม่ครบ")
    assert OrganisationCertification.objects.get().is_certified is True


def test_days_of_a_meeting_that_others_rest_on_are_refused_and_not_passed_over(w):
    """Wrong if a program were told 200 and the day had not moved."""
    build.project(w, "endorsed")
    officer, address = Program(w.officer), f"meetings/{w.meeting.pk}/"
    moved = officer.change(address, {"starts_on": "2021-01-19"})
    assert (moved.status_code, body_of(moved)["code"]) == (409, "days_are_fixed")
    assert officer.change(address, {"venue": "ลำปาง"}).status_code == 200
    assert Meeting.objects.get(pk=w.meeting.pk).starts_on == dt.date(2021, 1, 20)


def test_the_centre_sets_programmes(w):
    """Wrong if programmes, frames, targets or sources could be set by a region, or not by program."""
    centre = Program(build.user("finance_officer", scope_level="nation"))
    source = body_of(centre.post("funding-sources/", {"code": "GOV", "name": "งบแผ่นดิน"}))
    facts = {
        "code": "WF2564",
        "name": "สวัสดิการชุมชน",
        "kind": "2_programme",
        "fiscal_year": 2564,
        "position": 1,
    }
    made = centre.post("programmes/", facts | {"funding_source": source["id"]})
    assert made.status_code == 201, made.content
    key = body_of(made)["id"]
    frame = {"region": "N", "level": "province", "allocated_baht": "100.50"}
    framed = centre.post(f"programmes/{key}/frames/", frame | {"allocated_on": "2020-10-01"})
    assert (framed.status_code, body_of(framed)["allocated_baht"]) == (201, "100.50")
    address = f"frames/{body_of(framed)['id']}/"
    assert body_of(centre.change(address, {"allocated_baht": "99.00"}))["errors"][0]["field"] == (
        "reason"
    )
    corrected = centre.change(address, {"allocated_baht": "99.00", "reason": "พิมพ์ผิด"})
    assert body_of(corrected)["allocated_baht"] == "99.00"
    target = {"measure": "people", "target_count": 10, "basis": "แผน", "set_on": "2020-10-01"}
    aimed = body_of(centre.post(f"programmes/{key}/targets/", target))
    assert (
        body_of(centre.change(f"targets/{aimed['id']}/", {"target_count": 12}))["target_count"]
        == 12
    )
    assert body_of(centre.change(f"programmes/{key}/", {"name": "สวัสดิการ"}))["name"] == "สวัสดิการ"
    for path, body in (("funding-sources/", {"code": "X", "name": "x"}), ("programmes/", facts)):
        assert Program(w.officer).post(path, body).status_code == 403
    binned = centre.delete(f"targets/{aimed['id']}/")
    assert (binned.status_code, ProgrammeTarget.objects.exists()) == (200, False)


def test_deleting_goes_to_the_bin_and_comes_back(w):
    """Wrong if a program deleted over a change, for good, or what others rest on."""
    officer = Program(w.officer)
    project = build.project(w, "draft", plan=(1000,))
    address = f"projects/{project.pk}/"
    tag = officer.get(address)["ETag"]
    officer.patch(address, {"title": "ชื่อใหม่"}, If_Match=tag)
    assert officer.client.delete(f"/api/v1/{address}").status_code == 428
    assert officer.delete(address, If_Match=tag).status_code == 412
    assert Program(w.finance).delete(address).status_code == 403
    gone = officer.delete(address)
    assert (gone.status_code, body_of(gone)["title"]) == (
        200,
        str(Project(title="ชื่อใหม่", code=project.code)),
    )
    assert officer.get(address).status_code == 404
    held = f"bin/{body_of(gone)['id']}/"
    assert body_of(officer.get("bin/"))["count"] == 1
    assert Program(w.finance).post(f"{held}restore/").status_code == 403
    key = str(uuid.uuid4())
    back = [officer.post(f"{held}restore/", key=key) for _ in range(2)]
    assert [answer.status_code for answer in back] == [201, 201]
    assert back[0].content == back[1].content
    assert back[0]["Location"].endswith(f"/api/v1/{address}")
    assert body_of(back[0])["version"] == 3
    assert Project.objects.get(pk=project.pk).instalments.count() == 1
    assert not Binned.objects.exists()
    assert officer.delete(f"organisations/{w.organisation.pk}/").status_code == 409
    assert Organisation.objects.filter(pk=w.organisation.pk).exists()


def test_what_was_deleted_on_the_pages_alone_is_not_in_the_bin_of_programs(w):
    """Wrong if a program brought back what no register of its own can show: a fault."""
    kept = save_filter(
        actor=w.officer,
        list_name="finance:projects",
        name="ร่าง",
        query="status=draft",
        audience="mine",
    )
    now = timezone.now()
    binned = bin.delete(actor=w.officer, record=kept, expected_version=None, now=now)
    officer = Program(w.officer)
    assert body_of(officer.get("bin/"))["count"] == 0
    assert officer.post(f"bin/{binned.pk}/restore/").status_code == 404


def no_jobs() -> None:
    """Whatever was asked of the worker has come to nothing."""
    facts = {"failure": "ทดสอบ", "failure_code": "test", "finished_at": timezone.now()}
    Job.objects.update(state="failed", **facts)


def test_an_edition_lives_from_draft_to_frozen(w):
    """Wrong if a report could not be made by program, or its steps lost their rights and versions."""
    build.project(w, "approved", plan=(1_000_000,))
    officer, manager = Program(w.officer), Program(w.manager)
    facts = {"outline": "regional-status", "programme": w.programme.pk, "region": "N"}
    key = str(uuid.uuid4())
    made = [officer.post("editions/", facts | {"as_of_1": "2021-05-31"}, key) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201], made[0].content
    edition = body_of(made[0])
    assert (edition["as_of_dates"], Edition.objects.count()) == (["2021-05-31"], 1)
    address = f"editions/{edition['id']}/"
    texts = body_of(officer.get("edition-texts/", {"edition": edition["id"]}))["results"]
    text = next(one for one in texts if one["slot"] == "results")
    said = officer.change(f"edition-texts/{text['id']}/", {"text": "เบิกจ่ายตามแผน"})
    assert (said.status_code, body_of(said)["text"]) == (200, "เบิกจ่ายตามแผน")
    stale = officer.patch(f"edition-texts/{text['id']}/", {"text": "x"}, If_Match=f'"1-{"0" * 16}"')
    assert stale.status_code == 412
    assert officer.act(f"{address}submit/").status_code == 200
    assert officer.act(f"{address}approve/").status_code == 403
    assert manager.act(f"{address}send-back/", {"reason": "เพิ่มปัญหา"}).status_code == 200
    assert body_of(officer.get(address))["sent_back_reason"] == "เพิ่มปัญหา"
    officer.act(f"{address}submit/")
    assert body_of(manager.act(f"{address}approve/"))["state"] == "approved"
    no_jobs()
    issued = manager.act(f"{address}issue/")
    assert (issued.status_code, body_of(issued)["state"]) == (200, "issuing"), issued.content
    assert officer.change(f"edition-texts/{text['id']}/", {"text": "x"}).status_code == 403
    no_jobs()
    assert body_of(manager.act(f"{address}withdraw/"))["state"] == "approved"
    assert changes_of(Edition, edition["id"])[0].door == "API"


def test_a_waiver_is_asked_for_and_allowed_by_another(w):
    """Wrong if a failed check could be waived by the one who asked, or by no program at all."""
    # Approved before its frame was allocated: the report of that day fails a check.
    BudgetFrame.objects.update(allocated_on=dt.date(2021, 3, 1))
    build.project(w, "approved")
    early = dt.date(2021, 2, 15)
    edition = reports.create_edition(
        actor=w.manager,
        outline_key="regional-status",
        subject=Subject(w.programme, build.region()),
        as_of_dates=[early],
        request_key=uuid.uuid4(),
        now=dt.datetime(2021, 8, 13, tzinfo=dt.UTC),
        today=build.TODAY,
    )
    asked = {
        "code": f"frame:projects.disbursement_by_level@{early}",
        "reason": "กรอบงบมาภายหลัง",
        "valid_until": (timezone.localdate() + dt.timedelta(days=30)).isoformat(),
    }
    manager, executive = Program(w.manager), Program(w.executive)
    answer = manager.post(f"editions/{edition.pk}/waivers/", asked)
    assert answer.status_code == 201, answer.content.decode()
    check = f"edition-checks/{body_of(answer)['id']}/"
    assert manager.act(f"editions/{edition.pk}/submit/").status_code == 200
    assert manager.post(f"{check}allow/").status_code == 403
    read = {"fingerprint": body_of(executive.get(check))["request_fingerprint"]}
    manager.post(f"editions/{edition.pk}/waivers/", asked | {"reason": "คำอื่นที่ไม่มีใครอ่าน"})
    late = executive.post(f"{check}allow/", read)
    assert (late.status_code, body_of(late)["code"]) == (412, "changed_by_another")
    read = {"fingerprint": body_of(executive.get(check))["request_fingerprint"]}
    allowed = executive.post(f"{check}allow/", read)
    assert (allowed.status_code, body_of(allowed)["allowed_by"]) == (200, w.executive.pk)
    assert Edition.objects.get().state == EditionState.SUBMITTED
