"""Logging in, staying in and being put out."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from axes.models import AccessFailureLog
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from codi.accounts import home_cards, services
from codi.accounts.addresses import client_address
from codi.accounts.models import Role, ScopeLevel, User
from codi.accounts.sessions import ABSOLUTE_LIMIT, IDLE_LIMIT
from codi.accounts.tasks import forget_failures
from codi.settings import base
from tests import world as build
from tests.ui.page import Tree

pytestmark = pytest.mark.django_db
PASSWORD = "ทดสอบ-รหัสผ่าน-1"
START = dt.datetime(2026, 11, 2, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def officer():
    return build.user(username="officer")


@pytest.fixture
def admin():
    return build.user(Role.ADMINISTRATOR, scope_level=ScopeLevel.NATION)


def log_in(client, username="officer", password=PASSWORD, **extra):
    return client.post("/login/", {"username": username, "password": password}, **extra)


def is_in(client) -> bool:
    return client.get("/me/").status_code == 200


def test_login_leads_to_the_page_that_was_wanted(client, officer):
    """Wrong if a sent link was lost at the login, or led to another site."""
    assert client.get("/me/")["Location"] == "/login/?next=/me/"
    good = {"username": "officer", "password": PASSWORD}
    assert client.post("/login/", {**good, "next": "/me/"})["Location"] == "/me/"
    client.logout()
    assert client.post("/login/", {**good, "next": "https://evil.example/"})["Location"] == "/"


def tried_names(admin):
    return home_cards.tried_names(admin, today=dt.date(2026, 11, 2))


def test_one_password_on_a_hundred_names_is_seen(client, admin, officer):
    """Wrong if guessing one password over many names stayed below every lock unseen, or were
    forgotten by the time that somebody looks: the attempts are, at the next login.
    """
    with time_machine.travel(START, tick=False) as clock:
        assert tried_names(admin).count == 0
        for number in range(100):
            log_in(client, f"person{number}", "รหัสผ่านยอดนิยม", REMOTE_ADDR="203.0.113.7")
        for number in range(9):
            log_in(client, f"office{number}", "ผิด", REMOTE_ADDR="203.0.113.8")
        clock.shift(dt.timedelta(hours=8))
        log_in(client)
        card = tried_names(admin)
        assert [item.title for item in card.items] == ["203.0.113.7: 100 ชื่อ"]
        assert (card.count, card.tone) == (1, "bad")
        client.force_login(admin)
        assert "203.0.113.7: 100 ชื่อ" in client.get("/").text
        clock.shift(dt.timedelta(days=90))
        forget_failures()
        assert not AccessFailureLog.objects.exists()


@pytest.mark.parametrize(
    ("behind", "forwarded", "found"),
    [
        (True, "203.0.113.7", "203.0.113.7"),
        (True, "1.2.3.4, 203.0.113.7", "203.0.113.7"),
        (True, "", "172.18.0.1"),
        (False, "1.2.3.4", "172.18.0.1"),
    ],
)
def test_the_address_is_the_one_that_the_own_proxy_tells(rf, settings, behind, forwarded, found):
    """Wrong if everybody shared the address of the proxy, or a client could claim another one."""
    settings.BEHIND_PROXY = behind
    request = rf.get("/", REMOTE_ADDR="172.18.0.1", headers={"X-Forwarded-For": forwarded})
    assert client_address(request) == found


def test_login_makes_a_new_session_key(client, officer):
    """Wrong if a key planted before the login opened the session after it."""
    client.get("/login/")
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    log_in(client)
    assert client.session.session_key != before


@pytest.mark.parametrize("kind", ["wrong password", "unknown name", "disabled"])
def test_every_failure_gets_the_same_reply(client, officer, kind):
    """Wrong if the reply told strangers which names exist."""
    if kind == "disabled":
        User.objects.filter(pk=officer.pk).update(is_active=False)
    name = "nobody" if kind == "unknown name" else "officer"
    password = PASSWORD if kind == "disabled" else "ผิด"
    tree = Tree(log_in(client, name, password).text)
    assert tree.texts("li") == ["ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง ตรวจตัวพิมพ์และภาษาของแป้นพิมพ์ แล้วลองอีกครั้ง"]


def test_unknown_name_costs_as_much_work_as_a_known_one(client, officer, monkeypatch):
    """Wrong if the time of the reply told strangers which names exist."""
    hashed = []
    hasher = type(identify_hasher(officer.password))
    encode = hasher.encode
    monkeypatch.setattr(
        hasher, "encode", lambda *args, **kwargs: hashed.append(1) or encode(*args, **kwargs)
    )
    log_in(client, "officer", "ผิด")
    known = len(hashed)
    log_in(client, "nobody", "ผิด")
    assert len(hashed) - known == known > 0


def test_five_failures_rest_the_name_at_that_address(client, officer):
    """Wrong if passwords could be guessed without end, or a stranger could lock everybody out."""
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(4):
            assert log_in(client, password="ผิด").status_code == 200
        assert log_in(client, password="ผิด").status_code == 429
        locked = log_in(client)
        assert locked.status_code == 429
        assert "พักการเข้าสู่ระบบชั่วคราว" in locked.text
        elsewhere = type(client)()
        assert log_in(elsewhere, REMOTE_ADDR="10.1.1.1").status_code == 302
        clock.move_to(START + dt.timedelta(minutes=15, seconds=1))
        assert log_in(client).status_code == 302


def test_unknown_name_is_rested_too(client):
    """Wrong if only real names were locked: that would tell which exist."""
    replies = [log_in(client, "nobody", "ผิด").status_code for _ in range(6)]
    assert replies == [200, 200, 200, 200, 429, 429]


@pytest.mark.parametrize(("late", "inside"), [(-60, True), (60, False)])
def test_session_ends_after_three_idle_hours(client, officer, late, inside):
    """Wrong if a computer left alone stayed open, or people were put out while they work."""
    with time_machine.travel(START, tick=False) as clock:
        log_in(client)
        assert is_in(client)
        clock.move_to(START + IDLE_LIMIT + dt.timedelta(seconds=late))
        assert is_in(client) is inside


@pytest.mark.parametrize(("late", "inside"), [(-60, True), (60, False)])
def test_session_ends_after_twelve_hours(client, officer, late, inside):
    """Wrong if steady clicking kept one login open for days."""
    with time_machine.travel(START, tick=False) as clock:
        log_in(client)
        assert is_in(client)
        for hour in (2, 4, 6, 8, 10):
            clock.move_to(START + dt.timedelta(hours=hour))
            assert is_in(client)
        clock.move_to(START + ABSOLUTE_LIMIT + dt.timedelta(seconds=late))
        assert is_in(client) is inside


def test_ended_session_says_why_and_leads_back(client, officer):
    """Wrong if a person were thrown out without a word, or htmx put the login into a table."""
    with time_machine.travel(START, tick=False) as clock:
        log_in(client)
        is_in(client)
        clock.move_to(START + IDLE_LIMIT + dt.timedelta(minutes=2))
        response = client.get("/me/", follow=True)
        assert response.redirect_chain[0][0] == "/login/?next=/me/"
        assert "ไม่มีการใช้งานเกิน 3 ชั่วโมง" in response.text
        log_in(client)
        is_in(client)
        clock.shift(IDLE_LIMIT + dt.timedelta(minutes=2))
        fragment = client.get("/me/", headers={"HX-Request": "true"})
        assert fragment["HX-Redirect"] == "/login/?next=/me/"


def test_disabled_person_is_out_at_the_next_click(client, officer, admin):
    """Wrong if someone who left went on working until the session ran out."""
    log_in(client)
    assert is_in(client)
    services.set_active(actor=admin, user=officer, is_active=False, reason="ลาออก")
    assert client.get("/me/")["Location"].startswith("/login/")
    assert log_in(client).status_code == 200


def test_new_password_ends_the_other_sessions(client, officer):
    """Wrong if a stolen session outlived the change of the password."""
    other = type(client)()
    log_in(client)
    log_in(other)
    before = client.session.session_key
    form = {
        "old_password": PASSWORD,
        "new_password": "ม้าสามตัวกินหญ้า",
        "new_password_again": "ม้าสามตัวกินหญ้า",
    }
    assert client.post("/me/password/", form)["Location"] == "/"
    assert is_in(client)
    assert client.session.session_key != before
    assert not is_in(other)


def test_temporary_password_must_be_changed_first(client, officer, admin):
    """Wrong if a password that an administrator knows stayed in use."""
    password = services.reset_password(actor=admin, user=officer)
    log_in(client, password=password)
    assert client.get("/")["Location"] == "/me/password/"
    assert client.get("/me/password/").status_code == 200
    form = {
        "old_password": password,
        "new_password": "ม้าสามตัวกินหญ้า",
        "new_password_again": "ม้าสามตัวกินหญ้า",
    }
    client.post("/me/password/", form)
    assert client.get("/").status_code == 200


def test_logout_is_a_post(client, officer):
    """Wrong if a picture on another site could log people out."""
    log_in(client)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/"
    assert not is_in(client)


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("สั้นไป", "สั้นเกินไป"),
        ("ฟหกดฟหกดฟหกด", "แป้นพิมพ์"),
        ("ๆไำพะัีรนยบล", "แป้นพิมพ์"),
        ("qwertyuiop12", "แป้นพิมพ์"),
        ("0987654321qwer", "แป้นพิมพ์"),
        ("แมวแมวแมวแมวแมว", "แป้นพิมพ์"),
        ("aaaaaaaaaaaaaa", "แป้นพิมพ์"),
        ("password12345678", "เดาง่าย"),
        ("ยฟหหไนพก12345678", "เดาง่าย"),
        ("รหัสผ่าน123456", "เดาง่าย"),
        ("สมหญิง ใจดี12", "ชื่อ-สกุล"),
    ],
)
def test_weak_passwords_are_refused_in_thai(password, word):
    """Wrong if a password that everybody tries first were taken."""
    person = User(username="somying", full_name="สมหญิง ใจดี")
    with pytest.raises(ValidationError) as refused:
        validate_password(password, person)
    assert any(word in message for message in refused.value.messages), refused.value.messages


@pytest.mark.parametrize("password", ["ม้าสามตัวกินหญ้า", "correct horse battery", "K7-fjord-มะม่วง"])
def test_good_passwords_pass(password):
    """Wrong if the rules left no way to choose a phrase that one remembers."""
    assert validate_password(password, User(username="a", full_name="ข")) is None


def test_passwords_are_stored_with_argon2():
    """Wrong if a stolen table could be tried out quickly."""
    assert base.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert settings.AUTHENTICATION_BACKENDS[0] == "axes.backends.AxesStandaloneBackend"
