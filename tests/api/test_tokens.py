"""Personal tokens: shown once, kept as a digest, ended with the password, never more than the person."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from codi.accounts import services as accounts
from codi.api import services
from codi.api.models import ApiToken, Reach
from codi.errors import Refused
from codi.history.queries import changes_of
from programs.models import Organisation
from tests import world as build
from tests.api.conftest import Program, body_of

pytestmark = pytest.mark.django_db
NEW = {"name": "สหกรณ์บ้านมั่นคง", "kind": "cooperative", "region": "N", "province": "50"}


def test_a_token_is_shown_once_and_kept_as_a_digest(w):
    """Wrong if the text of a token could be read again, on a page or in the database."""
    client = Client()
    client.force_login(w.officer)
    day = timezone.localdate() + dt.timedelta(days=30)
    page = client.post(
        reverse("api:token_new"),
        {"name": "แดชบอร์ด", "reach": "read", "expires_on": day.isoformat()},
    )
    text = page.content.decode()
    raw = text.split('id="token-text">')[1].split("<")[0]
    assert page["Cache-Control"] == "no-store"
    assert raw.startswith("codi_")
    assert len(raw) > 40
    token = ApiToken.objects.get()
    assert raw not in str(vars(token))
    assert token.digest == services.digest_of(raw)
    assert token.hint == raw[:10]
    listed = client.get(reverse("api:tokens")).content.decode()
    assert raw not in listed
    assert "แดชบอร์ด" in listed
    told = str([(change.fields, change.reason) for change in changes_of(ApiToken, token.pk)])
    assert token.digest not in told
    assert (
        Client(headers={"Authorization": f"Bearer {raw}"}).get("/api/v1/projects/").status_code
        == 200
    )


def test_a_token_is_never_read_out_of_an_address(w):
    """Wrong if a token in a link, which logs and histories keep, let anybody in."""
    raw = Program(w.officer).raw
    for word in ("token", "access_token", "api_key", "Authorization", "bearer"):
        assert Client().get("/api/v1/projects/", {word: raw}).status_code == 401
    assert (
        Client(headers={"Authorization": f"Token {raw}"}).get("/api/v1/projects/").status_code
        == 401
    )
    assert (
        Client(headers={"Authorization": f"Basic {raw}"}).get("/api/v1/projects/").status_code
        == 401
    )


def test_a_reading_token_only_reads(w):
    """Wrong if a token could do more than it was made for."""
    reader = Program(w.officer, Reach.READ)
    assert reader.get("projects/").status_code == 200
    answer = reader.post("organisations/", NEW)
    assert (answer.status_code, body_of(answer)["code"]) == (403, "read_only_token")
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize("end", ["revoked", "expired", "password", "reset", "disabled"])
def test_a_token_ends(w, end, time_machine):
    """Wrong if a token outlived its day, its owner's password or access, or its revocation."""
    program = Program(w.officer)
    assert program.get("projects/").status_code == 200
    admin = w.administrator
    if end == "revoked":
        services.revoke_token(actor=w.officer, token=program.token, now=timezone.now())
    elif end == "expired":
        time_machine.move_to(timezone.now() + dt.timedelta(days=31))
    elif end == "password":
        accounts.change_own_password(actor=w.officer, password="อีกวลีหนึ่งที่ยาวพอ")
    elif end == "reset":
        accounts.reset_password(actor=admin, user=w.officer)
    else:
        accounts.set_active(actor=admin, user=w.officer, is_active=False, reason="ลาออก")
    answer = program.get("projects/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_token_follows_its_owners_role_and_scope(w):
    """Wrong if a token kept rights that its owner lost."""
    project = build.project(w, "draft")
    program = Program(w.officer)
    assert program.get(f"projects/{project.pk}/").status_code == 200
    build.region("NE", "ภาคอีสาน", 2)
    type(w.officer).objects.filter(pk=w.officer.pk).update(region="NE")
    assert program.get(f"projects/{project.pk}/").status_code == 404
    type(w.officer).objects.filter(pk=w.officer.pk).update(region="N", role="analyst")
    assert program.post("organisations/", NEW).status_code == 403


def test_a_temporary_password_is_changed_first(w):
    """Wrong if the API were a way around choosing a password of one's own."""
    client = Client()
    w.officer.must_change_password = True
    w.officer.save()
    client.force_login(w.officer)
    answer = client.get("/api/v1/projects/")
    assert (answer.status_code, body_of(answer)["code"]) == (403, "password_due")
    assert client.get("/api/v1/").status_code in (200, 302)
    with pytest.raises(Refused):
        Program(w.officer)


def test_wrong_tokens_are_slowed_and_right_ones_pass(w, settings):
    """Wrong if tokens could be tried for ever, or one stranger shut a whole office out."""
    settings.API_WRONG_TOKENS = 5
    right = Program(w.officer)
    wrong = Client(headers={"Authorization": "Bearer codi_wrong"})
    assert [wrong.get("/api/v1/projects/").status_code for _ in range(7)] == [401] * 5 + [429] * 2
    assert right.get("projects/").status_code == 200
    elsewhere = wrong.get("/api/v1/projects/", REMOTE_ADDR="10.0.0.9")
    assert elsewhere.status_code == 401


def test_a_session_that_is_over_is_a_stranger(w, time_machine):
    """Wrong if a program that uses the session got the login page for JSON."""
    client = Client()
    client.force_login(w.officer)
    assert client.get("/api/v1/projects/").status_code == 200
    time_machine.move_to(timezone.now() + dt.timedelta(hours=4))
    answer = client.get("/api/v1/projects/")
    assert (answer.status_code, body_of(answer)["code"]) == (401, "not-authenticated")


def test_a_person_asks_so_often_and_no_more(w, settings):
    """Wrong if one program could keep the server busy, or a second token brought a second measure."""
    settings.API_RATES = {"read": "3/min", "write": "1/min"}
    program = Program(w.officer)
    assert [program.get("projects/").status_code for _ in range(3)] == [200] * 3
    late = Program(w.officer).get("projects/")
    assert late.status_code == 429
    assert 0 < int(late["Retry-After"]) <= 60
    assert Program(w.manager).get("projects/").status_code == 200
    assert program.post("organisations/", NEW).status_code == 201
    assert program.post("organisations/", NEW).status_code == 429


def test_the_session_needs_the_csrf_token_to_write(w):
    """Wrong if another site could write with the session of somebody logged in."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(w.officer)
    client.get("/me/tokens/new/")
    headers = {"Idempotency-Key": "a"}
    body = {"data": NEW, "content_type": "application/json"}
    answer = client.post("/api/v1/organisations/", **body, headers=headers)
    assert answer.status_code == 403
    assert "X-CSRFToken" in body_of(answer)["detail"]
    token = client.cookies["csrftoken"].value
    allowed = client.post(
        "/api/v1/organisations/", **body, headers=headers | {"X-CSRFToken": token}
    )
    assert allowed.status_code == 201


def test_the_last_use_is_noted_now_and_then(w, time_machine):
    """Wrong if a forgotten token could not be found, or every reading wrote."""
    program = Program(w.officer)
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    program.get("projects/")
    first = ApiToken.objects.get().last_used_at
    assert first == start
    time_machine.move_to(start + dt.timedelta(minutes=4), tick=False)
    program.get("projects/")
    assert ApiToken.objects.get().last_used_at == first
    time_machine.move_to(start + dt.timedelta(minutes=6), tick=False)
    program.get("projects/")
    assert ApiToken.objects.get().last_used_at > first


def test_a_life_of_a_token_is_bounded(w):
    """Wrong if a token could be made for ever, or for yesterday."""
    today, now = timezone.localdate(), timezone.now()
    for day in (today, today - dt.timedelta(days=1), today + dt.timedelta(days=367)):
        with pytest.raises(Refused):
            services.create_token(
                actor=w.officer, name="x", reach="read", expires_on=day, now=now, today=today
            )


def test_one_revokes_ones_own_tokens_alone(w):
    """Wrong if somebody could see or end another's token."""
    program = Program(w.officer)
    client = Client()
    client.force_login(w.manager)
    address = reverse("api:token_revoke", args=[program.token.pk])
    assert client.post(address).status_code == 404
    assert program.token.name not in client.get(reverse("api:tokens")).content.decode()
    client.force_login(w.officer)
    assert client.post(address).status_code == 302
    assert program.get("projects/").status_code == 401
