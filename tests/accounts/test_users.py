"""Administrators manage people; nobody else sees that they exist."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from codi.accounts import services
from codi.accounts.management.commands import load_demo_accounts
from codi.accounts.models import Role, ScopeLevel, User
from codi.accounts.system import CHECKER, system_account
from codi.errors import Refused
from tests import world as build

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return build.user(Role.ADMINISTRATOR, scope_level=ScopeLevel.NATION, username="root.admin")


def profile(**fields) -> services.Profile:
    facts = {"full_name": "สมชาย รักดี", "role": Role.ANALYST, "scope_level": ScopeLevel.NATION}
    return services.Profile(**{**facts, **fields})


PAGES = ["/users/", "/users/new/", "/users/{pk}/", "/users/{pk}/active/"]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_other_roles_are_refused(client, role, address):
    """Wrong if a role could read or change who may do what."""
    client.force_login(build.user(role, scope_level=ScopeLevel.NATION))
    response = client.get(address.format(pk=build.user().pk))
    assert response.status_code == 403
    assert "เฉพาะผู้ดูแลระบบระดับประเทศ" in response.text


@pytest.mark.parametrize("address", [*PAGES, "/users/{pk}/password/"])
def test_regional_administrator_is_refused(client, address):
    """Wrong if an administrator of one region could make one of the whole country."""
    client.force_login(build.user(Role.ADMINISTRATOR))
    person = build.user()
    assert client.post(address.format(pk=person.pk)).status_code in {403, 405}
    assert User.objects.get(pk=person.pk).password == person.password


def test_pages_need_a_login_and_an_existing_person(client, admin):
    """Wrong if a page could be read by anyone, or an unknown number broke it."""
    assert client.get("/users/").status_code == 302
    client.force_login(admin)
    assert client.get("/users/999999/").status_code == 404


def test_new_person_gets_a_password_that_works_once(client, admin):
    """Wrong if the password shown were not the one stored, or stayed in use."""
    client.force_login(admin)
    region = build.region()
    form = {
        "username": "Somchai.R",
        "full_name": "สมชาย  รักดี",
        "role": "regional_officer",
        "scope_level": "region",
        "region": region.pk,
    }
    response = client.post("/users/new/", form)
    person = User.objects.get(username="somchai.r")
    password = re.search(r"<code[^>]*>([^<]+)</code>", response.text)[1]
    assert person.check_password(password)
    assert person.must_change_password
    assert (person.full_name, person.region, person.province) == ("สมชาย รักดี", region, None)
    assert "no-store" in response["Cache-Control"]
    again = client.post("/users/new/", form)
    assert "มีแล้ว ใช้ชื่ออื่น" in again.text
    assert User.objects.filter(username="somchai.r").count() == 1


def test_the_systems_own_accounts_are_nobodys_to_manage(client, admin):
    """Wrong if an administrator could open, disable or give a password to what is no person."""
    system = system_account(CHECKER)
    client.force_login(admin)
    assert system.full_name not in client.get("/users/").text
    assert client.get(f"/users/{system.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"username": "สมชาย"}, "อักษรอังกฤษตัวเล็ก"),
        ({"scope_level": "region"}, "ยังไม่ได้เลือกภาค"),
        ({"scope_level": "province"}, "ยังไม่ได้เลือกจังหวัด"),
        ({"role": "superuser"}, "เลือกจากรายการที่ให้ไว้"),
        ({"email": "ไม่ใช่อีเมล"}, "อีเมลไม่ถูกต้อง"),
    ],
)
def test_incomplete_person_is_refused(client, admin, changes, word):
    """Wrong if a person without a scope or with a made-up role were stored."""
    client.force_login(admin)
    form = {"username": "someone", "full_name": "ก ข", "role": "analyst", "scope_level": "nation"}
    response = client.post("/users/new/", {**form, **changes})
    assert word in response.text
    assert not User.objects.filter(full_name="ก ข").exists()


def test_province_decides_the_region(admin):
    """Wrong if a person of one region saw a province of another."""
    near, far = build.region(), build.province("30", "นครราชสีมา", "NE")
    person, _password = services.create_user(
        actor=admin,
        username="korat",
        profile=profile(scope_level=ScopeLevel.PROVINCE, province=far),
    )
    assert person.region == far.region
    with pytest.raises(Refused) as refused:
        services.update_user(
            actor=admin,
            user=person,
            profile=profile(scope_level=ScopeLevel.PROVINCE, province=far, region=near),
        )
    assert refused.value.field == "province"


def test_nobody_locks_everybody_out(client, admin):
    """Wrong if the last administrator could be disabled or turned into something else."""
    client.force_login(admin)
    assert "ระงับบัญชีของตนเองไม่ได้" in client.get(f"/users/{admin.pk}/").text
    with pytest.raises(Refused) as refused:
        services.update_user(actor=admin, user=admin, profile=profile())
    assert refused.value.code == "last_administrator"
    with pytest.raises(Refused):
        services.set_active(actor=admin, user=admin, is_active=False, reason="ลาออก")
    build.user(Role.ADMINISTRATOR, scope_level=ScopeLevel.NATION)
    assert services.update_user(actor=admin, user=admin, profile=profile()).role == Role.ANALYST


def test_disable_and_enable_keep_the_reason(client, admin):
    """Wrong if an account were closed without anyone knowing by whom and why."""
    person = build.user()
    client.force_login(admin)
    assert client.post(f"/users/{person.pk}/active/", {"reason": ""}).status_code == 200
    assert User.objects.get(pk=person.pk).is_active
    client.post(f"/users/{person.pk}/active/", {"reason": "ย้ายหน่วยงาน"})
    person.refresh_from_db()
    assert not person.is_active
    event = person.events.order_by("-pgh_id").first()
    assert event.pgh_context["reason"] == "ย้ายหน่วยงาน"
    assert event.pgh_context["actor_id"] == admin.pk
    client.post(f"/users/{person.pk}/active/", {"reason": "กลับมา"})
    person.refresh_from_db()
    assert person.is_active


def test_posted_extras_are_ignored(client, admin):
    """Wrong if a hidden field could set what the form does not offer."""
    person = build.user()
    client.force_login(admin)
    form = {
        "full_name": "ใหม่",
        "role": "analyst",
        "scope_level": "nation",
        "username": "taken.over",
        "is_active": "",
        "password": "x",
    }
    client.post(f"/users/{person.pk}/", form)
    stored = User.objects.get(pk=person.pk)
    assert (stored.full_name, stored.username) == ("ใหม่", person.username)
    assert stored.password == person.password
    assert stored.is_active


def test_demo_accounts_are_for_trying_only(settings, capsys):
    """Wrong if a real system could be given accounts whose password is printed in the README."""
    settings.DEMO_ACCOUNTS_ALLOWED = False
    with pytest.raises(CommandError, match="เครื่องพัฒนา"):
        call_command("load_demo_accounts")
    settings.DEMO_ACCOUNTS_ALLOWED = True
    with pytest.raises(CommandError, match="load_places"):
        call_command("load_demo_accounts")
    build.region()
    build.province("57", "เชียงราย", "N")
    build.province("30", "นครราชสีมา", "NE")
    call_command("load_demo_accounts")
    call_command("load_demo_accounts")
    made = User.objects.filter(username__in=[row[0] for row in load_demo_accounts.ACCOUNTS])
    assert {person.role for person in made} == set(Role.values)
    assert made.count() == 8
    assert load_demo_accounts.PASSWORD in capsys.readouterr().out
    assert all(person.check_password(load_demo_accounts.PASSWORD) for person in made)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("patient")
def test_a_name_taken_at_the_same_moment_is_a_refusal():
    """Wrong if a double click on "add person" ended in an error page."""
    admin = build.user("administrator", scope_level="nation")
    profile = services.Profile(full_name="คนใหม่", role="analyst", scope_level="nation")
    gate = threading.Barrier(4)

    def click(_number: int) -> str:
        try:
            connection.ensure_connection()
            gate.wait(timeout=30)
            services.create_user(actor=admin, username="new.person", profile=profile)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(click, range(4)))
    assert answers == ["made", *["username_taken"] * 3]
