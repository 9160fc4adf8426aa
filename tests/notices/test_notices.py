"""Who is told of what, who may still read it, and what it costs a page."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from codi.accounts.models import Role, ScopeLevel, User
from codi.imports import services as imports
from codi.jobs import services as jobs
from codi.jobs.models import State
from codi.notices.declared import KINDS
from codi.notices.models import Notice
from codi.notices.services import choose, mark_all_read, tell
from finance.notices import tell_what_became_late
from programs import services as programs
from programs.models import Project
from programs.notices import SENT_BACK
from reports import services as reports
from reports.services.rendering_jobs import RENDER
from reports.subjects import Subject
from tests import north
from tests import world as build
from tests.security.country_work import sheet

pytestmark = pytest.mark.django_db
TODAY = build.TODAY


@pytest.fixture
def w() -> build.World:
    return build.world()


def told(person: User, kind: str = "") -> list[str]:
    """The kinds (or, of one kind, the titles) that a person can read, in order."""
    rows = Notice.objects.visible_to(person).order_by("pk")
    if kind:
        return list(rows.filter(kind=kind).values_list("title", flat=True))
    return list(rows.values_list("kind", flat=True))


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_makers_and_those_it_waits_for_are_told_of_each_step(w):
    """Wrong if a step of a project reached nobody, its own actor, or somebody without the right."""
    project = build.project(w, "endorsed")
    assert told(w.manager) == ["project-waiting"]  # endorsed it herself: not told of that again
    assert told(w.finance) == ["project-waiting"]
    assert told(w.officer) == told(w.analyst) == []
    project = programs.send_back_project(
        actor=w.finance, project=project, reason="งบไม่ชัด", today=TODAY
    )
    assert told(w.officer) == ["project-sent-back"]
    assert told(w.officer, "project-sent-back") == [f"ส่งกลับให้แก้ไข: {project}"]
    project = programs.submit_project(actor=w.officer, project=project, today=TODAY)
    project = programs.endorse_project(
        actor=w.manager, project=project, meeting=w.meeting, today=TODAY
    )
    programs.approve_project(
        actor=w.finance,
        project=project,
        approved_baht=Decimal(1),
        approved_on=dt.date(2021, 2, 4),
        today=TODAY,
    )
    assert told(w.officer) == ["project-sent-back", "project-approved"]
    assert told(w.manager) == ["project-waiting", "project-waiting"]
    assert told(w.finance) == ["project-waiting", "project-waiting"]


def test_editions_and_files_tell_their_people(w):
    """Wrong if a report or a file waited, came back or was written without anybody hearing of it."""
    rows = [{**row, "code": ""} for row in north.rows()[:1]]
    file = {"kind": "projects", "file_name": "ไฟล์.csv", "actor": w.officer, "today": TODAY}
    batches = [imports.upload_file(content=sheet(*rows), **file) for _ in range(2)]
    for batch in batches:
        imports.send_for_confirmation(batch=batch, actor=w.officer)
    imports.refuse(batch=batches[0], actor=w.finance, reason="ผิดภาค")
    imports.confirm(batch=batches[1], actor=w.finance, today=TODAY)
    assert told(w.officer) == ["import-refused", "import-done"]
    assert told(w.finance) == ["import-waiting"] * 2
    assert told(w.manager) == told(w.analyst) == []


def test_a_job_that_ends_tells_who_asked_for_it(w):
    """Wrong if done and failed were silent, or a run that was told twice stood twice."""
    job = jobs.request(RENDER, key="a", payload={}, requested_by=w.officer, title="รายงาน")
    claimed = jobs.claim(job.pk, worker="w")
    assert claimed
    jobs.fail(claimed, message="ไฟล์เสีย", code="x")
    jobs.fail(claimed, message="ไฟล์เสีย", code="x")
    jobs.retry(job, actor=w.officer)
    again = jobs.claim(job.pk, worker="w")
    assert again
    jobs.finish(again, result=None)
    cancelled = jobs.request(RENDER, key="b", payload={}, requested_by=w.officer)
    jobs.cancel(cancelled, actor=w.officer)
    assert told(w.officer) == ["job-failed", "job-done"]
    assert told(w.officer, "job-done") == ["เสร็จแล้ว: รายงาน"]
    assert cancelled.state == State.QUEUED


def test_an_act_that_is_undone_tells_nobody(w):
    """Wrong if a notice outlived the act it speaks of."""
    project = build.project(w, "endorsed")

    def send_back_and_break() -> None:
        with transaction.atomic():
            programs.send_back_project(actor=w.finance, project=project, reason="ก", today=TODAY)
            assert told(w.officer) == ["project-sent-back"]
            raise InterruptedError

    with pytest.raises(InterruptedError):
        send_back_and_break()
    assert told(w.officer) == []


def test_what_became_late_is_told_once_to_those_in_charge(w):
    """Wrong if lateness was silent, told every morning anew, or told of what was late long ago."""
    fresh = build.project(w, "approved", title="โครงการใหม่", plan=(1000,), baht=1000)
    province = build.user(
        Role.REGIONAL_OFFICER,
        scope_level=ScopeLevel.PROVINCE,
        region=build.region(),
        province=build.province("51", "ลำพูน"),
    )
    # Approved on 4 February 2021: due by 4 August; the instalment was planned for 1 March.
    tell_what_became_late(dt.date(2021, 8, 4))
    assert told(w.officer, "project-late") == []
    for day in (5, 5, 6):
        tell_what_became_late(dt.date(2021, 8, day))
    for person in (w.officer, w.manager, w.finance):
        assert told(person, "project-late") == [f"เบิกจ่ายล่าช้าเกิน 6 เดือน: {fresh}"], person.role
    assert told(w.analyst) == told(province) == []
    tell_what_became_late(dt.date(2021, 3, 2))
    tell_what_became_late(dt.date(2021, 3, 31))
    assert told(w.finance, "instalment-overdue") == [f"เลยกำหนดจ่ายงวดที่ 1: {fresh}"]
    Notice.objects.all().delete()
    tell_what_became_late(dt.date(2022, 3, 1))
    assert Notice.objects.count() == 0


def test_scope_and_role_are_asked_when_a_notice_is_read(w):
    """Wrong if somebody who moved to another region or role still read what was told before."""
    project = build.project(w, "endorsed")
    programs.send_back_project(actor=w.finance, project=project, reason="ก", today=TODAY)
    notice = Notice.objects.get(recipient=w.officer)
    address = reverse("notices:open", args=[notice.pk])
    client = client_of(w.officer)
    assert client.get(address).url == reverse("finance:project", args=[project.pk])
    User.objects.filter(pk=w.officer.pk).update(region=build.region("S", "ภาคใต้", 5))
    assert client.get(address).status_code == client.post(address).status_code == 404
    assert notice.title not in client.get(reverse("notices:list")).text
    assert 'class="bell__count"' not in client.get("/").text
    assert told(w.finance) == ["project-waiting"]
    User.objects.filter(pk=w.finance.pk).update(role=Role.ANALYST)
    assert told(User.objects.get(pk=w.finance.pk)) == []


def test_following_a_link_of_a_mail_writes_nothing_and_a_press_notes_it(w):
    """Wrong if a mail program that opens links marked a notice as read, or pressing it did not."""
    project = build.project(w, "submitted")
    notice = Notice.objects.get(recipient=w.manager)
    client, address = client_of(w.manager), reverse("notices:open", args=[notice.pk])
    assert client.get(address).status_code == 302
    assert Notice.objects.unread().filter(pk=notice.pk).exists()
    assert client.post(address).url == reverse("finance:project", args=[project.pk])
    assert not Notice.objects.unread().filter(pk=notice.pk).exists()


def test_marking_all_as_read_leaves_what_came_since(w):
    """Wrong if a notice that arrived after the page was shown was marked as read unseen."""
    build.project(w, "submitted", title="หนึ่ง")
    seen = Notice.objects.get(recipient=w.manager)
    page = client_of(w.manager).get(reverse("notices:list"))
    assert page.context["up_to"] == seen.pk
    build.project(w, "submitted", title="สอง")
    answer = client_of(w.manager).post(reverse("notices:read"), {"up_to": seen.pk}, follow=True)
    assert "อ่านแล้ว 1 เรื่อง" in answer.text
    unread = Notice.objects.visible_to(w.manager).unread()
    assert [notice.title.endswith("สอง") for notice in unread] == [True]
    assert mark_all_read(actor=w.officer, up_to=10**9) == 0


@pytest.mark.parametrize("count", [1, 3, 120])
def test_list_and_bell_ask_the_same_however_many_notices(w, count, django_assert_num_queries):
    """Wrong if a notice, or a kind of notices, cost a page a query.

    Session (4), user, what is kept of the list; count, rows, the newest unread; bell
    (which kinds are unread, how many are in sight).
    """
    project = build.project(w, "draft")
    for number in range(count):
        tell(SENT_BACK, about=project, title=f"เรื่องที่ {number}", key=str(number), to=[w.officer])
    client = client_of(w.officer)
    with django_assert_num_queries(11):
        page = client.get(reverse("notices:list")).text
    assert page.count('class="news__title"') == min(count, 25)
    shown = "99+" if count > 99 else str(count)
    assert f'<span class="bell__count">{shown}</span>' in page
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("accounts:profile"))
    assert len([q for q in asked if "notices_notice" in q["sql"]]) == 2


def test_the_bell_of_whoever_has_read_everything_asks_one_short_question(w):
    """Wrong if each page of people without news asked what of thirty kinds is still in sight."""
    client = client_of(w.officer)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("accounts:profile"))
    (question,) = [q["sql"] for q in asked if "notices_notice" in q["sql"]]
    assert "EXISTS" not in question


def test_a_part_of_a_page_does_not_ring(w):
    """Wrong if every piece that htmx asks for counted the notices again."""
    client = client_of(w.officer)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("finance:projects"), headers={"HX-Target": "results"})
    assert [q for q in asked if "notices_notice" in q["sql"]] == []


def test_settings_offer_the_kinds_of_the_role_and_keep_the_choice(w):
    """Wrong if a switch was missing, another role's was taken, or the choice was lost."""
    client = client_of(w.officer)
    page = client.get(reverse("notices:settings"))
    offered = set(page.context["form"].fields)
    assert offered == {kind.key for kind in KINDS.values() if kind.is_for(Role.REGIONAL_OFFICER)}
    assert "project-waiting" not in offered
    data = dict.fromkeys(offered, "never")
    assert client.post(reverse("notices:settings"), data).status_code == 302
    again = client.get(reverse("notices:settings")).context["form"]
    assert {again[name].value() for name in offered} == {"never"}
    wrong = client.post(reverse("notices:settings"), data | {"job-done": "hourly"})
    assert "เลือกจากรายการ" in wrong.text
    choose(actor=w.officer, frequencies={"project-waiting": "never"})
    assert w.officer.notice_settings.filter(kind="project-waiting").count() == 0


