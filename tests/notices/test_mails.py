"""Mails of notices: gathered, sent once, tried three times, and nothing in them but title and link."""

from __future__ import annotations

import datetime as dt
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail as outgoing
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from codi.accounts.models import Role, ScopeLevel, User
from codi.notices import posting, tasks
from codi.notices.declared import AT_ONCE, DAILY, NEVER
from codi.notices.home_cards import failed_mails
from codi.notices.models import Mail, MailState, Notice, NoticeSetting
from codi.notices.services import choose, tell
from programs.notices import APPROVED, SENT_BACK, WAITING
from tests import world as build

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
pytestmark = pytest.mark.django_db


class Server(socketserver.ThreadingTCPServer):
    """A mail server of our own on the loopback: keeps what it takes, or refuses."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.taken: list[EmailMessage] = []
        self.refuses = False


class Session(socketserver.StreamRequestHandler):
    """As much of SMTP as a sender needs."""

    server: Server

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"RCPT" and self.server.refuses:
                self.say("451 mailbox of somsri@example.org is busy")
            elif word == b"DATA":
                self.say("354 go on")
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line)
                text = message_from_bytes(b"".join(lines), policy=policy.default)
                self.server.taken.append(text)
                self.say("250 taken")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 yes")


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """A real server, and our settings leading to it."""
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.server_address[1]
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def w() -> build.World:
    made = build.world()
    made.officer.email = "somsri@example.org"
    made.officer.save()
    return made


def news(w: build.World, title: str = "ส่งกลับให้แก้ไข: โครงการ ก", kind: Any = SENT_BACK) -> Any:
    """The officer is told of a project; returns it."""
    project = build.project(w, "draft")
    tell(kind, about=project, title=title, key=str(project.pk), to=[w.officer])
    return project


def post(now: dt.datetime = NOW, mode: str = AT_ONCE) -> posting.Posted:
    """What the worker does each minute."""
    posting.gather(mode, now=now)
    return posting.post_waiting(now=now)


def test_a_mail_says_title_and_link_in_thai_plain_and_html(w, server, settings):
    """Wrong if a mail could not be read, led nowhere, or told a name, an amount or a reason."""
    settings.SITE_URL = "https://codi.example"
    news(w)
    assert post() == posting.Posted(sent=1)
    (sent,) = server.taken
    notice = Notice.objects.get()
    assert sent["Subject"].strip() == "[พอช.] โครงการถูกส่งกลับ"
    assert sent["To"] == "somsri@example.org"
    assert sent["Message-ID"] == f"<mail-{notice.mail_id}@codi.example>"
    for kind in ("plain", "html"):
        part = sent.get_body((kind,))
        assert part is not None
        text = part.get_content()
        assert "ส่งกลับให้แก้ไข: โครงการ ก" in text
        assert f"https://codi.example/notices/{notice.pk}/" in text
        assert "https://codi.example/notices/settings/" in text
        for private in (w.officer.full_name, w.officer.username, "บาท", "1,000,000"):
            assert private not in text


def test_markup_in_a_title_stays_text_and_a_line_break_forges_no_header(w, server):
    """Wrong if a title could put markup into a mail or a header before it."""
    news(w, "<script>x</script>\r\nBcc: all@example.org")
    post()
    (sent,) = server.taken
    assert sent["Bcc"] is None
    html = sent.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "&lt;script&gt;" in html.get_content()


def test_a_day_of_notices_is_one_mail(w, server):
    """Wrong if a digest came as many mails, or held what was read meanwhile."""
    for number in range(4):
        news(w, f"เรื่องที่ {number}", kind=APPROVED)
    choose(actor=w.officer, frequencies={"project-approved": DAILY})
    Notice.objects.update(mail_mode=DAILY)
    read = Notice.objects.order_by("pk")[0]
    Notice.objects.filter(pk=read.pk).update(read_at=NOW)
    assert post() == posting.Posted()
    assert post(mode=DAILY) == posting.Posted(sent=1)
    (sent,) = server.taken
    assert sent["Subject"].strip() == "[พอช.] มีเรื่องแจ้งท่าน 3 เรื่อง"
    body = sent.get_body(("plain",))
    assert body is not None
    assert [f"เรื่องที่ {number}" in body.get_content() for number in range(4)] == [
        False, True, True, True,
    ]  # fmt: skip
    assert post(mode=DAILY) == posting.Posted()


def many(w: build.World, people: int, each: int, first: int = 0) -> list[User]:
    """That many people, each of whom waits for that many lines of the digest."""
    project = build.project(w, "draft")
    made = [
        build.user(
            Role.ANALYST, scope_level=ScopeLevel.NATION, email=f"p{first}{number}@example.org"
        )
        for number in range(people)
    ]
    Notice.objects.bulk_create(
        Notice(
            recipient=person, kind=APPROVED.key, subject_id=project.pk, title="อนุมัติแล้ว",
            key=f"{first}{number}", created_at=NOW, mail_mode=DAILY,
        )
        for person in made
        for number in range(each)
    )  # fmt: skip
    return made


def test_a_day_of_the_whole_country_is_gathered_in_pieces(w, monkeypatch):
    """Wrong if only so many notices left in a day, or somebody's digest came in pieces."""
    monkeypatch.setattr(posting, "PEOPLE_AT_ONCE_COUNT", 2)
    many(w, people=5, each=250)
    (reader,) = many(w, people=1, each=posting.NOTICES_AT_ONCE_COUNT + 1, first=9)
    assert posting.gather(DAILY, now=NOW) == 6
    assert not Notice.objects.awaiting(DAILY).exists()
    assert posting.post_waiting(now=NOW) == posting.Posted(sent=6)
    assert len({message.to[0] for message in outgoing.outbox}) == 6
    long = next(message for message in outgoing.outbox if message.to == [reader.email])
    assert "1001 เรื่อง" in long.subject
    assert long.body.count(f"{APPROVED.title}") == posting.SHOWN_COUNT


