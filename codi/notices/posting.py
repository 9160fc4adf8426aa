"""Notices by mail: gathered into one mail a person, sent once, tried three times.

The table is the outbox. Notices are put into a mail by one transaction a person, and a mail is
claimed by one UPDATE that only succeeds while it waits, so that two workers never send the same
mail. Between the mail server's yes and our note of it a crash can still make a second copy; it
carries the same Message-ID, by which mail programs know it again.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Refused
from codi.notices import outbox, permissions
from codi.notices.declared import AT_ONCE, DAILY, KINDS, NEVER
from codi.notices.models import MAX_ATTEMPT_COUNT, Mail, MailState, Notice, NoticeSetting
from codi.writing import service

log = logging.getLogger(__name__)

PEOPLE_AT_ONCE_COUNT = 500
NOTICES_AT_ONCE_COUNT = 1000
_LOCK = 0x6E6F7469  # the first of two keys of an advisory lock, the second is the person
SHOWN_COUNT = 50
# After the first and the second failure; a server that rests for an hour is waited for.
RESTS = (dt.timedelta(minutes=5), dt.timedelta(minutes=60))
LONGEST_SENDING = dt.timedelta(minutes=10)
KEPT = dt.timedelta(days=365)
STOPPED = "ตัวส่งหยุดกลางทางซ้ำ 3 ครั้ง"


@dataclass(frozen=True)
class Posted:
    """What a round of posting did, in numbers of mails."""

    sent: int = 0
    put_off: int = 0
    failed: int = 0


def gather(mode: str, *, now: dt.datetime) -> int:
    """Put the waiting notices of a frequency into one mail a person; returns how many mails.

    However many there are: people are taken in pieces, and each person is one short transaction, so
    that a crash leaves whole mails and untouched notices. Asked again on the same day, a person has
    one digest of the day. Left out for good is what was read meanwhile, what is no longer in sight,
    and what the person no longer wants by mail.
    """
    return sum(_gather_of(key, mode, now) for key in _awaiting(mode))


def _awaiting(mode: str) -> Iterator[int]:
    """The keys of everybody for whom notices wait, by their order, in pieces."""
    last = 0
    waiting = Notice.objects.awaiting(mode).order_by("recipient_id")
    keys = waiting.values_list("recipient_id", flat=True).distinct()
    while piece := list(keys.filter(recipient_id__gt=last)[:PEOPLE_AT_ONCE_COUNT]):
        yield from piece
        last = piece[-1]


@transaction.atomic
def _gather_of(key: int, mode: str, now: dt.datetime) -> int:
    """Put one person's notices into a mail; returns 1 when it was made, else 0.

    One worker at a time gathers for a person. What was told after the digest of the day had left
    waits for the next one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, key])
    person = User.objects.get(pk=key)
    digest = _digest_of_today(person, now) if mode == DAILY else None
    if digest is not None and digest.state != MailState.WAITING:
        return 0
    mail = _fill(digest, person, mode, now)
    return int(mail is not None and digest is None)


