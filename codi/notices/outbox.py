"""Asking the worker to post: the only place of this room that talks to the broker."""

from __future__ import annotations

import logging

from celery import current_app

log = logging.getLogger(__name__)

POST = "codi.notices.tasks.post"


def ask_for_posting() -> None:
    """Ask for the mails that wait to be sent now. Never raises: the beat asks every minute."""
    try:
        current_app.signature(POST).apply_async(retry=False)
    except Exception:
        log.warning("The broker takes no message; mails wait for the beat", exc_info=True)
