"""Production settings: what is missing is named, and what is set is strict."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

GIVEN = {
    "DJANGO_SETTINGS_MODULE": "codi.settings.production",
    "SECRET_KEY": "k" * 30 + "0123456789abcdefghijklmnopqrst",
    "DATABASE_URL": "postgres://codi_app@database/codi",
    "CELERY_BROKER_URL": "redis://redis/0",
    "ALLOWED_HOSTS": "codi.example",
    "SITE_URL": "https://codi.example",
    "MEDIA_ROOT": "/media",
    "EMAIL_URL": "smtp+tls://codi:secret@mail.example:587",
    "MAIL_FROM": "noreply@codi.example",
}


def read(expression: str, *command: str, **given: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of its own, with this environment and no other."""
    code = (
        f"from codi.settings.database import note_role; note_role({(command or ('',))[0]!r});"
        f"from django.conf import settings; print({expression})"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", sorted(set(GIVEN) - {"DJANGO_SETTINGS_MODULE"}))
def test_missing_variable_is_named(name: str) -> None:
    """An operator who forgot one must read its name, not find a default in production."""
    done = read("settings.DEBUG", **{key: value for key, value in GIVEN.items() if key != name})
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert f"missing in the environment: {name} (" in last


def test_owner_is_asked_for_only_where_the_schema_changes() -> None:
    """The web server must not need, and so not hold, the owner's password."""
    assert read("settings.DATABASES['default']['USER']", **GIVEN).stdout == "codi_app\n"
    refused = read("settings.DEBUG", "migrate", **GIVEN)
    assert "DATABASE_OWNER_URL" in refused.stderr
    owner = {**GIVEN, "DATABASE_OWNER_URL": "postgres://codi_owner@database/codi"}
    assert (
        read("settings.DATABASES['default']['USER']", "migrate", **owner).stdout == "codi_owner\n"
    )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", "short", "shorter than 50"),
        ("SITE_URL", "http://codi.example", "https://"),
        ("EMAIL_URL", "http://mail.example", "EMAIL_URL must begin with"),
    ],
)
def test_weak_value_is_refused(name: str, value: str, words: str) -> None:
    """A guessable key or a plain address must not reach production."""
    done = read("settings.DEBUG", **{**GIVEN, name: value})
    assert done.returncode != 0
    assert words in done.stderr


def test_strict() -> None:
    """Each of these switched off would open a known hole (ASVS 5.0 V3.3, V3.4)."""
    done = read(
        "settings.DEBUG, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, "
        "settings.SESSION_COOKIE_SAMESITE, settings.SECURE_HSTS_SECONDS >= 31536000, "
        "settings.PASSWORD_HASHERS[0].rsplit('.')[-1], "
        "'unsafe' in str(settings.CONTENT_SECURITY_POLICY)",
        **GIVEN,
    )
    assert done.stdout == "False True True Lax True Argon2PasswordHasher False\n"


def test_a_message_is_not_given_again_while_its_task_may_run() -> None:
    """A visibility timeout within twice the hard limit would start a running job a second time."""
    done = read(
        "settings.CELERY_BROKER_TRANSPORT_OPTIONS['visibility_timeout'], "
        "settings.CELERY_TASK_TIME_LIMIT",
        **GIVEN,
    )
    visibility, limit = (int(word) for word in done.stdout.split())
    assert visibility > 2 * limit


def test_log_line_cannot_be_forged() -> None:
    """A line break in a value must not look like a second line of the log (ASVS V16.4.1)."""
    code = (
        "import logging.config; from django.conf import settings;"
        "logging.config.dictConfig(settings.LOGGING);"
        "logging.getLogger('codi').warning('one\\r\\n{\"level\": \"INFO\"}')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], **GIVEN},
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(done.stderr.splitlines()) == 1
