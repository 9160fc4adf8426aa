"""After a restore nothing of the past wakes up: tokens, sessions, mails, jobs; and what is to be checked."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.core import mail as outgoing
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from codi.api.models import Reach
from codi.api.services import create_token
from codi.backup.settling import CODE, MAIL_REASON, people_before, settle, to_check
from codi.jobs import services as jobs
from codi.jobs.models import Job, State
from codi.jobs.runner import run
from codi.notices import posting
from codi.notices.declared import AT_ONCE, DAILY
from codi.notices.models import Mail, MailState, Notice
from codi.notices.services import tell
from programs.notices import APPROVED, SENT_BACK
from reports.services.rendering_jobs import RENDER
from tests import world as build

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> build.World:
    made = build.world()
    made.officer.email = "somsri@example.org"
    made.officer.save()
    return made


def token_of(w: build.World) -> dict[str, str]:
    """The head of a request with a living token of the officer."""
    now = timezone.now()
    today = timezone.localdate(now)
    _, raw = create_token(
        actor=w.officer, name="งาน", reach=Reach.READ, now=now, today=today,
        expires_on=today + dt.timedelta(days=30),
    )  # fmt: skip
    return {"Authorization": f"Bearer {raw}"}


def test_tokens_and_sessions_of_the_past_open_no_door(w):
    """Wrong if a token that was ended after the backup, or an old session, worked again."""
    head, client = token_of(w), Client()
    client.force_login(w.officer)
    assert Client().get("/api/v1/projects/", headers=head).status_code == 200  # the control
    assert client.get("/projects/").status_code == 200
    done = settle(now=timezone.now())
    assert (done.token_count, done.session_count) == (1, 1)
    assert Client().get("/api/v1/projects/", headers=head).status_code == 401
    assert client.get("/projects/").status_code == 302
    assert not Session.objects.exists()
    assert settle(now=timezone.now()).token_count == 0


def test_mails_of_the_past_wait_for_an_administrator(w):
    """Wrong if people got a mail a second time, or a mail that never left was lost unseen."""
    project, now = build.project(w, "draft"), timezone.now()
    for number, mode in enumerate(("gathered", AT_ONCE, DAILY)):
        kind = APPROVED if mode == DAILY else SENT_BACK
        tell(kind, about=project, title=f"เรื่องที่ {number}", key=str(number), to=[w.officer])
        if mode == "gathered":
            posting.gather(AT_ONCE, now=now)
        if mode == DAILY:
            Notice.objects.filter(kind=APPROVED.key).update(mail_mode=DAILY)
    assert settle(now=now).mail_count == 3
    posting.gather(AT_ONCE, now=now)
    posting.gather(DAILY, now=now)
    assert posting.post_waiting(now=now) == posting.Posted()
    assert outgoing.outbox == []
    client = Client()
    client.force_login(w.administrator)
    assert client.get(reverse("notices:mails")).text.count(MAIL_REASON) == 3
    client.post(reverse("notices:mails_again"))
    assert posting.post_waiting(now=timezone.now()).sent == 3
    assert Mail.objects.filter(state=MailState.SENT).count() == 3


def test_jobs_of_the_past_are_not_done_again_by_themselves(w):
    """Wrong if work that was done since were done twice, its person not told, or mailed about it."""
    waiting = jobs.request(RENDER, key="a", payload={"edition": 1}, requested_by=w.officer)
    running = jobs.request(RENDER, key="b", payload={"edition": 1}, requested_by=w.officer)
    jobs.claim(running.pk, worker="gone")
    stopped = jobs.request(RENDER, key="c", payload={"edition": 1}, requested_by=w.officer)
    jobs.claim(stopped.pk, worker="gone")
    jobs.cancel(stopped, actor=w.officer)
    assert settle(now=timezone.now()).job_count == 3
    assert set(Job.objects.values_list("key", "state", "failure_code")) == {
        ("a", State.FAILED, CODE), ("b", State.FAILED, CODE), ("c", State.CANCELLED, ""),
    }  # fmt: skip
    run(waiting.pk, worker="new")
    waiting.refresh_from_db()
    assert waiting.state == State.FAILED
    client = Client()
    client.force_login(w.officer)
    assert "ตรวจก่อนว่ามีผลของงานแล้วหรือยัง" in client.get(f"/jobs/{waiting.pk}/").text
    assert Notice.objects.filter(recipient=w.officer, kind="job-failed").count() == 2
    assert posting.post_waiting(now=timezone.now()) == posting.Posted()
    assert jobs.retry(waiting, actor=w.officer).state == State.QUEUED


def test_the_operator_learns_who_can_log_in_again(w):
    """Wrong if a person who was disabled since the backup got in and nobody was told."""
    w.officer.is_active = False
    w.officer.save()
    w.manager.set_password("รหัสผ่าน-ใหม่-กว่า-1")
    w.manager.save()
    before = people_before()
    w.officer.is_active = True
    w.officer.save()
    w.manager.set_password("รหัสผ่าน-เก่า-กว่า-1")
    w.manager.save()
    lines = to_check(before, moment="วันก่อน")
    (revived,) = [line for line in lines if "ให้ระงับใหม่" in line]
    (former,) = [line for line in lines if "ให้ตั้งรหัสผ่านใหม่" in line]
    assert revived.endswith(f": {w.officer.username}")
    assert former.endswith(f": {w.manager.username}")


def test_after_a_recovery_to_a_moment_the_same_is_done(w, capsys):
    """Wrong if the other way back (PITR) left tokens alive, or did not say what to check."""
    token_of(w)
    call_command("after_restore")
    told = capsys.readouterr().out
    assert "ยกเลิกโทเคน API 1 รายการ" in told
    assert "ผู้ที่ถูกระงับบัญชี" in told
