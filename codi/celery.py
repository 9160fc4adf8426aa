"""The Celery application. Tasks are thin doors in each room's ``tasks.py``.

Whoever starts a process names the settings in ``DJANGO_SETTINGS_MODULE``.
"""

from celery import Celery

app = Celery("codi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
