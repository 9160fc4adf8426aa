"""Drafts: kept as typed, offered to their person alone, gone when the form is saved or 30 days old."""

from __future__ import annotations

import datetime as dt
import json
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from codi.constraints import refusal
from codi.desk import drafts
from codi.desk.models import Draft
from codi.desk.tasks import sweep
from programs import services
from programs.models import Organisation, Project
from tests import world as build

pytestmark = pytest.mark.django_db
NEW = "programs:organisation_new"
TYPED = {"name": "กลุ่มออมทรัพย์บ้านใหม่", "kind": "community", "region": "N", "province": "50"}


@pytest.fixture
def w() -> build.World:
    return build.world()


@pytest.fixture
def officer(client, w):
    """The officer, logged in."""
    client.force_login(w.officer)
    return w.officer


def keep(client, url, page="", sequence=1, **typed):
    """What the script of the page posts."""
    state = {"desk_draft": "keep", "desk_page": page or str(uuid.uuid4())}
    return client.post(url, state | {"desk_sequence": str(sequence)} | typed)


def test_draft_is_kept_as_typed_and_says_when(client, officer, time_machine):
    """Wrong if a wrong value, a blank or a rule stopped the draft, or nobody was told."""
    time_machine.move_to(dt.datetime(2026, 11, 20, 3, 32, tzinfo=dt.UTC), tick=False)
    answer = keep(client, reverse(NEW), name="  ก\x00ลุ่ม", kind="", province="ไม่มี", region="N")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json() == {"message": "บันทึกร่างอัตโนมัติเมื่อ 10.32 น."}
    kept = Draft.objects.get()
    assert (kept.user, kept.form_key, kept.object_key) == (officer, NEW, "")
    assert kept.data["name"] == ["  กลุ่ม"]
    assert kept.data["province"] == ["ไม่มี"]
    assert Organisation.objects.count() == 1


def test_only_fields_of_the_form_are_kept(client, w, officer):
    """Wrong if a draft took a token, a version, a mark of the script or a forged field."""
    keep(client, reverse(NEW), **TYPED, csrfmiddlewaretoken="x", version="3", one_time_key="k")
    kept = Draft.objects.get()
    assert set(kept.data) == {
        "region",
        "province",
        "district",
        "subdistrict",
        "name",
        "kind",
        "contact",
    }
    assert kept.base_version == 3


def test_draft_is_offered_used_and_gone_when_saved(client, officer):
    """Wrong if a draft came unasked, lost a field, or stayed when its form was saved."""
    url, page = reverse(NEW), str(uuid.uuid4())
    keep(client, url, page, **TYPED, contact="ป้าแดง")
    offered = client.get(url)
    assert "มีร่างของท่านที่ยังไม่ได้บันทึก" in offered.text
    assert offered.context["form"]["name"].value() is None
    used = client.get(url, {"draft": "use"})
    form = used.context["form"]
    assert {name: form[name].value() for name in TYPED} == TYPED
    assert form["contact"].value() == "ป้าแดง"
    assert f'name="desk_page" value="{page}"' in used.text
    assert client.post(url, TYPED | {"desk_page": page}).status_code == 302
    assert not Draft.objects.exists()
    assert Organisation.objects.filter(name=TYPED["name"]).count() == 1


def test_late_state_of_a_saved_page_brings_no_draft_back(client, officer):
    """Wrong if what was under way when the form was saved were offered again."""
    url, page = reverse(NEW), str(uuid.uuid4())
    client.post(url, TYPED | {"desk_page": page})
    late = keep(client, url, page, **TYPED)
    assert (late.status_code, late.json()["code"]) == (409, "draft_finished")
    assert not Draft.objects.exists()


def test_late_state_undoes_no_newer_one(client, officer):
    """Wrong if two states of one page that crossed on the way kept the older."""
    url, page = reverse(NEW), str(uuid.uuid4())
    keep(client, url, page, 2, name="ใหม่")
    assert keep(client, url, page, 1, name="เก่า").status_code == 200
    assert Draft.objects.get().data["name"] == ["ใหม่"]
    keep(client, url, page, 3, name="ล่าสุด")
    assert Draft.objects.get().data["name"] == ["ล่าสุด"]


