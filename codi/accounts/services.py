"""Every change to people and their passwords."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction

from codi.accounts.models import Role, ScopeLevel, User
from codi.accounts.permissions import Decision, can_disable_user, can_manage_users
from codi.constraints import as_refusals
from codi.errors import Refused
from codi.history import acting
from codi.places.models import Province, Region

# No letters or digits that look alike when read out over the telephone.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Profile:
    """Who a person is and where they see, as an administrator writes it."""

    full_name: str
    role: str
    scope_level: str
    email: str = ""
    region: Region | None = None
    province: Province | None = None


def temporary_password() -> str:
    """Sixteen letters in groups of four: about 79 bits, to be changed at the first login."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


@transaction.atomic
def create_user(*, actor: User, username: str, profile: Profile) -> tuple[User, str]:
    """Add a person; returns them with the temporary password, which is shown once.

    Raises :class:`Refused` when the actor may not, the name is taken or the scope is incomplete.
    """
    _require(can_manage_users(actor))
    taken = Refused(f"ชื่อผู้ใช้ {username} มีแล้ว ใช้ชื่ออื่น", field="username", code="username_taken")
    if User.objects.filter(username__iexact=username).exists():
        raise taken
    password = temporary_password()
    try:
        with acting(actor, door="web"), as_refusals():
            user: User = User.objects.create_user(
                username, password, must_change_password=True, **_fields(profile)
            )
    except Refused as refused:
        # Somebody (or a double click) took the name after the look above.
        if refused.code != "accounts_user_username_key":
            raise
        raise taken from refused
    return user, password


@transaction.atomic
def update_user(*, actor: User, user: User, profile: Profile) -> User:
    """Change a person's name, role or scope. Raises :class:`Refused`."""
    _require(can_manage_users(actor, user))
    locked: User = User.objects.select_for_update().get(pk=user.pk)
    fields = _fields(profile)
    if locked.is_active and (profile.role, profile.scope_level) != (
        Role.ADMINISTRATOR,
        ScopeLevel.NATION,
    ):
        _keep_one_administrator(locked, field="role")
    for name, value in fields.items():
        setattr(locked, name, value)
    with acting(actor, door="web"), as_refusals():
        locked.save(update_fields=list(fields))
    return locked


@transaction.atomic
def set_active(*, actor: User, user: User, is_active: bool, reason: str) -> User:
    """Disable a person (their next click is the login page) or let them in again."""
    _require(can_manage_users(actor, user) if is_active else can_disable_user(actor, user))
    locked: User = User.objects.select_for_update().get(pk=user.pk)
    if not is_active:
        _keep_one_administrator(locked)
    locked.is_active = is_active
    with acting(actor, door="web", reason=reason):
        locked.save(update_fields=["is_active"])
    return locked


@transaction.atomic
def reset_password(*, actor: User, user: User) -> str:
    """Give a person a new temporary password, shown once; all their sessions end."""
    _require(can_manage_users(actor, user))
    password = temporary_password()
    locked: User = User.objects.select_for_update().get(pk=user.pk)
    locked.set_password(password)
    locked.must_change_password = True
    with acting(actor, door="web", reason="ตั้งรหัสผ่านใหม่"):
        locked.save(update_fields=["password", "must_change_password"])
    return password


@transaction.atomic
def change_own_password(*, actor: User, password: str) -> User:
    """Store a password that the rules have passed; the person's other sessions end."""
    actor.set_password(password)
    actor.must_change_password = False
    with acting(actor, door="web", reason="เปลี่ยนรหัสผ่านของตนเอง"):
        actor.save(update_fields=["password", "must_change_password"])
    return actor


def _fields(profile: Profile) -> dict[str, object]:
    """The stored fields; a scope keeps only the places that belong to it."""
    level = profile.scope_level
    province = profile.province if level == ScopeLevel.PROVINCE else None
    region = None if level == ScopeLevel.NATION else profile.region
    if province is not None:
        if region is not None and province.region_id != region.pk:
            raise Refused(
                f"จังหวัด{province}ไม่ได้อยู่ใน{region} เลือกจังหวัดหรือภาคใหม่",
                field="province",
                code="province_outside_region",
            )
        region = province.region
    return {
        "full_name": profile.full_name,
        "email": profile.email,
        "role": profile.role,
        "scope_level": level,
        "region": region,
        "province": province,
    }


def _keep_one_administrator(user: User, *, field: str | None = None) -> None:
    """Refuse to take the last one away. All administrators are locked, so that two acts at the
    same moment cannot take the last two."""
    others = User.objects.active_administrators().select_for_update().order_by("pk")
    if {person.pk for person in others} == {user.pk}:
        raise Refused(
            "ต้องมีผู้ดูแลระบบระดับประเทศที่ใช้งานได้อย่างน้อยหนึ่งคน เพิ่มผู้ดูแลระบบคนใหม่ก่อน",
            field=field,
            code="last_administrator",
        )


def _require(decision: Decision) -> None:
    if not decision:
        raise Refused(decision.reason, code="not_allowed")
