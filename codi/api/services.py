"""Making and ending tokens, finding the one that a request carries, and forgetting old answers."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db.models import Q

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.api.models import ApiToken, KeptAnswer
from codi.api.permissions import can_make_token, can_revoke_token
from codi.errors import Refused
from codi.thai.normalise import clean
from codi.writing import locked, service

PREFIX = "codi_"
LONGEST_LIFE = dt.timedelta(days=366)
MOST_TOKENS = 20
ANSWERS_KEPT = dt.timedelta(hours=48)
# The last use is noted this often: enough to find a forgotten token, seldom enough for reading.
NOTED_EVERY = dt.timedelta(minutes=5)


def digest_of(raw: str) -> str:
    """How a token is kept. It has 256 random bits, so one round of SHA-256 cannot be guessed."""
    return hashlib.sha256(raw.encode()).hexdigest()


@service
def create_token(
    *, actor: User, name: str, reach: str, expires_on: dt.date, now: dt.datetime, today: dt.date
) -> tuple[ApiToken, str]:
    """Make a token of the actor's own; returns it with its text, which is shown once.

    Raises :class:`Refused` for a life that is over or longer than a year, or too many tokens.
    """
    require(can_make_token(actor))
    if not today < expires_on <= today + LONGEST_LIFE:
        raise Refused("วันหมดอายุต้องเป็นวันหลังวันนี้ และไม่เกิน 1 ปี", field="expires_on")
    owner = User.objects.select_for_update().get(pk=actor.pk)
    in_use = ApiToken.objects.filter(user=owner, revoked_at=None, expires_on__gte=today)
    if in_use.count() >= MOST_TOKENS:
        raise Refused(f"มีโทเคนที่ใช้ได้ครบ {MOST_TOKENS} รายการแล้ว ยกเลิกรายการที่ไม่ใช้ก่อน")
    raw = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=owner,
        name=clean(name),
        reach=reach,
        hint=raw[:10],
        digest=digest_of(raw),
        password_stamp=owner.get_session_auth_hash(),
        created_at=now,
        expires_on=expires_on,
    )
    return token, raw


@service
def revoke_token(*, actor: User, token: ApiToken, now: dt.datetime) -> ApiToken:
    """End a token of the actor's own at once; ended already, it stays as it is."""
    require(can_revoke_token(actor, token))
    token = locked(token)
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
    return token


@service
def end_all_tokens(*, now: dt.datetime) -> int:
    """End every token of everybody, after a restore: some were ended since. Returns how many."""
    return ApiToken.objects.filter(revoked_at=None).update(revoked_at=now)


def find_token(raw: str, *, now: dt.datetime, today: dt.date) -> ApiToken | None:
    """The live token of that text, its use noted; None for anything else."""
    if not raw.startswith(PREFIX) or not raw.isascii():
        return None
    rows = ApiToken.objects.select_related("user__region", "user__province")
    token = rows.filter(digest=digest_of(raw)).first()
    if token is None or token.ended(now, today):
        return None
    before = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
    ApiToken.objects.filter(before, pk=token.pk).update(last_used_at=now)
    return token


def forget_answers(*, now: dt.datetime) -> int:
    """Remove the answers that are kept no longer; returns how many."""
    return KeptAnswer.objects.filter(created_at__lt=now - ANSWERS_KEPT).delete()[0]
