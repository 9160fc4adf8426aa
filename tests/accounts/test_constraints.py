"""The rules of a person's role and scope: good rows pass, each broken part is refused."""

from __future__ import annotations

import pytest

from codi.accounts.models import User
from tests import world as build
from tests.broken import refused_by

pytestmark = pytest.mark.django_db


def scope(level: str, *, region: bool = False, province: bool = False) -> dict[str, object]:
    return {
        "scope_level": level,
        "region": build.region() if region else None,
        "province": build.province() if province else None,
    }


@pytest.mark.parametrize(
    ("level", "region", "province"),
    [("nation", False, False), ("region", True, False), ("province", True, True)],
)
def test_whole_scope_is_accepted(level, region, province):
    """Wrong if a person could not be given the scope of their office."""
    person = build.user()
    facts = scope(level, region=region, province=province)
    assert User.objects.filter(pk=person.pk).update(**facts) == 1


@pytest.mark.parametrize(
    ("level", "region", "province"),
    [
        ("nation", True, False),
        ("nation", False, True),
        ("region", False, False),
        ("region", True, True),
        ("province", True, False),
        ("province", False, True),
        ("district", True, True),
    ],
)
def test_scope_with_a_part_too_much_or_too_few_is_refused(level, region, province):
    """Wrong if a half scope could show a person more, or nothing at all."""
    person = build.user()
    facts = scope(level, region=region, province=province)
    with refused_by("accounts_user_scope_complete"):
        User.objects.filter(pk=person.pk).update(**facts)
    assert User.objects.get(pk=person.pk).scope_level == "region"


def test_unknown_role_is_refused():
    """Wrong if a role that no permission knows could be stored."""
    person = build.user()
    with refused_by("accounts_user_role_known"):
        User.objects.filter(pk=person.pk).update(role="owner")
    assert User.objects.get(pk=person.pk).role == "regional_officer"
