"""After a restore: what must not wake up again is put to rest, and the operator learns what to check.

The tables are those of an earlier moment. Tokens that were ended since would open doors again, mails
that went out since would go a second time, and work that was done since would be done twice.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import ProgrammingError, connection, transaction

from codi.accounts.models import User
from codi.api.services import end_all_tokens
from codi.history import acting
from codi.history.sealing import note_restore
from codi.jobs.services import interrupt_all
from codi.notices.posting import hold_back

REASON = "กู้คืนจากข้อมูลสำรอง"
CODE = "restored"
MAIL_REASON = "รอส่งอยู่เมื่อสำรองข้อมูลที่นำมากู้คืน อาจส่งไปแล้วก่อนกู้คืน ผู้ดูแลสั่งส่งอีกครั้งได้"
JOB_REASON = (
    "งานนี้ยังไม่เสร็จเมื่อสำรองข้อมูลที่นำมากู้คืน ระบบจึงหยุดไว้ ตรวจก่อนว่ามีผลของงานแล้วหรือยัง ถ้ายังไม่มีให้กดสั่งทำใหม่"
)


@dataclass(frozen=True)
class Settled:
    """What was put to rest, in numbers."""

    token_count: int = 0
    session_count: int = 0
    mail_count: int = 0
    job_count: int = 0


def settle(*, now: dt.datetime) -> Settled:
    """End tokens and sessions, hold mails back, interrupt jobs: all or nothing, again is harmless.

    Ended jobs tell their people in the page; mails about it are held back with the others. The file
    of seals outside of the database, where there is one, learns that later days are sealed anew.
    """
    if settings.HISTORY_SEALS:
        note_restore(Path(settings.HISTORY_SEALS), now=now)
    with transaction.atomic(), acting(None, door="command", reason=REASON):
        jobs = interrupt_all(reason=JOB_REASON, code=CODE)
        return Settled(
            token_count=end_all_tokens(now=now),
            session_count=Session.objects.all().delete()[0],
            mail_count=hold_back(now=now, reason=MAIL_REASON),
            job_count=jobs,
        )


def words_of(settled: Settled) -> str:
    """What was put to rest, in a line for the operator."""
    return (
        f"ยกเลิกโทเคน API {settled.token_count:,} รายการ ออกจากระบบ {settled.session_count:,} ครั้ง "
        f"พักอีเมล {settled.mail_count:,} ฉบับ หยุดงานเบื้องหลัง {settled.job_count:,} งาน"
    )


@dataclass(frozen=True)
class People:
    """Who could log in with what, before the tables were replaced; empty when there were none."""

    passwords: dict[str, str]
    disabled: frozenset[str]


def people_before() -> People:
    """The people of the tables that a restore is about to replace."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT username, password, is_active FROM accounts_user")
            rows = cursor.fetchall()
    except ProgrammingError:  # tables of something else, or none
        rows = []
    return People(
        passwords={name: password for name, password, _ in rows},
        disabled=frozenset(name for name, _, is_active in rows if not is_active),
    )


def to_check(before: People, *, moment: str) -> list[str]:
    """What the operator should look at now, a line each.

    Names those who may log in again although the replaced tables had shut them out, and those whose
    former password counts again. Roles and scopes are not compared, and where nothing was replaced
    nobody knows: a line says so in any case.
    """
    active = dict(User.objects.filter(is_active=True).values_list("username", "password"))
    revived = sorted(before.disabled & active.keys())
    former = sorted(
        name
        for name, password in active.items()
        if before.passwords.get(name, password) != password and name not in before.disabled
    )
    lines = [
        f"ข้อมูลเป็นของเวลา {moment} สิ่งที่บันทึกหลังจากนั้นไม่มีในระบบ",
        "ผู้ที่ถูกระงับบัญชี ถูกเปลี่ยนบทบาทหรือขอบเขต หรือเปลี่ยนรหัสผ่านหลังเวลานั้น กลับเป็นอย่างเดิม: "
        "เทียบกับบันทึกของหน่วยงาน แล้วแก้ให้ตรงก่อนเปิดให้ใช้งาน",
    ]
    if revived:
        lines.append(f"บัญชีที่ถูกระงับไว้กลับมาใช้ได้อีก ให้ระงับใหม่ก่อนเปิดให้ใช้งาน: {', '.join(revived)}")
    if former:
        lines.append(f"รหัสผ่านเดิมกลับมาใช้ได้อีก ให้ตั้งรหัสผ่านใหม่: {', '.join(former)}")
    lines.append("แจ้งผู้ใช้ API ให้สร้างโทเคนใหม่ แล้วเปิด worker และ beat เป็นลำดับสุดท้าย")
    return lines