def test_a_waiting_draft_is_not_written_over(client, officer):
    """Wrong if opening the form again and typing one letter lost the draft that waits."""
    url = reverse(NEW)
    keep(client, url, name="ร่างแรก")
    answer = keep(client, url, name="ก")
    assert (answer.status_code, answer.json()["code"]) == (409, "draft_of_another_page")
    assert "ใช้ร่าง" in answer.json()["message"]
    assert client.post(url, TYPED).status_code == 302
    assert Draft.objects.get().data["name"] == ["ร่างแรก"]


def test_throwing_away_needs_one_press_and_no_script(client, officer):
    """Wrong if a draft could not be got rid of."""
    url = reverse(NEW)
    keep(client, url, name="ร่าง")
    assert client.post(url, {"desk_draft": "discard"})["Location"] == url
    assert not Draft.objects.exists()
    assert "มีร่างของท่าน" not in client.get(url).text


def test_nobody_else_sees_a_draft(client, w, officer):
    """Wrong if a draft lay open to a colleague, or could be kept for a record out of sight."""
    url = reverse("programs:organisation_edit", args=[w.organisation.pk])
    keep(client, url, name="ร่างของเจ้าหน้าที่")
    client.force_login(w.manager)
    for address in (url, f"{url}?draft=use"):
        assert "ร่างของ" not in client.get(address).text
    client.post(url, {"desk_draft": "discard"})
    assert Draft.objects.count() == 1
    client.force_login(build.user(region=build.region("S", "ภาคใต้", 5)))
    assert keep(client, url, name="ก").status_code == 404
    client.force_login(w.analyst)
    assert keep(client, url, name="ก").status_code == 403
    assert Draft.objects.count() == 1


def test_each_record_has_its_own_draft(client, w, officer):
    """Wrong if the draft of one project were offered for another."""
    first, second = build.project(w, "draft"), build.project(w, "draft", title="โครงการป่าชุมชน")
    keep(client, reverse("programs:project_edit", args=[first.pk]), title="ร่าง")
    other = client.get(reverse("programs:project_edit", args=[second.pk]))
    assert "มีร่างของท่าน" not in other.text


def test_draft_of_a_record_that_moved_on_leads_to_the_choice_per_field(client, w, officer):
    """Wrong if an old draft wrote over what somebody saved since."""
    project = build.project(w, "draft")
    url, page = reverse("programs:project_edit", args=[project.pk]), str(uuid.uuid4())
    form = client.get(url).context["form"]
    typed = {name: form[name].value() for name in form.fields}
    typed = {name: value for name, value in typed.items() if value is not None}
    keep(client, url, page, **typed | {"title": "ชื่อในร่าง"})
    services.update_project(actor=w.manager, project=project, expected_version=1, objectives="ใหม่")
    used = client.get(url, {"draft": "use"})
    assert "ข้อมูลถูกแก้ไขหลังจากเริ่มร่างนี้" in used.text
    form = used.context["form"]
    assert (form["title"].value(), form["version"].value()) == ("ชื่อในร่าง", 1)
    answer = client.post(url, typed | {"title": "ชื่อในร่าง", "desk_page": page})
    assert answer.status_code == 409
    assert f'name="desk_page" value="{page}"' in answer.text
    picks = {one.name: one.pick for one in answer.context["differences"]}
    assert picks == {"title": "mine", "objectives": "stored"}


def test_unticked_box_and_missing_field_come_back_as_they_were(w, officer):
    """Wrong if a field that the page did not have came back empty."""
    from programs.views.organisations import OrganisationForm

    draft = Draft(data={"name": ["ก", "ข"], "kind": []}, base_version=4)
    assert drafts.as_initial(OrganisationForm, draft) == {"name": "ข", "version": 4}


def test_draft_survives_the_end_of_the_session(client, w, officer):
    """Wrong if logging in again began with an empty form."""
    url = reverse(NEW)
    keep(client, url, **TYPED)
    client.session.flush()
    assert keep(client, url, **TYPED).status_code == 302
    client.force_login(officer)
    assert "มีร่างของท่านที่ยังไม่ได้บันทึก" in client.get(url).text


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/organisations/new/?programme=1", "/organisations/new/"),
        ("http://elsewhere.example/organisations/new/", "/"),
        ("", "/"),
    ],
)
def test_a_form_sent_too_late_leads_back_to_its_page(client, officer, time_machine, referer, back):
    """Wrong if the login led away from the form whose draft waits, or to another site."""
    time_machine.move_to(dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC), tick=False)
    client.get("/")
    time_machine.move_to(dt.datetime(2026, 11, 20, 6, 30, tzinfo=dt.UTC), tick=False)
    answer = client.post(reverse(NEW), TYPED, headers={"referer": referer})
    assert answer["Location"] == f"/login/?next={back}"
    assert not Organisation.objects.filter(name=TYPED["name"]).exists()