def test_a_crash_in_the_middle_of_the_morning_sends_nobody_twice(w, monkeypatch):
    """Wrong if the morning, run again after a crash, lost somebody's digest or sent a second one."""
    many(w, people=5, each=2)
    whole = posting._still_wanted
    asked = []

    def crash(person: User, keys: list[int]) -> list[int]:
        asked.append(person)
        if len(asked) == 3:
            raise MemoryError
        return whole(person, keys)

    with monkeypatch.context() as patched:
        patched.setattr(posting, "_still_wanted", crash)
        with pytest.raises(MemoryError):
            posting.gather(DAILY, now=NOW)
    assert posting.post_waiting(now=NOW).sent == 2
    done = Notice.objects.filter(recipient=asked[0]).latest("pk")
    Notice.objects.create(  # told between the crash and the second run
        recipient=asked[0], kind=done.kind, subject_id=done.subject_id, title="ใหม่", key="new",
        created_at=NOW, mail_mode=DAILY,
    )  # fmt: skip
    assert posting.gather(DAILY, now=NOW + 5 * MINUTE) == 3
    assert posting.post_waiting(now=NOW + 5 * MINUTE).sent == 3
    sent = [message.to[0] for message in outgoing.outbox]
    assert len(sent) == len(set(sent)) == 5
    tomorrow = NOW + dt.timedelta(days=1)
    assert posting.gather(DAILY, now=tomorrow) == 1
    assert posting.post_waiting(now=tomorrow).sent == 1


def test_a_digest_that_did_not_leave_yet_takes_what_comes(w):
    """Wrong if the second run of a morning made a second digest beside one that still waits."""
    (person,) = many(w, people=1, each=2)
    assert posting.gather(DAILY, now=NOW) == 1
    late = Notice.objects.latest("pk")
    late.pk, late.key, late.mail = None, "late", None
    late.save(force_insert=True)
    assert posting.gather(DAILY, now=NOW + MINUTE) == 0
    assert Mail.objects.get(recipient=person).notices.count() == 3


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"email": ""},
        {"region": "S"},
        {"frequency": NEVER},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_a_person_may_or_will_no_longer_read_is_not_mailed(w, server, change):
    """Wrong if a mail went to somebody disabled, moved away, or who had switched it off since."""
    news(w)
    if "frequency" in change:
        choose(actor=w.officer, frequencies={"project-sent-back": NEVER})
    elif "region" in change:
        User.objects.filter(pk=w.officer.pk).update(region=build.region("S", "ภาคใต้", 5))
    else:
        User.objects.filter(pk=w.officer.pk).update(**change)
    assert post() == posting.Posted()
    assert server.taken == []
    assert Notice.objects.filter(mail_mode="").count() == 1


def test_sight_is_asked_again_when_a_mail_has_rested(w, server):
    """Wrong if a mail that waited for the server told what its reader no longer sees."""
    news(w)
    server.refuses = True
    post()
    server.refuses = False
    User.objects.filter(pk=w.officer.pk).update(region=build.region("S", "ภาคใต้", 5))
    assert post(NOW + 6 * MINUTE).sent == 0
    assert (server.taken, Mail.objects.count()) == ([], 0)


def test_a_server_that_refuses_is_tried_three_times_and_told_to_the_administrator(w, server):
    """Wrong if a mail was tried for ever, lost in silence, or its failure told an address."""
    news(w)
    server.refuses = True
    assert post() == posting.Posted(put_off=1)
    assert post(NOW + MINUTE) == posting.Posted()  # it rests for five minutes, then for an hour
    assert post(NOW + 6 * MINUTE) == posting.Posted(put_off=1)
    assert post(NOW + 70 * MINUTE) == posting.Posted(failed=1)
    assert post(NOW + 700 * MINUTE) == posting.Posted()
    mail = Mail.objects.get()
    assert (mail.state, mail.attempt_count) == (MailState.FAILED, 3)
    assert mail.failure == "SMTPRecipientsRefused"
    card = failed_mails(w.administrator, today=NOW.date())
    assert card
    assert card.count == 1
    client = Client()
    client.force_login(w.administrator)
    page = client.get(reverse("notices:mails")).text
    assert "SMTPRecipientsRefused" in page
    assert "somsri@example.org" not in page
    server.refuses = False
    assert "1 ฉบับ" in client.post(reverse("notices:mails_again"), follow=True).text
    assert post(timezone.now()) == posting.Posted(sent=1)
    assert "ไม่มีอีเมล" in client.post(reverse("notices:mails_again"), follow=True).text


