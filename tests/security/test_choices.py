"""What a form offers is all that it takes: another region's key is no choice, and nothing is written."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.security.place import Country
from tests.security.test_permissions import Watch

pytestmark = pytest.mark.django_db
Value = Callable[[Country, str], Any]


def thing(kind: str) -> Value:
    """The key of a thing of a place."""
    return lambda country, place: country.thing(kind, place).pk


def region(country: Country, place: str) -> str:
    """The code of a place's region."""
    return country.places[place].region.pk


def province(country: Country, place: str) -> str:
    """The code of a place's province."""
    return country.places[place].province.pk


def frame(level: str) -> Value:
    """The key of the frame of a place's region."""
    return lambda country, place: country.places[place].w.frames[level].pk


@dataclass(frozen=True)
class Choice:
    """A field that chooses a record, on a form about a thing of the own place."""

    who: str
    form: str
    about: str
    field: str
    value: Value
    foreign: str = "other"
    more: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """The name of the case in a test run."""
        return f"{self.form}-{self.field}-{self.who}-{self.foreign}"


NORTH = (("level", "province"), ("region", "N"))
CHOICES = (
    Choice("M", "finance:endorse", "project submitted", "endorsed_meeting", thing("meeting")),
    Choice("F", "finance:pay", "project under_way", "instalment", thing("instalment")),
    Choice("F", "finance:pay", "project under_way", "instalment", thing("instalment"), "near"),
    Choice("F", "finance:return", "project under_way", "instalment", thing("instalment")),
    Choice("F", "finance:adjust", "project under_way", "instalment", thing("instalment")),
    Choice("F", "finance:move_new", "", "from_frame", frame("province")),
    Choice("F", "finance:move_new", "", "to_frame", frame("province")),
    Choice("F", "finance:move_new", "", "approval_meeting", thing("meeting")),
    Choice("O", "reports:new", "", "region", region),
    Choice("M", "reports:new", "", "region", region),
    Choice("O", "programs:project_new", "", "region", region, more=(("level", "province"),)),
    Choice("O", "programs:project_new", "", "province", province, more=NORTH),
    Choice("P", "programs:project_new", "", "province", province, "near", NORTH),
    Choice("O", "programs:project_new", "", "organisation", thing("organisation"), more=NORTH),
    Choice("P", "programs:project_new", "", "organisation", thing("organisation"), "near", NORTH),
    Choice("O", "programs:project_edit", "project draft", "province", province, more=NORTH),
    Choice("O", "programs:organisation_new", "", "region", region),
    Choice("O", "programs:organisation_new", "", "province", province, more=NORTH),
    Choice("P", "programs:organisation_new", "", "province", province, "near", NORTH),
    Choice("O", "programs:organisation_edit", "organisation", "province", province, more=NORTH),
    Choice("O", "programs:certify", "organisation", "meeting", thing("meeting")),
    Choice("O", "programs:committee_new", "", "region", region),
    Choice("M", "programs:committee_new", "", "region", region),
)


def answer(
    case: Choice, country: Country, client: Client, place: str
) -> tuple[dict[str, Any], Any]:
    """The errors of the form, and what the post wrote, when it chooses the thing of ``place``."""
    args = [country.thing(case.about, "own").pk] if case.about else []
    data = dict(case.more) | {
        case.field: case.value(country, place),
        "one_time_key": str(uuid.uuid4()),
    }
    watch = Watch()
    with connection.execute_wrapper(watch):
        response = client.post(reverse(case.form, args=args), data)
    assert response.status_code == 200
    return response.context["form"].errors, watch.writes


@pytest.mark.parametrize("case", CHOICES, ids=lambda case: case.label)
def test_a_foreign_key_is_no_choice(case: Choice, country: Country, clients: dict[str, Client]):
    """Wrong if a form took another region's record by its number; the own one is a choice."""
    errors, writes = answer(case, country, clients[case.who], case.foreign)
    assert case.field in errors
    assert writes == []
    assert case.field not in answer(case, country, clients[case.who], "own")[0]


def test_fields_that_the_form_does_not_have_are_ignored(
    country: Country, clients: dict[str, Client]
):
    """Wrong if an extra field of the post (status, maker, region, money) reached the record."""
    own = country.places["own"]
    project = own.things["project draft"]
    before = type(project).objects.filter(pk=project.pk).values().get()
    data = {
        name: value if value is not None else ""
        for name, value in before.items()
        if name not in ("id",)
    }
    data |= {
        "programme": project.programme_id,
        "level": "province",
        "region": "N",
        "province": "50",
        "organisation": project.organisation_id,
        "title": "ชื่อใหม่ที่แก้ไขแล้ว",
        "version": project.version,
        "status": "approved",
        "approved_baht": "999999",
        "approved_on": "2021-02-04",
        "approved_by": country.people["O"].pk,
        "created_by": country.people["O"].pk,
        "code": "NL2564-9999",
    }
    response = clients["O"].post(reverse("programs:project_edit", args=[project.pk]), data)
    assert response.status_code == 302, response.context["form"].errors
    after = type(project).objects.filter(pk=project.pk).values().get()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"title", "search_key", "sort_key", "title_key", "version", "updated_at"}
    assert after["title"] == "ชื่อใหม่ที่แก้ไขแล้ว"
