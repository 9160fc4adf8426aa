"""Letters of status: issue, print, reissue, revoke.

R8 of the quarterly report of 2562: on registration of a council or a group the regional office
issues the letter as legal evidence; the history of printing is kept.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.models import Max

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Refused
from codi.fiscal import FiscalYear
from codi.writing import change, locked, service
from councils import permissions_of_work as permissions
from councils.models import CommunityGroup, Council, LetterPrint, StatusLetter

_NUMBERING = 2562_21
"""Names the lock of the numbers among the database's advisory locks; the year is its second part."""


def _next_number(fiscal_year: int) -> int:
    """The next number of a year's letters; nobody else gets one until the transaction ends.

    A transaction that is undone gives its number back, so the numbers have no gap: letters are
    never deleted.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NUMBERING, fiscal_year])
    letters = StatusLetter.objects.filter(fiscal_year=fiscal_year)
    return (letters.aggregate(last=Max("number"))["last"] or 0) + 1


def _issue(
    actor: User,
    council: Council,
    group: CommunityGroup | None,
    today: dt.date,
    replaces: StatusLetter | None = None,
) -> StatusLetter:
    require(permissions.can_issue_letter(actor, council, group, today))
    year = FiscalYear.of(today).number
    return StatusLetter.objects.create(
        number=_next_number(year),
        fiscal_year=year,
        council=council,
        group=group,
        issued_on=today,
        issued_by=actor,
        replaces=replaces,
    )


@service
def issue_letter(
    *, actor: User, council: Council, group: CommunityGroup | None = None, today: dt.date
) -> StatusLetter:
    """Issue the letter of a council, or of one of its groups, under the year's next number.

    Raises :class:`Refused` while one is in force: that one is printed again, or reissued.
    """
    council = locked(council)
    group = locked(group) if group else None
    if group is not None and group.council_id != council.pk:
        raise Refused("กลุ่มนี้ไม่ได้จดแจ้งกับสภาที่เลือก", field="group")
    standing = StatusLetter.objects.standing_of(council, group).first()
    if standing is not None:
        raise Refused(f"มีจดหมายเลขที่ {standing} ที่ยังมีผลอยู่ ให้พิมพ์ฉบับนั้นซ้ำหรือออกฉบับใหม่แทน")
    return _issue(actor, council, group, today)


@service
def print_letter(*, actor: User, letter: StatusLetter, now: dt.datetime) -> LetterPrint:
    """Record one printing of a letter in force: who and when."""
    letter = locked(letter)
    require(permissions.can_print_letter(actor, letter))
    return LetterPrint.objects.create(letter=letter, printed_at=now, printed_by=actor)


@service
def revoke_letter(
    *,
    actor: User,
    letter: StatusLetter,
    expected_version: int | None,
    reason: str,
    today: dt.date,
) -> StatusLetter:
    """Revoke a letter on the day, with its reason; its public page says so from then on."""
    letter = locked(letter)
    require(permissions.can_revoke_letter(actor, letter))
    facts = {"revoked_on": today, "revocation_reason": reason.strip()}
    return change(letter, facts, expected_version=expected_version)


@service
def reissue_letter(
    *,
    actor: User,
    letter: StatusLetter,
    expected_version: int | None,
    reason: str,
    today: dt.date,
) -> StatusLetter:
    """Issue a new letter in the place of one in force, which is revoked with the reason.

    The new one names the council with which the group is registered now.
    """
    council = locked(letter.council_now)
    group = locked(letter.group) if letter.group else None
    old = revoke_letter(
        actor=actor,
        letter=letter,
        expected_version=expected_version,
        reason=reason,
        today=today,
    )
    return _issue(actor, council, group, today, replaces=old)
