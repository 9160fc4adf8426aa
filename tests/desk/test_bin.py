"""Deleting and bringing back: rights, what stands in the way, figures, history, thirty days."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from codi.accounts.models import User
from codi.constraints import refusal
from codi.desk import bin
from codi.desk.models import Binned
from codi.desk.tasks import sweep
from codi.errors import Refused
from codi.figures.figure import FigureScope, all_figures
from codi.history.queries import changes_of
from finance import services as finance
from finance.models import Instalment
from programs import services
from programs.models import Meeting, Organisation, ProgrammeTarget, Project
from tests import world as build

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 21, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def w() -> build.World:
    return build.world()


def binnable(w: build.World, kind: str):
    """A record of a kind that nothing rests on."""
    if kind == "project":
        return build.project(w, "draft", plan=(600_000, 400_000))
    if kind == "organisation":
        facts = {"kind": "community", "region": build.region(), "province": build.province()}
        return Organisation.objects.create(name="กลุ่มออมทรัพย์", **facts)
    if kind == "meeting":
        day = dt.date(2021, 5, 1)
        return Meeting.objects.create(
            committee=w.committee, number=5, fiscal_year=2564, starts_on=day, ends_on=day
        )
    if kind == "instalment":
        return build.project(w, "draft", plan=(600_000, 400_000)).instalments.get(number=2)
    return ProgrammeTarget.objects.create(
        programme=w.programme,
        measure="people",
        target_count=9,
        basis="แผน",
        set_on=dt.date(2021, 1, 1),
    )


KINDS = ("project", "organisation", "meeting", "instalment", "target")


def deleter(w: build.World, kind: str):
    return w.administrator if kind == "target" else w.officer


def delete(w, record, *, actor=None):
    return bin.delete(
        actor=actor or w.officer, record=record, expected_version=record.version, now=NOW
    )


def row_of(record) -> dict:
    return type(record).objects.filter(pk=record.pk).values().get()


@pytest.mark.parametrize("kind", KINDS)
def test_deleted_and_brought_back_it_is_the_same(client, w, kind):
    """Wrong if bringing back lost or changed anything but the version."""
    record = binnable(w, kind)
    model, before = type(record), row_of(record)
    client.force_login(deleter(w, kind))
    address = reverse("desk:delete", args=[model._meta.label_lower, record.pk])
    answer = client.post(address, {"version": record.version}, follow=True)
    binned = Binned.objects.get()
    assert not model.objects.filter(pk=record.pk).exists()
    assert f'action="{reverse("desk:restore", args=[binned.pk])}"' in answer.text
    assert "เลิกทำได้ภายใน 30 วัน" in answer.text
    assert client.get(reverse("desk:bin")).text.count(binned.title) >= 1
    assert client.get(binned.get_absolute_url()).status_code == 200
    client.post(reverse("desk:restore", args=[binned.pk]))
    assert row_of(record) == before | {"version": before["version"] + 1}
    assert not Binned.objects.exists()


def test_a_project_comes_back_with_its_plan(w):
    """Wrong if the parts of a record stayed gone."""
    project = binnable(w, "project")
    lines = list(Instalment.objects.order_by("pk").values())
    binned = delete(w, project)
    assert not Instalment.objects.exists()
    bin.restore(actor=w.officer, binned=binned)
    assert list(Instalment.objects.order_by("pk").values()) == lines


def test_the_trail_tells_the_deletion_and_the_way_back(w):
    """Wrong if deleting or undoing left no trace, or told nobody why."""
    organisation = binnable(w, "organisation")
    bin.restore(actor=w.officer, binned=delete(w, organisation))
    newest, deleted, *_ = changes_of(Organisation, organisation.pk)
    assert (deleted.verb, newest.verb) == ("ลบ", "นำกลับมา")
    assert (newest.actor, newest.reason) == (w.officer.full_name, "เลิกลบ นำกลับจากถังขยะ")


@pytest.mark.parametrize(
    ("kind", "prepare", "told"),
    [
        ("organisation", lambda w, one: build.project(w, "draft"), "โครงการ 1 รายการ"),
        (
            "organisation",
            lambda w, one: services.certify_organisation(
                actor=w.officer,
                organisation=w.organisation,
                meeting=w.meeting,
                certified_on=w.meeting.ends_on,
                is_certified=True,
                today=build.TODAY,
            ),
            "การรับรองสถานภาพองค์กร 1 รายการ",
        ),
        (
            "meeting",
            lambda w, one: services.add_resolution(
                actor=w.officer, meeting=w.meeting, number=1, kind="approved", text="เห็นชอบ"
            ),
            "มติที่ประชุม 1 รายการ",
        ),
        ("meeting", lambda w, one: build.project(w, "endorsed"), "โครงการ 1 รายการ"),
    ],
)
def test_what_something_rests_on_is_not_deleted(client, w, kind, prepare, told):
    """Wrong if a deletion took decisions or projects with it, or did not say what is in the way."""
    record = {"organisation": w.organisation, "meeting": w.meeting}[kind]
    prepare(w, record)
    client.force_login(w.officer)
    record.refresh_from_db()
    address = reverse("desk:delete", args=[record._meta.label_lower, record.pk])
    answer = client.post(address, {"version": record.version}, follow=True)
    assert told in answer.text
    assert type(record).objects.filter(pk=record.pk).exists()
    assert not Binned.objects.exists()


def test_money_is_never_deleted(client, w):
    """Wrong if an instalment with an entry, an entry or an approved project could go."""
    project = build.project(w, plan=(600_000, 400_000))
    line = project.instalments.get(number=1)
    entry = build.pay(w, line, 1_000)
    with pytest.raises(Refused, match="ลบไม่ได้"):
        delete(w, line)
    project.refresh_from_db()
    with pytest.raises(Refused, match="ทำได้เมื่ออยู่ในสถานะ “ร่าง”"):
        delete(w, project)
    client.force_login(w.finance)
    for label, pk in (("finance.ledgerentry", entry.pk), ("accounts.user", w.officer.pk)):
        assert client.post(reverse("desk:delete", args=[label, pk])).status_code == 404
    assert not Binned.objects.exists()


@pytest.mark.parametrize("step", ["submitted", "endorsed", "approved", "closed"])
def test_only_a_draft_is_deleted(w, step):
    """Wrong if a project that somebody decided on could go without a reason."""
    with pytest.raises(Refused, match="ทำได้เมื่ออยู่ในสถานะ “ร่าง”"):
        delete(w, build.project(w, step))


def test_a_change_meanwhile_stops_the_deletion(client, w):
    """Wrong if a person deleted what they had not seen."""
    project = build.project(w, "draft")
    services.update_project(actor=w.manager, project=project, expected_version=1, title="ชื่อใหม่")
    client.force_login(w.officer)
    address = reverse("desk:delete", args=["programs.project", project.pk])
    for seen in ({"version": "1"}, {}, {"version": "๑"}):
        assert "มีผู้อื่นแก้ไขรายการนี้" in client.post(address, seen, follow=True).text
    assert Project.objects.filter(pk=project.pk).exists()


def test_a_name_given_again_stands_in_the_way(w):
    """Wrong if a name stayed blocked by the bin, or two of one name could stand side by side."""
    organisation = binnable(w, "organisation")
    binned = delete(w, organisation)
    binnable(w, "organisation")
    with pytest.raises(Refused, match="ยังเลิกลบไม่ได้: มีองค์กรชื่อนี้ในพื้นที่เดียวกันแล้ว"):
        bin.restore(actor=w.officer, binned=binned)
    assert Binned.objects.count() == 1
    assert Organisation.objects.filter(name="กลุ่มออมทรัพย์").count() == 1


def test_a_number_in_the_bin_is_not_given_out_again(w):
    """Wrong if a new draft or line took the code or number of a deleted one, which then stayed gone.

    The control: without the bin the same number is given once more.
    """
    build.project(w, "draft")
    gone = build.project(w, "draft", plan=(600_000, 300_000))
    line = gone.instalments.get(number=2)
    binned_line = delete(w, line)
    facts = {"actor": w.officer, "project": gone, "planned_baht": Decimal(100_000)}
    assert finance.add_instalment(**facts).number == 3
    bin.restore(actor=w.officer, binned=binned_line)
    assert sorted(gone.instalments.values_list("number", flat=True)) == [1, 2, 3]
    gone.refresh_from_db()
    binned = delete(w, gone)
    assert gone.code == "NL2564-0002"
    assert services.next_project_code(w.programme) == "NL2564-0003"
    bin.restore(actor=w.officer, binned=binned)
    assert build.project(w, "draft").code == "NL2564-0003"
    Project.objects.get(code="NL2564-0003").delete()
    assert services.next_project_code(w.programme) == "NL2564-0003"


def test_a_plan_that_grew_meanwhile_stands_in_the_way(w):
    """Wrong if undoing could push a plan above the money: 600,000 + 400,000 of 1,000,000."""
    line = binnable(w, "instalment")
    project = line.project
    binned = delete(w, line)
    project.instalments.update(planned_baht=Decimal(700_000))
    with pytest.raises(Refused, match="ผลรวมของทุกงวดเกินงบ"):
        bin.restore(actor=w.officer, binned=binned)


def test_what_lay_below_something_deleted_waits_for_it(client, w):
    """Wrong if a line could come back to a project that is gone."""
    line = binnable(w, "instalment")
    project = line.project
    binned = delete(w, line)
    whole = delete(w, project)
    client.force_login(w.officer)
    assert "ให้เลิกลบรายการหลักก่อน" in client.get(binned.get_absolute_url()).text
    with pytest.raises(Refused, match="โครงการที่อ้างถึงถูกลบไปแล้ว"):
        bin.restore(actor=w.officer, binned=binned)
    bin.restore(actor=w.officer, binned=whole)
    bin.restore(actor=w.officer, binned=binned)
    assert project.instalments.count() == 2


def test_lines_taken_out_of_a_plan_are_offered_back(client, w):
    """Wrong if the page of the plan deleted for good."""
    project = binnable(w, "project")
    client.force_login(w.officer)
    form = {
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "0",
        "versions": "1:1,2:1",
        "form-0-number": "1",
        "form-0-planned_baht": "600000",
        "form-1-number": "2",
        "form-1-planned_baht": "400000",
        "form-1-DELETE": "on",
    }
    answer = client.post(reverse("finance:plan", args=[project.pk]), form, follow=True)
    binned = Binned.objects.get()
    assert reverse("desk:restore", args=[binned.pk]) in answer.text
    client.post(reverse("desk:restore", args=[binned.pk]))
    assert project.instalments.count() == 2


def figures(w: build.World, stranger: User) -> dict[str, object]:
    """Every cell of every figure of the programme, and what each person's lists count."""
    scope, day = FigureScope(programme=w.programme.code), dt.date(2021, 8, 13)
    cells = {figure.key: figure.compute(scope, day).to_dict() for figure in all_figures()}
    people = (w.officer, w.finance, w.analyst, stranger)
    models = (Project, Organisation, Meeting, Instalment, ProgrammeTarget)
    counts = [model.objects.visible_to(one).count() for model in models for one in people]
    return {"cells": cells, "counts": counts}


