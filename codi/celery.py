"""The Celery application. Tasks are thin doors in each room's ``tasks.py``.

Whoever starts a process names the settings in ``DJANGO_SETTINGS_MODULE``.
"""

from typing import Any

from celery import Celery
from celery.signals import setup_logging

app = Celery("codi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _log_as_django_does(**_: Any) -> None:
    """Being connected is enough: Celery then leaves the logging of the settings alone."""
