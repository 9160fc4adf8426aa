"""Entry grids of this room: the members of a council."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet

from codi.accounts.permissions import Decision, allow, deny
from codi.entry import EntryColumn, EntryGrid, Hand, Scope, ShownColumn, register_grid
from codi.ui.fields import NamedChoiceField, TextField, ThaiDateField
from councils import services
from councils.models import Council, Member, MemberKind
from councils.permissions import can_keep


def _members(scope: Scope) -> QuerySet[Any]:
    """The members of the council who serve, representatives first."""
    rows: Any = Member.objects.filter(council=scope.of)
    serving: QuerySet[Any] = rows.serving_as_of(scope.today)
    return serving.select_related("council").order_by("-kind", "name", "pk")


def _leaves(scope: Scope, row: Any) -> Decision:
    return deny("เพิ่มสมาชิกก่อน แล้วจึงบันทึกวันที่พ้นจากตำแหน่ง") if row is None else allow()


def _save(hand: Hand) -> Model:
    facts, scope = dict(hand.facts), hand.scope
    if hand.row is None:
        facts.pop("left_on", None)
        return services.add_member(actor=scope.user, council=scope.of, today=scope.today, **facts)
    return services.update_member(
        actor=scope.user,
        member=hand.row,
        expected_version=hand.version,
        today=scope.today,
        **facts,
    )


register_grid(
    EntryGrid(
        key="council-members",
        title="สมาชิกสภาแบบตาราง",
        unit="คน",
        lead="พิมพ์หรือวางรายชื่อจากตารางคำนวณได้ แต่ละแถวบันทึกเอง ผู้แทนชุมชนควรมาก่อนผู้ทรงคุณวุฒิ",
        shown=(ShownColumn("สมาชิก", str),),
        columns=(
            EntryColumn("name", TextField(label="ชื่อ-สกุล", max_length=200), "wide"),
            EntryColumn("kind", NamedChoiceField(label="ประเภท", choices=MemberKind.choices)),
            EntryColumn("selected_on", ThaiDateField(label="วันคัดเลือก", latest="today")),
            EntryColumn(
                "left_on",
                ThaiDateField(label="พ้นจากตำแหน่งเมื่อ", latest="today", required=False),
                lock=_leaves,
            ),
        ),
        rows=_members,
        save=_save,
        may_open=lambda scope: can_keep(scope.user, scope.of),
        may_add=lambda scope: can_keep(scope.user, scope.of),
        of=Council,
        back=lambda scope: (scope.of.name, scope.of.get_absolute_url()),
    )
)