def test_figures_are_the_same_binned_or_gone(w):
    """Wrong if any list or figure still counted what lies in the bin."""
    build.pay(w, build.project(w, plan=(600_000,)).instalments.get(), 1_000)
    stranger = build.user(region=build.region("S", "ภาคใต้", 5))
    never = figures(w, stranger)
    records = [binnable(w, kind) for kind in KINDS if kind != "instalment"]
    assert figures(w, stranger) != never
    for record, kind in zip(records, KINDS[:3] + KINDS[4:], strict=True):
        delete(w, record, actor=deleter(w, kind))
    assert figures(w, stranger) == never
    Binned.objects.all().delete()
    assert figures(w, stranger) == never


def test_the_bin_is_as_hidden_as_the_record(client, w):
    """Wrong if somebody saw or undid a deletion of another region, or without the right."""
    binned = delete(w, binnable(w, "project"))
    restore = reverse("desk:restore", args=[binned.pk])
    client.force_login(build.user(region=build.region("S", "ภาคใต้", 5)))
    assert binned.title not in client.get(reverse("desk:bin")).text
    assert client.get(binned.get_absolute_url()).status_code == 404
    assert client.post(restore).status_code == 404
    client.force_login(w.analyst)
    assert binned.title in client.get(reverse("desk:bin")).text
    assert client.post(restore).status_code == 403
    assert Binned.objects.count() == 1


