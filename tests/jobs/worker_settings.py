"""Settings of the worker process of the tests: the suite's database, a broker of its own."""

import json
import os

from codi.settings.test import *  # noqa: F403
from codi.settings.test import DATABASES, INSTALLED_APPS

_given = json.loads(os.environ["CODI_TEST_WORKER"])
INSTALLED_APPS = [*INSTALLED_APPS, "tests.jobs.sample"]
DATABASES["default"].update(_given["database"])
MEDIA_ROOT = _given["media_root"]
CELERY_BROKER_URL = _given["broker_url"]
CELERY_BROKER_TRANSPORT_OPTIONS = _given["broker_options"]
CELERY_BEAT_SCHEDULE = {}
JOBS_HEARTBEAT_SECONDS = 0.2