def test_a_server_that_is_down_loses_nothing(w, server, settings):
    """Wrong if a closed port were a fault of the worker, or the mail was lost."""
    news(w)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert post() == posting.Posted(put_off=1)
    assert Mail.objects.get().failure == "ConnectionRefusedError"
    settings.EMAIL_PORT = port
    assert post(NOW + 6 * MINUTE) == posting.Posted(sent=1)


def test_what_a_dead_worker_was_sending_is_sent_or_given_up(w, server):
    """Wrong if a killed worker left a mail that is being sent for ever."""
    news(w)
    posting.gather(AT_ONCE, now=NOW)
    Mail.objects.update(state=MailState.SENDING, claimed_at=NOW, attempt_count=2)
    assert post(NOW + 9 * MINUTE) == posting.Posted()
    assert post(NOW + 11 * MINUTE) == posting.Posted(sent=1)
    Mail.objects.update(state=MailState.SENDING, sent_at=None, claimed_at=NOW, attempt_count=3)
    assert post(NOW + 11 * MINUTE) == posting.Posted()
    assert Mail.objects.get().state == MailState.FAILED


def test_tasks_run_the_rounds_and_send(w, settings):
    """Wrong if the worker's doors did not reach the services."""
    news(w)
    tasks.post()
    assert len(outgoing.outbox) == 1
    news(w, kind=WAITING, title="อีกเรื่อง")
    Notice.objects.filter(mail=None).update(mail_mode=DAILY)
    w.officer.role = Role.REGIONAL_MANAGER
    w.officer.save()
    tasks.morning()
    assert len(outgoing.outbox) == 2


def test_old_notices_are_forgotten(w):
    """Wrong if what nobody reads any more was kept for ever, or last week's was lost."""
    news(w)
    news(w)
    old = Notice.objects.order_by("pk")[0]
    Notice.objects.filter(pk=old.pk).update(created_at=NOW - dt.timedelta(days=366))
    Notice.objects.exclude(pk=old.pk).update(created_at=NOW - dt.timedelta(days=360))
    assert posting.forget_old(now=NOW) == 1
    assert not Notice.objects.filter(pk=old.pk).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
def test_eight_workers_at_once_send_each_mail_once(settings):
    """Wrong if two workers sent the same mail. Without the claim they do: the control."""
    w = build.world()
    people = [
        build.user(Role.ANALYST, scope_level=ScopeLevel.NATION, email=f"a{number}@example.org")
        for number in range(6)
    ]
    project = build.project(w, "draft")
    tell(SENT_BACK, about=project, title="ก", key="1", to=people)

    def at_once(work: Any) -> int:
        outgoing.outbox.clear()
        start = threading.Barrier(8)

        def run() -> None:
            try:
                start.wait()
                work()
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(outgoing.outbox)

    def without_claim() -> None:
        for mail in Mail.objects.due(NOW).select_related("recipient"):
            message = posting.compose(mail)
            assert message
            message.send()

    posting.gather(AT_ONCE, now=NOW)
    assert Mail.objects.count() == 6
    assert at_once(without_claim) > 6
    assert at_once(lambda: post()) == 6
    tell(SENT_BACK, about=project, title="ข", key="2", to=people)
    assert at_once(lambda: post()) == 6
    assert Mail.objects.filter(state=MailState.SENT).count() == 12


BROKEN = {
    "notices_mail_state_known": (Mail, {"state": "lost"}),
    "notices_mail_attempts_bounded": (Mail, {"attempt_count": 4}),
    "notices_mail_sent_has_time": (Mail, {"state": "sent"}),
    "notices_mail_failure_has_reason": (Mail, {"state": "failed"}),
    "notices_notice_mode_known": (Notice, {"mail_mode": "hourly"}),
    "notices_notice_title_given": (Notice, {"title": ""}),
    "notices_noticesetting_frequency_known": (NoticeSetting, {"frequency": "hourly"}),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_bad_row_is_refused_by_its_rule(w, rule):
    """Wrong if a bug or plain SQL could store a state that no service knows."""
    model, change = BROKEN[rule]
    news(w)
    posting.gather(AT_ONCE, now=NOW)
    NoticeSetting.objects.create(user=w.officer, kind="job-done", frequency=DAILY)
    with pytest.raises(IntegrityError, match=rule):
        model.objects.update(**change)


@pytest.mark.parametrize("rule", ["notices_notice_told_once", "notices_noticesetting_once"])
def test_a_second_row_is_refused_by_its_rule(w, rule):
    """Wrong if somebody was told twice, or had two choices for one kind."""
    news(w)
    row: Any = Notice.objects.get()
    if rule == "notices_noticesetting_once":
        row = NoticeSetting.objects.create(user=w.officer, kind="job-done", frequency=DAILY)
    row.pk = None
    row._state.adding = True
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        row.save()