def test_after_thirty_days_only_the_trail_is_left(w, time_machine):
    """Wrong if the bin kept things for ever, emptied itself early, or the trail named nobody."""
    project = binnable(w, "project")
    binned = delete(w, project)
    time_machine.move_to(NOW + dt.timedelta(days=29, hours=23))
    sweep()
    assert Binned.objects.count() == 1
    time_machine.move_to(NOW + dt.timedelta(days=30, hours=1))
    sweep()
    assert not Binned.objects.exists()
    assert changes_of(Project, project.pk)[0].verb == "ลบ"
    gone = binned.events.model.objects.filter(pgh_obj_id=binned.pk).latest("pgh_id")
    assert gone.pgh_label == "delete"
    assert gone.pgh_context["actor_id"] == User.objects.get(username="system").pk
    assert (gone.pgh_context["actor"], gone.pgh_context["door"]) == ("ระบบ", "job")


def test_control_without_the_bin_it_is_gone(w):
    """The danger is real: a plain deletion leaves nothing to bring back."""
    organisation = binnable(w, "organisation")
    organisation.delete()
    assert not Binned.objects.exists()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_list_costs_the_same(client, w, django_assert_num_queries, count):
    """Wrong if each deleted record cost a query."""
    for number in range(count):
        Binned.objects.create(
            model="programs.project",
            object_id=number,
            kind="โครงการ",
            title=f"โครงการที่ {number}",
            region=build.region(),
            content=[],
            deleted_by=w.officer,
            deleted_at=NOW,
            kept_until=NOW + dt.timedelta(days=30),
        )
    client.force_login(w.manager)
    client.get(reverse("desk:bin"))
    with django_assert_num_queries(6):
        client.get(reverse("desk:bin"))


