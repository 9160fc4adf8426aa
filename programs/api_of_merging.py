"""What the API offers of records that are taken for one: a register for each kind of pair."""

from __future__ import annotations

from typing import Any

from codi.api.declared import Act, Resource, Told, register
from programs import permissions_of_merging as permissions
from programs.forms_of_merging import (
    DecideForm,
    ProposeForm,
    ReasonedForm,
    RequestForm,
    exchangeable,
)
from programs.merging import Cases, Merger, merger_of
from programs.services import merging
from programs.tables_of_merging import DoubleFilter, joined


def _step(path: str, title: str, form: Any, can: Any, service: Any, **more: Any) -> Act:
    return Act(
        path,
        title,
        form,
        can=can,
        perform=lambda call: service(
            actor=call.actor,
            case=call.row,
            expected_version=call.version,
            today=call.today,
            **call.facts,
        ),
        **more,
    )


def _steps(case: Cases) -> tuple[Act, ...]:
    """Every step of the life of a pair."""
    return (
        _step(
            "request",
            "ขอรวม",
            RequestForm,
            permissions.can_request,
            merging.request_merge,
            form_kwargs=lambda row: {"case": row or case},
            choices={"exchanged": exchangeable(case)},
            about="keep: first หรือ second คือระเบียนที่คงอยู่",
        ),
        _step(
            "send-back",
            "ส่งคำขอกลับ",
            ReasonedForm,
            permissions.can_decide,
            merging.send_back,
        ),
        _step("merge", "รวมระเบียน", DecideForm, permissions.can_decide, merging.merge),
        _step("close", "บันทึกว่าไม่ซ้ำ", ReasonedForm, permissions.can_close, merging.close_case),
        _step(
            "reopen",
            "เปิดพิจารณาใหม่",
            ReasonedForm,
            permissions.can_reopen,
            merging.reopen_case,
        ),
        _step(
            "take-back",
            "ยกเลิกการรวม",
            ReasonedForm,
            permissions.can_take_back,
            merging.take_back,
        ),
    )


def _new(case: Cases) -> Act:
    """Ask for the merge of two records that no search found."""
    return Act(
        "new",
        f"แจ้ง{merger_of(case).noun}ซ้ำ",
        ProposeForm,
        can=lambda user, row: permissions.can_propose(user, case),
        perform=lambda call: merging.propose(
            actor=call.actor, case=case, today=call.today, **call.facts
        ),
        form_kwargs=lambda row: {"case": case},
        status=201,
    )


def register_doubles(
    name: str, merger: Merger, filters: type[DoubleFilter], place: str = ""
) -> None:
    """The register of one kind of pairs, with every step of their life."""
    case, noun = merger.case, merger.noun
    register(
        Resource(
            name=name,
            title=f"{noun}ที่สงสัยว่าซ้ำ",
            about=f"คู่ของ{noun}ที่ชื่อใกล้เคียงกัน ภาคขอรวม ส่วนกลางตรวจแล้วจึงรวม และยกเลิกการรวมได้",
            model=case,
            rows=lambda user: joined(case.objects.visible_to(user), place),
            fields=(
                "id", "first", "second", "kept", "state", "suspicion", "similarity_pct",
                "found_on", "requested_by", "requested_on", "request_reason", "decided_by",
                "decided_on", "decision_reason", "merged_on", "version",
            ),
            told=(
                Told("first_code", "รหัสของระเบียนที่ 1", path="first.code"),
                Told("second_code", "รหัสของระเบียนที่ 2", path="second.code"),
            ),
            order={"found_on": "found_on", "requested_on": "requested_on", "id": "pk"},
            default_sort="-found_on",
            filters=filters,
            search_keys=("first__search_key", "second__search_key"),
            create=_new(case),
            acts=_steps(case),
        )
    )  # fmt: skip