def _digest_of_today(person: User, now: dt.datetime) -> Mail | None:
    """The digest that was made today, locked against its sender; None before it was."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    of_today = Notice.objects.filter(recipient=person, mail_mode=DAILY, mail=OuterRef("pk"))
    rows = Mail.objects.select_for_update().filter(
        Exists(of_today), recipient=person, created_at__gte=midnight
    )
    return rows.order_by("pk").first()


def _fill(mail: Mail | None, person: User, mode: str, now: dt.datetime) -> Mail | None:
    """Put all that waits for a person into the mail, which is made when there is something."""
    last = 0
    rows = Notice.objects.awaiting(mode).filter(recipient=person).order_by("pk")
    waiting = rows.values_list("pk", flat=True)
    while keys := list(waiting.filter(pk__gt=last)[:NOTICES_AT_ONCE_COUNT]):
        kept = _still_wanted(person, keys)
        if kept and mail is None:
            mail = Mail.objects.create(recipient=person, created_at=now, due_at=now)
        Notice.objects.filter(pk__in=kept).update(mail=mail)
        Notice.objects.filter(pk__in=set(keys) - set(kept)).update(mail_mode="")
        last = keys[-1]
    return mail


def hold_back(*, now: dt.datetime, reason: str) -> int:
    """Let nothing leave that waits: it becomes failed mails with the reason; returns how many.

    Administrators see them and can send them again. Only while no worker posts.
    """
    with transaction.atomic():
        for mode in (AT_ONCE, DAILY):
            for person in User.objects.filter(pk__in=list(_awaiting(mode))):
                _fill(None, person, mode, now)
        waiting = Mail.objects.filter(state__in=(MailState.WAITING, MailState.SENDING))
        return waiting.update(state=MailState.FAILED, failure=reason)


def _still_wanted(person: User, keys: list[int]) -> list[int]:
    if not (person.is_active and person.email):
        return []
    refused = NoticeSetting.objects.filter(user=person, frequency=NEVER).values("kind")
    rows = Notice.objects.visible_to(person).unread().filter(pk__in=keys).exclude(kind__in=refused)
    return list(rows.values_list("pk", flat=True))


def post_waiting(*, now: dt.datetime) -> Posted:
    """Send every mail that is due, each claimed first; safe to run twice at once."""
    _take_back_stuck(now)
    counts = {"sent": 0, "put_off": 0, "failed": 0}
    due = list(Mail.objects.due(now).order_by("due_at").values_list("pk", flat=True)[:500])
    if not due:
        return Posted()
    line = get_connection(timeout=20)
    try:
        for key in due:
            mail = _claim(key, now)
            if mail is not None:
                counts[_deliver(mail, line, now)] += 1
    finally:
        line.close()
    return Posted(**counts)


def _claim(key: int, now: dt.datetime) -> Mail | None:
    """Take a waiting mail for this worker; None when another was first."""
    taken = Mail.objects.due(now).filter(pk=key)
    done = taken.update(
        state=MailState.SENDING, claimed_at=now, attempt_count=F("attempt_count") + 1
    )
    return Mail.objects.select_related("recipient").get(pk=key) if done else None


def _take_back_stuck(now: dt.datetime) -> None:
    """What a dead worker was sending waits again, or is given up after three attempts."""
    stuck = Mail.objects.filter(state=MailState.SENDING, claimed_at__lt=now - LONGEST_SENDING)
    stuck.filter(attempt_count__gte=MAX_ATTEMPT_COUNT).update(
        state=MailState.FAILED, failure=STOPPED
    )
    stuck.filter(state=MailState.SENDING).update(state=MailState.WAITING, due_at=now)


def _deliver(mail: Mail, line: BaseEmailBackend, now: dt.datetime) -> str:
    """Send a claimed mail and note what became of it: ``sent``, ``put_off`` or ``failed``."""
    own = Mail.objects.filter(pk=mail.pk, state=MailState.SENDING, claimed_at=mail.claimed_at)
    message = compose(mail)
    if message is None:
        own.delete()
        return "put_off"
    message.connection = line
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        line.close()
        failure = _failure(error)
        log.warning("Mail %s not sent: %s", mail.pk, failure)
        if mail.attempt_count >= MAX_ATTEMPT_COUNT:
            own.update(state=MailState.FAILED, failure=failure)
            return "failed"
        rest = RESTS[mail.attempt_count - 1]
        own.update(state=MailState.WAITING, failure=failure, due_at=now + rest)
        return "put_off"
    own.update(state=MailState.SENT, sent_at=now, failure="")
    return "sent"


def _failure(error: Exception) -> str:
    """The kind of fault and the server's number, without its words: they hold addresses."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__}{f' {code}' if code else ''}"


def compose(mail: Mail) -> EmailMultiAlternatives | None:
    """The mail as it leaves: titles and links, Thai, plain and HTML; None when nothing is left.

    The record's sight is asked once more, and whether the person still works here, for a mail may
    have waited for long.
    """
    person = mail.recipient
    rows = Notice.objects.visible_to(person).filter(mail=mail, kind__in=list(KINDS))
    count = rows.count()
    if not count or not person.email or not person.is_active:
        return None
    notices = list(rows.order_by("pk")[:SHOWN_COUNT])
    context = {
        "lines": [
            (notice.kind_title, notice.title, _address("notices:open", notice.pk))
            for notice in notices
        ],
        "more_count": count - len(notices),
        "list_url": _address("notices:list"),
        "settings_url": _address("notices:settings"),
    }
    subject = notices[0].kind_title if count == 1 else f"มีเรื่องแจ้งท่าน {count} เรื่อง"
    message = EmailMultiAlternatives(
        subject=f"[พอช.] {subject}",
        body=render_to_string("notices/mail.txt", context),
        to=[person.email],
        headers={"Message-ID": f"<mail-{mail.pk}@{urlsplit(settings.SITE_URL).hostname}>"},
    )
    message.attach_alternative(render_to_string("notices/mail.html", context), "text/html")
    return message


def _address(name: str, *keys: int) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=keys)}"


@service
def send_again(*, actor: User, now: dt.datetime) -> int:
    """Give every failed mail three new attempts; returns how many. Raises :class:`Refused`."""
    require(permissions.can_see_mails(actor))
    count = Mail.objects.failed().update(state=MailState.WAITING, attempt_count=0, due_at=now)
    if not count:
        raise Refused("ไม่มีอีเมลที่ส่งไม่สำเร็จค้างอยู่", code="no_failed_mail")
    transaction.on_commit(outbox.ask_for_posting, robust=True)
    return count


def forget_old(*, now: dt.datetime) -> int:
    """Remove notices and mails of more than a year ago; returns how many notices."""
    removed, _each = Notice.objects.filter(created_at__lt=now - KEPT).delete()
    Mail.objects.filter(created_at__lt=now - KEPT).delete()
    return removed