@pytest.mark.parametrize(
    ("rule", "days"), [("desk_binned_once", 30), ("desk_binned_kept_a_while", 0)]
)
def test_rules_of_the_bin_say_what_to_do(w, rule, days):
    """Wrong if a rule let a bad row in, or was told in the database's words."""
    values = {
        "model": "programs.project",
        "object_id": 1,
        "kind": "โครงการ",
        "title": "ก",
        "content": [],
        "deleted_by": w.officer,
        "deleted_at": NOW,
    }
    if days:
        Binned.objects.create(**values, kept_until=NOW + dt.timedelta(days=1))
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        Binned.objects.create(**values, kept_until=NOW + dt.timedelta(days=days))
    refused = refusal(broken.value)
    assert refused is not None
    assert refused.code == rule


def test_what_stands_in_the_way_out_of_sight_goes_unnamed(w):
    """Wrong if a deletion that is refused told the titles of another region's projects."""
    organisation = binnable(w, "organisation")
    there = build.province("40", "ขอนแก่น", "NE")
    kept = build.project(w, "draft", title="โครงการภาคอื่น")
    Project.objects.filter(pk=kept.pk).update(
        region=there.region, province=there, organisation=organisation
    )
    with pytest.raises(Refused) as caught:
        delete(w, organisation)
    assert "โครงการ 1 รายการ (นอกขอบเขตที่ท่านดูได้)" in caught.value.message
    assert "โครงการภาคอื่น" not in caught.value.message
