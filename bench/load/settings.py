"""Settings of the load test: the product as developed, on a database and in folders of its own."""

import os
from pathlib import Path

os.environ.setdefault("CODI_DATABASE_ROLE", "app")

from codi.settings.dev import *
from codi.settings.dev import APP_DATABASE, CELERY_BROKER_TRANSPORT_OPTIONS, DATABASES, STORAGES

LOAD_DATABASE = "codi_load"
HOME_DATABASE = DATABASES["default"]["NAME"]
APP_DATABASE["NAME"] = DATABASES["default"]["NAME"] = LOAD_DATABASE
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["TEST"] = {}

FOLDER = Path(os.environ["LOAD_FOLDER"])
MEDIA_ROOT = FOLDER / "media"
CELERY_BROKER_URL = "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS |= {
    "data_folder_in": str(FOLDER / "messages"),
    "data_folder_out": str(FOLDER / "messages"),
    "control_folder": str(FOLDER / "control"),
    "polling_interval": 0.2,
}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
DEMO_ACCOUNTS_ALLOWED = True
