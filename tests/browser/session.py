"""A person in the browser, without walking through the login page each time."""

from __future__ import annotations

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import BrowserContext, Page

from codi.accounts.models import User


def sign_in(context: BrowserContext, address: str, user: User) -> None:
    """Give the browser a session of the person, as logging in makes it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    key = str(session.session_key)
    context.add_cookies([{"name": "sessionid", "value": key, "url": address}])


def complaints_of(page: Page) -> list[str]:
    """What the browser complains of from now on: blocked scripts and styles, faults of scripts."""
    heard: list[str] = []
    page.on("console", lambda message: message.type == "error" and heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard
