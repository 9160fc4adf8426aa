"""Every write of what people keep of their lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.constraints import as_refusals
from codi.errors import Refused
from codi.kept.models import ListChoice, SavedFilter
from codi.kept.permissions import can_change_filter, can_give_to

LONGEST_QUERY = 2000
MOST_OWN_FILTERS = 30


@transaction.atomic
def save_filter(
    *, actor: User, list_name: str, name: str, query: str, audience: str
) -> SavedFilter:
    """Keep a filter under a name. Raises :class:`Refused` with what to do instead.

    ``query`` holds only words that the list knows, with values that the actor may choose.
    """
    require(can_give_to(actor, audience))
    if not query:
        raise Refused("รายการยังไม่ได้กรอง ค้นหาหรือกรองรายการก่อน แล้วบันทึกอีกครั้ง")
    if len(query) > LONGEST_QUERY:
        raise Refused("เงื่อนไขยาวเกินไป ใช้คำค้นที่สั้นลงหรือลดตัวกรอง แล้วบันทึกอีกครั้ง")
    own = SavedFilter.objects.filter(owner=actor).of_list(list_name)
    if own.count() >= MOST_OWN_FILTERS:
        raise Refused(f"บันทึกตัวกรองของรายการหนึ่งได้ไม่เกิน {MOST_OWN_FILTERS} ตัว ลบตัวที่ไม่ใช้ก่อน")
    with as_refusals():
        return SavedFilter.objects.create(
            owner=actor,
            list_name=list_name,
            name=name,
            query=query,
            audience=audience,
            region_id=actor.region_id,
            province_id=actor.province_id,
        )


@transaction.atomic
def change_filter(*, actor: User, saved: SavedFilter, name: str, audience: str) -> SavedFilter:
    """Give an own filter another name or audience; the office becomes the actor's present one."""
    require(can_change_filter(actor, saved))
    require(can_give_to(actor, audience))
    saved.name, saved.audience = name, audience
    saved.region_id, saved.province_id = actor.region_id, actor.province_id
    with as_refusals():
        saved.save(update_fields=["name", "audience", "region", "province"])
    return saved


@transaction.atomic
def open_with(*, actor: User, list_name: str, saved: SavedFilter | None) -> None:
    """Let a list open with a filter in sight when nothing else is asked for; None ends that."""
    _keep(actor, list_name, default_filter=saved)


@transaction.atomic
def keep_columns(
    *, actor: User, list_name: str, columns: Sequence[str], sort: str, page_size: int | None
) -> None:
    """Show these columns in this order, sorted so, so many rows a page; nothing means as declared."""
    _keep(actor, list_name, columns=list(columns), sort=sort, page_size=page_size)


@transaction.atomic
def keep_page_size(*, actor: User, list_name: str, page_size: int) -> None:
    """Show so many rows a page of this list from now on."""
    _keep(actor, list_name, page_size=page_size)


@transaction.atomic
def forget_columns(*, actor: User, list_name: str) -> None:
    """Show the list as it was declared; the filter that it opens with stays."""
    _keep(actor, list_name, columns=[], sort="", page_size=None)


def _keep(actor: User, list_name: str, **facts: Any) -> None:
    ListChoice.objects.update_or_create(user=actor, list_name=list_name, defaults=facts)
