"""The life of a project: every state × event × role, against a table written by hand.

The letters are the roles that may do the event in that state: O officer, M manager, F finance
officer, A analyst, E executive, D administrator; ``-`` is nobody. The officer drew the project up
and submitted it.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction

from codi.errors import Refused
from programs import services
from programs.models import Project
from tests import world as build
from tests.broken import made, refused_by, store
from tests.programs.rows import ROWS
from tests.world import World

pytestmark = pytest.mark.django_db

STATES = (
    "draft",
    "sent_back",
    "submitted",
    "endorsed",
    "approved",
    "under_way",
    "closed",
    "cancelled",
)
TABLE = """
event         draft sent_back submitted endorsed approved under_way closed cancelled
edit          OM    OM        -         -        -        -         -      -
submit        OM    OM        -         -        -        -         -      -
endorse       -     -         M         -        -        -         -      -
approve       -     -         -         MF       -        -         -      -
send_back     -     -         MF        MF       -        -         -      -
cancel        OMF   OMF       OMF       OMF      MF       MF        -      -
close         -     -         -         -        -        M         -      -
record_in_pm  -     -         -         -        OM       OM        OM     -
"""
AFTER = {
    "submit": "submitted",
    "endorse": "endorsed",
    "approve": "approved",
    "send_back": "sent_back",
    "cancel": "cancelled",
    "close": "closed",
}
ROLES = {
    "O": "officer",
    "M": "manager",
    "F": "finance",
    "A": "analyst",
    "E": "executive",
    "D": "administrator",
}
DAY = dt.date(2021, 8, 2)
EVENTS = {
    "edit": lambda w, p, actor: services.update_project(
        actor=actor, project=p, expected_version=None, title="ชื่อใหม่"
    ),
    "submit": lambda w, p, actor: services.submit_project(actor=actor, project=p, today=DAY),
    "endorse": lambda w, p, actor: services.endorse_project(
        actor=actor, project=p, meeting=w.meeting, today=DAY
    ),
    "approve": lambda w, p, actor: services.approve_project(
        actor=actor, project=p, approved_baht=Decimal(500_000), approved_on=DAY, today=DAY
    ),
    "send_back": lambda w, p, actor: services.send_back_project(
        actor=actor, project=p, reason="แก้งบ", today=DAY
    ),
    "cancel": lambda w, p, actor: services.cancel_project(
        actor=actor, project=p, reason="องค์กรขอยกเลิก", today=DAY
    ),
    "close": lambda w, p, actor: services.close_project(
        actor=actor, project=p, closed_on=DAY, today=DAY
    ),
    "record_in_pm": lambda w, p, actor: services.record_in_pm(
        actor=actor, project=p, recorded_on=DAY, today=DAY
    ),
}


def expected() -> dict[tuple[str, str], str]:
    """(event, state) → letters of the roles that may."""
    head, *lines = (line.split() for line in TABLE.split("\n") if line.strip())
    return {
        (event, state): "" if letters == "-" else letters
        for event, *row in lines
        for state, letters in zip(head[1:], row, strict=True)
    }


def at(w: World, state: str) -> Project:
    """A project of the officer in that state, ready for the next step."""
    steps = {"organisation": w.organisation, "requested_baht": Decimal(500_000)}
    return store(made(ROWS, state, w, steps))


def outcome(w: World, project: Project, event: str, role: str) -> str:
    """The state after the event, or the code of the refusal."""
    with transaction.atomic():
        try:
            EVENTS[event](w, project, getattr(w, role))
            found = Project.objects.get(pk=project.pk).status
        except Refused as refused:
            found = f"refused: {refused.code}"
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", EVENTS)
def test_who_may_do_what_when(event, state):
    """Wrong if a step could be skipped, or done by a role whose step it is not."""
    w = build.world()
    project = at(w, state)
    letters = expected()[event, state]
    done = AFTER.get(event, state)
    found = {letter: outcome(w, project, event, role) for letter, role in ROLES.items()}
    assert found == {
        letter: done if letter in letters else "refused: not_allowed" for letter in ROLES
    }


@pytest.mark.parametrize("new", STATES)
@pytest.mark.parametrize("old", STATES)
def test_database_knows_the_same_steps(old, new):
    """Wrong if plain SQL could move a project where no step leads."""
    w = build.world()
    source, target = at(w, old), made(ROWS, new, w)
    names = [
        field.attname
        for field in Project._meta.fields
        if field.name not in {"id", "code", "created_by"}
    ]
    row = Project.objects.filter(pk=source.pk)
    changes = {name: getattr(target, name) for name in names}
    if old in {"approved", "under_way", "closed"}:
        kept = (
            "approved_baht",
            "approved_on",
            "approved_by_id",
            "endorsed_meeting_id",
            "endorsed_on",
        )
        changes |= {name: getattr(source, name) for name in kept}
    steps = {(state, AFTER.get(event)) for (event, state), letters in expected().items() if letters}
    # The first payment starts a project: nobody does it by a step of its own.
    if new == old or (old, new) in steps | {("approved", "under_way")}:
        assert row.update(**changes) == 1
    else:
        with refused_by("programs_project_transition"):
            row.update(**changes)


@pytest.mark.parametrize("part", ["created_by", "submitted_by"])
@pytest.mark.parametrize("role", ["manager", "finance"])
def test_maker_cannot_approve(role, part):
    """Wrong if the person who drew up or submitted a project could approve its money."""
    w = build.world()
    project = at(w, "endorsed")
    Project.objects.filter(pk=project.pk).update(**{part: getattr(w, role)})
    assert outcome(w, project, "approve", role) == "refused: not_allowed"
    other = "finance" if role == "manager" else "manager"
    assert outcome(w, project, "approve", other) == "approved"


@pytest.mark.parametrize("event", EVENTS)
def test_nobody_acts_on_a_project_out_of_scope(event):
    """Wrong if a person of another region or province could take a step."""
    w = build.world()
    letters = "OMF"
    state = next(state for name, state in expected() if name == event and expected()[name, state])
    project = at(w, state)
    south = build.region("S", "ภาคใต้", 5)
    lamphun = build.province("51", "ลำพูน")
    for letter in letters:
        person = getattr(w, ROLES[letter])
        person.region, person.province = south, None
        assert outcome(w, project, event, ROLES[letter]) == "refused: not_allowed"
        person.region, person.province = build.region(), lamphun
        assert outcome(w, project, event, ROLES[letter]) == "refused: not_allowed"


def test_a_step_clears_and_keeps_what_it_should():
    """Wrong if sending back kept an endorsement that no longer stands, or lost its reason."""
    w = build.world()
    project = at(w, "endorsed")
    EVENTS["send_back"](w, project, w.finance)
    project.refresh_from_db()
    assert (project.endorsed_meeting, project.endorsed_on) == (None, None)
    assert (project.sent_back_by, project.sent_back_reason) == (w.finance, "แก้งบ")
    EVENTS["submit"](w, project, w.officer)
    project.refresh_from_db()
    assert (project.status, project.submitted_on) == ("submitted", DAY)


@pytest.mark.parametrize("missing", ["organisation", "requested_baht"])
def test_an_incomplete_project_is_not_submitted(missing):
    """Wrong if a committee got a project without its organisation or request."""
    w = build.world()
    project = at(w, "draft")
    Project.objects.filter(pk=project.pk).update(**{missing: None})
    with pytest.raises(Refused) as refused:
        EVENTS["submit"](w, project, w.officer)
    assert refused.value.code == "incomplete"
    assert str(Project._meta.get_field(missing).verbose_name) in refused.value.message


@pytest.mark.parametrize("event", ["endorse", "approve", "close", "record_in_pm"])
def test_no_step_is_dated_in_the_future(event):
    """Wrong if a step could be recorded for a day that has not come."""
    w = build.world()
    state = {"endorse": "submitted", "approve": "endorsed", "close": "under_way"}.get(
        event, "approved"
    )
    project = at(w, state)
    late = {
        "endorse": lambda: services.endorse_project(
            actor=w.manager, project=project, meeting=w.meeting, today=dt.date(2021, 1, 20)
        ),
        "approve": lambda: services.approve_project(
            actor=w.manager,
            project=project,
            approved_baht=Decimal(1),
            approved_on=DAY + dt.timedelta(days=1),
            today=DAY,
        ),
        "close": lambda: services.close_project(
            actor=w.manager, project=project, closed_on=DAY + dt.timedelta(days=1), today=DAY
        ),
        "record_in_pm": lambda: services.record_in_pm(
            actor=w.officer, project=project, recorded_on=DAY + dt.timedelta(days=1), today=DAY
        ),
    }
    with pytest.raises(Refused) as refused:
        late[event]()
    assert refused.value.field
    assert Project.objects.get(pk=project.pk).status == state