def test_going_on_after_a_conflict_keeps_the_same_draft(client, w, officer):
    """Wrong if going back to the form made it another page, whose states are refused."""
    url, page = reverse("programs:organisation_edit", args=[w.organisation.pk]), str(uuid.uuid4())
    keep(client, url, page, 1, **TYPED)
    again = client.post(url, TYPED | {"version": "1", "desk_page": page, "choose": "again"})
    assert f'name="desk_page" value="{page}"' in again.text
    assert keep(client, url, page, 2, **TYPED).status_code == 200


def test_too_long_a_text_is_told_and_the_last_draft_stays(client, officer):
    """Wrong if drafts could fill the disk, or the refusal lost what was kept."""
    url, page = reverse(NEW), str(uuid.uuid4())
    keep(client, url, page, 1, name="ร่าง")
    answer = keep(client, url, page, 2, name="ก" * 200_001)
    assert answer.status_code == 409
    assert "กรุณากดบันทึก" in answer.json()["message"]
    assert Draft.objects.get().data["name"] == ["ร่าง"]


@pytest.mark.parametrize("version", ["9" * 20, "-1", "๑", "1.5", ""])
def test_forged_marks_of_a_page_count_as_none(client, officer, version):
    """Wrong if a forged number crashed the page."""
    url = reverse(NEW)
    marks = {"desk_page": "x", "desk_sequence": version, "version": version}
    assert client.post(url, {"desk_draft": "keep", "name": "ก", **marks}).status_code == 200
    assert Draft.objects.get().base_version is None


def test_form_without_drafts_takes_none(client, w, officer):
    """Wrong if a form that did not declare drafts kept them, or acted on their mark."""
    url = reverse("programs:certify", args=[w.organisation.pk])
    assert keep(client, url, note="ก").status_code == 200
    assert not Draft.objects.exists()


def test_after_thirty_days_a_draft_is_forgotten(w, time_machine):
    """Wrong if drafts stayed for ever, or went a day early."""
    now = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    for days, key in ((29, "young"), (31, "old")):
        Draft.objects.create(
            user=w.officer,
            form_key=key,
            page=uuid.uuid4(),
            data={},
            saved_at=now - dt.timedelta(days=days),
        )
    time_machine.move_to(now)
    sweep()
    assert [draft.form_key for draft in Draft.objects.all()] == ["young"]


@pytest.mark.parametrize(
    ("rule", "data"),
    [("desk_draft_once", {}), ("desk_draft_of_bearable_size", {"name": ["ก" * 400_000]})],
)
def test_rules_of_the_table_say_what_to_do(w, rule, data):
    """Wrong if a rule let a bad row in, or was told in the database's words."""
    row = (w.officer.pk, "form" if not data else "other", str(uuid.uuid4()), timezone.now())
    insert = (
        "INSERT INTO desk_draft (user_id, form_key, object_key, page, sequence, saved_at, data) "
        "VALUES (%s, %s, '', %s, 1, %s, %s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(insert, [w.officer.pk, "form", str(uuid.uuid4()), timezone.now(), "{}"])
        with pytest.raises(IntegrityError) as broken, transaction.atomic():
            cursor.execute(insert, [*row, json.dumps(data, ensure_ascii=False)])
    refused = refusal(broken.value)
    assert refused is not None
    assert refused.code == rule


def test_one_query_more_whatever_is_kept(client, w, officer, django_assert_num_queries):
    """Wrong if looking for a draft cost more with each draft that lies there."""
    url = reverse("programs:meeting_new", args=[w.committee.pk])
    client.get(url)
    counts = []
    for number in (1, 3, 30):
        for one in range(number):
            Draft.objects.update_or_create(
                user=w.officer,
                form_key=f"other{one}",
                object_key="",
                defaults={"page": uuid.uuid4(), "saved_at": timezone.now()},
            )
        with django_assert_num_queries(7) as queries:
            client.get(url)
        counts.append(len(queries))
    assert set(counts) == {7}
    assert Project.objects.count() == 0
