"""Writes through the API: the rules of the pages, once per key, never over somebody else's change."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from codi.api.models import ApiToken, KeptAnswer
from codi.api.services import forget_answers
from codi.history.queries import changes_of
from finance.models import BudgetMove, LedgerEntry
from programs.models import Organisation, Project
from tests import world as build
from tests.api.conftest import Program, body_of

pytestmark = pytest.mark.django_db


def payment(project, baht="100000.00", **more):
    """The body of a payment of the first instalment."""
    return {
        "instalment": project.instalments.get(number=1).pk,
        "amount_baht": baht,
        "effective_on": "2021-03-01",
        "document_number": "ฎ. 1/2564",
    } | more


def test_an_organisation_is_made_changed_and_not_overwritten(w):
    """Wrong if a change went over what somebody else wrote since the reading."""
    program = Program(w.officer)
    made = program.post(
        "organisations/",
        {"name": "สหกรณ์บ้านมั่นคง", "kind": "cooperative", "region": "N", "province": "50"},
    )
    assert made.status_code == 201
    row = body_of(made)
    assert Organisation.objects.get(pk=row["id"]).name == "สหกรณ์บ้านมั่นคง"
    assert made["Location"].endswith(f"/api/v1/organisations/{row['id']}/")
    address = f"organisations/{row['id']}/"
    tag = program.get(address)["ETag"]
    assert made["ETag"] == tag
    changed = program.patch(address, {"contact": "053-111222"}, If_Match=tag)
    assert (changed.status_code, body_of(changed)["contact"]) == (200, "053-111222")
    assert body_of(changed)["name"] == "สหกรณ์บ้านมั่นคง"
    late = program.patch(address, {"contact": "อื่น"}, If_Match=tag)
    assert late.status_code == 412
    assert program.patch(address, {"contact": "อื่น"}).status_code == 428
    assert Organisation.objects.get(pk=row["id"]).contact == "053-111222"
    change = changes_of(Organisation, row["id"])[0]
    assert (change.actor, change.door) == (w.officer.full_name, "API")


def test_a_project_lives_from_draft_to_paid(w):
    """Wrong if a step of the pages were missing, or its rule passed over."""
    officer, manager, finance = Program(w.officer), Program(w.manager), Program(w.finance)
    made = officer.post(
        "projects/",
        {
            "programme": w.programme.pk,
            "level": "province",
            "region": "N",
            "province": "50",
            "title": "โครงการจากโปรแกรม",
            "organisation": w.organisation.pk,
            "requested_baht": "500000.00",
        },
    )
    assert made.status_code == 201, made.content
    key = body_of(made)["id"]
    assert officer.act(f"projects/{key}/submit/").status_code == 200
    endorsed = manager.act(f"projects/{key}/endorse/", {"endorsed_meeting": w.meeting.pk})
    assert endorsed.status_code == 200, endorsed.content
    approval = {"approved_baht": "400000.00", "approved_on": "2021-02-04"}
    own = officer.act(f"projects/{key}/approve/", approval)
    assert own.status_code == 403
    approved = manager.act(f"projects/{key}/approve/", approval)
    assert (approved.status_code, body_of(approved)["approved_baht"]) == (200, "400000.00")
    project = Project.objects.get(pk=key)
    line = {"planned_baht": "300000.00", "planned_on": "2021-03-01"}
    planned = officer.post(f"projects/{key}/instalments/", line)
    assert (planned.status_code, body_of(planned)["number"]) == (201, 1)
    one = f"instalments/{body_of(planned)['id']}/"
    more = officer.patch(one, {"planned_baht": "400000.00"}, If_Match=planned["ETag"])
    assert (more.status_code, body_of(more)["planned_baht"]) == (200, "400000.00")
    assert body_of(more)["planned_on"] == "2021-03-01"
    over = officer.patch(one, {"planned_baht": "400000.01"}, If_Match=more["ETag"])
    assert over.status_code == 409
    paid = finance.post(f"projects/{key}/payments/", payment(project))
    assert (paid.status_code, body_of(paid)["net_baht"]) == (201, "100000.00")
    entry = body_of(paid)["id"]
    back = finance.post(
        f"ledger-entries/{entry}/reverse/", {"effective_on": "2021-03-02", "note": "บันทึกผิด"}
    )
    assert (back.status_code, body_of(back)["net_baht"]) == (201, "-100000.00")
    assert body_of(officer.get(f"projects/{key}/"))["net_paid_baht"] == "0.00"


def test_budget_moves_once(w):
    """Wrong if a move of budget did not go through its form and key."""
    body = {
        "from_frame": w.frames["province"].pk,
        "to_frame": w.frames["region"].pk,
        "amount_baht": "1000.00",
        "moved_on": "2021-08-01",
        "reason": "ปรับแผน",
        "approval_document": "บันทึก 1",
    }
    finance, key = Program(w.finance), str(uuid.uuid4())
    answers = [finance.post("budget-moves/", body, key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert BudgetMove.objects.count() == 1
    assert Program(w.officer).post("budget-moves/", body).status_code == 403


def test_the_maker_cannot_approve(w):
    """Wrong if the API let through what the page refuses."""
    project = build.project(w, "endorsed")
    Project.objects.filter(pk=project.pk).update(created_by=w.manager)
    answer = Program(w.manager).act(
        f"projects/{project.pk}/approve/",
        {"approved_baht": "1000.00", "approved_on": "2021-02-04"},
    )
    assert answer.status_code == 403
    assert "ตนเองไม่ได้" in body_of(answer)["detail"]


def test_overspending_is_refused_with_the_amounts(w):
    """Wrong if the ledger could be overdrawn by a program, or the answer did not say how much is left."""
    project = build.project(w, "approved", baht=100_000, plan=(100_000,))
    finance = Program(w.finance)
    answer = finance.post(f"projects/{project.pk}/payments/", payment(project, "100000.01"))
    told = body_of(answer)
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert told["code"] == "finance_net_paid_within_approved"
    assert told["errors"][0]["field"] == "amount_baht"
    assert "100,000" in told["detail"]
    assert not LedgerEntry.objects.exists()


def test_the_same_key_is_the_same_answer(w):
    """Wrong if a repeated request paid twice, or was told another thing."""
    project = build.project(w, "approved", baht=1_000_000, plan=(1_000_000,))
    finance, key = Program(w.finance), str(uuid.uuid4())
    address = f"projects/{project.pk}/payments/"
    first = finance.post(address, payment(project), key)
    again = finance.post(address, payment(project), key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first["Location"] == again["Location"]
    assert LedgerEntry.objects.count() == 1
    other = finance.post(address, payment(project, "1.00"), key)
    assert (other.status_code, body_of(other)["code"]) == (422, "one-time-key-reused")
    elsewhere = finance.post(f"projects/{project.pk}/returns/", payment(project), key)
    assert elsewhere.status_code == 422
    assert LedgerEntry.objects.count() == 1
    # Another person's key of that name is another key.
    theirs = Program(build.user("finance_officer")).post(address, payment(project), key)
    assert theirs.status_code == 201
    assert LedgerEntry.objects.count() == 2


def test_a_refusal_is_final_too(w):
    """Wrong if the same request under the same key was refused first and done later."""
    project = build.project(w, "approved", baht=100_000, plan=(100_000,))
    finance, key = Program(w.finance), str(uuid.uuid4())
    address = f"projects/{project.pk}/payments/"
    build.pay(w, project.instalments.get(), 50_000)
    first = finance.post(address, payment(project, "60000.00"), key)
    assert first.status_code == 409
    finance.post(f"projects/{project.pk}/returns/", payment(project, "50000.00"))
    again = finance.post(address, payment(project, "60000.00"), key)
    assert (again.status_code, again.content) == (409, first.content)
    assert finance.post(address, payment(project, "60000.00")).status_code == 201


def test_a_crash_before_the_answer_leaves_the_key_free(w, monkeypatch):
    """Wrong if a payment stood without its kept answer, or a key was burnt by a fault."""
    project = build.project(w, "approved", baht=1_000_000, plan=(1_000_000,))
    finance, key = Program(w.finance), str(uuid.uuid4())
    address = f"projects/{project.pk}/payments/"
    with monkeypatch.context() as broken:
        broken.setattr("codi.api.once.keep", lambda *args: 1 / 0)
        assert finance.post(address, payment(project), key).status_code == 500
    assert not LedgerEntry.objects.exists()
    assert not KeptAnswer.objects.exists()
    assert finance.post(address, payment(project), key).status_code == 201
    assert LedgerEntry.objects.count() == 1


def test_kept_answers_are_forgotten_after_two_days(w):
    """Wrong if the table grew for ever, or a key was forgotten while a program still retries."""
    finance = Program(w.finance)
    project = build.project(w, "approved", baht=1_000_000, plan=(1_000_000,))
    finance.post(f"projects/{project.pk}/payments/", payment(project))
    (kept,) = KeptAnswer.objects.all()
    assert forget_answers(now=kept.created_at + dt.timedelta(hours=48)) == 0
    assert forget_answers(now=kept.created_at + dt.timedelta(hours=48, seconds=1)) == 1


def test_a_write_needs_its_key_and_its_form(w):
    """Wrong if something was guessed: a missing key, a number for text, a year of another era."""
    project = build.project(w, "approved", baht=1_000_000, plan=(1_000_000,))
    finance, address = Program(w.finance), f"projects/{project.pk}/payments/"
    assert body_of(finance.post(address, payment(project), None))["code"] == "one-time-key-missing"
    for wrong in (
        {"amount_baht": 100000},
        {"amount_baht": "1e5"},
        {"amount_baht": "-5.00"},
        {"amount_baht": "1.234"},
        {"amount_baht": "๑๐๐"},
        {"effective_on": "2564-03-01"},
        {"effective_on": "1/3/2564"},
        {"effective_on": 20210301},
        {"instalment": "1"},
        {"instalment": True},
        {"instalment": 2**70},
        {"document_number": 5},
        {"document_number": None},
        {"document_number": "\0"},
        {"actor": w.officer.pk},
    ):
        answer = finance.post(address, payment(project, **wrong))
        assert (answer.status_code, body_of(answer)["errors"][0]["field"]) == (
            400,
            next(iter(wrong)),
        )
    assert not LedgerEntry.objects.exists()


WRITES = ("organisations/", "projects/")


def test_no_field_of_the_model_can_be_smuggled_in(w):
    """Wrong if a program could set who made a project, its state, or another hidden field."""
    officer = Program(w.officer)
    facts = {
        Organisation: {"name": "กลุ่มออมทรัพย์", "kind": "community", "region": "N", "province": "50"},
        Project: {
            "programme": w.programme.pk,
            "level": "province",
            "region": "N",
            "province": "50",
            "title": "โครงการ",
        },
    }
    tried = 0
    for (model, body), address in zip(facts.items(), WRITES, strict=True):
        known = officer.post(address, body)
        assert known.status_code == 201, known.content
        taken_in = {
            "name", "kind", "region", "province", "district", "subdistrict", "contact", "programme",
            "level", "title", "organisation", "objectives", "target_people_count",
            "target_subdistrict_count", "target_household_count", "requested_baht",
        }  # fmt: skip
        for field in model._meta.concrete_fields:
            if field.name in taken_in:
                continue
            tried += 1
            answer = officer.post(address, body | {field.name: "1"})
            assert answer.status_code == 400
            assert body_of(answer)["errors"][0]["code"] == "unknown_field", field.name
    assert tried >= 25


def test_nobody_elses_records_can_be_named(w):
    """Wrong if a body could point to a record out of sight."""
    build.region("NE", "ภาคอีสาน", 2)
    build.province("40", "ขอนแก่น", "NE")
    far = Organisation.objects.create(
        name="เครือข่ายไกล", kind="network", region_id="NE", province_id="40"
    )
    draft = build.project(w, "draft")
    officer = Program(w.officer)
    tag = officer.get(f"projects/{draft.pk}/")["ETag"]
    answer = officer.patch(f"projects/{draft.pk}/", {"organisation": far.pk}, If_Match=tag)
    assert (answer.status_code, body_of(answer)["errors"][0]["field"]) == (400, "organisation")
    assert officer.get(f"organisations/{far.pk}/").status_code == 404
    moved = officer.patch(f"projects/{draft.pk}/", {"region": "NE", "province": "40"}, If_Match=tag)
    assert moved.status_code == 400


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("api_token_name_once", {"digest": "b" * 64}),
        ("api_token_name_given", {"name": "  ", "digest": "b" * 64}),
        ("api_token_reach_known", {"reach": "all", "name": "อื่น", "digest": "b" * 64}),
        (
            "api_token_ends_later",
            {"expires_on": dt.date(2021, 1, 1), "name": "อื่น", "digest": "b" * 64},
        ),
    ],
)
def test_the_database_refuses_a_bad_token(w, rule, changes):
    """Wrong if a bad row could come in by a bug."""
    program = Program(w.officer)
    row = ApiToken.objects.get(pk=program.token.pk)
    row.pk, row._state.adding = None, True
    for name, value in changes.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    ("rule", "changes"),
    [("api_answer_key_once", {}), ("api_answer_is_final", {"status": 500, "key": "b"})],
)
def test_the_database_refuses_a_bad_answer(w, rule, changes):
    """Wrong if two answers stood under one key, or a fault was kept as one."""
    facts = {
        "user": w.officer, "key": "a", "fingerprint": "f", "status": 201, "body": "{}",
        "content_type": "application/json", "created_at": dt.datetime(2021, 8, 1, tzinfo=dt.UTC),
    }  # fmt: skip
    KeptAnswer.objects.create(**facts)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        KeptAnswer.objects.create(**facts | changes)


def test_a_code_that_no_database_stores_is_told(w):
    """Wrong if a NUL in a place were a fault, through the API or on the page."""
    facts = {"name": "กลุ่ม", "kind": "community", "region": "N", "province": "5\0"}
    answer = Program(w.officer).post("organisations/", facts)
    assert (answer.status_code, body_of(answer)["errors"][0]["field"]) == (400, "province")
    client = Client(raise_request_exception=False)
    client.force_login(w.officer)
    assert client.post(reverse("programs:organisation_new"), facts).status_code == 200


def test_amounts_stay_exact(w):
    """Wrong if satang were lost on the way in or out."""
    project = build.project(w, "approved", baht=1_000_000, plan=(1_000_000,))
    paid = Program(w.finance).post(f"projects/{project.pk}/payments/", payment(project, "0.01"))
    assert body_of(paid)["amount_baht"] == "0.01"
    assert LedgerEntry.objects.get().amount_baht == Decimal("0.01")