def test_every_kind_leads_to_a_page_and_a_visible_model():
    """Wrong if a declared kind named a model without scope or an address that is not there."""
    assert len(KINDS) >= 12
    for kind in KINDS.values():
        assert hasattr(kind.model._default_manager, "visible_to"), kind.key
        assert kind.url(1).endswith("/1/")


@time_machine.travel(dt.datetime(2021, 8, 13, 2, 0, tzinfo=dt.UTC), tick=False)
def test_an_edition_tells_its_people(w):
    """Wrong if a report waited for approval, came back or was approved and nobody heard of it."""
    edition = reports.create_edition(
        actor=w.officer,
        outline_key="regional-status",
        subject=Subject(w.programme, build.region()),
        as_of_dates=[dt.date(2021, 5, 31)],
        request_key=uuid.uuid4(),
        now=dt.datetime(2021, 8, 13, 2, 0, tzinfo=dt.UTC),
        today=TODAY,
    )
    now = dt.datetime(2021, 8, 13, 2, 0, tzinfo=dt.UTC)
    edition = reports.submit(actor=w.officer, edition=edition, now=now)
    assert told(w.manager) == told(w.executive) == ["edition-waiting"]
    edition = reports.send_back(actor=w.manager, edition=edition, reason="แก้", now=now)
    edition = reports.submit(actor=w.officer, edition=edition, now=now)
    reports.approve(actor=w.executive, edition=edition, now=now)
    assert told(w.officer) == ["edition-sent-back", "edition-approved"]
    assert Project.objects.count() == 0
