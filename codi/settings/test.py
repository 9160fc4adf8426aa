"""The suite: as in development, but as the owner of the tables, in folders of each worker's own."""

import os

from codi.settings.database import note_role

note_role("test")

from codi.settings.dev import *  # noqa: E402
from codi.settings.dev import DATA_DIR, DATABASES, STORAGES  # noqa: E402

DEBUG = False
ALLOWED_HOSTS = ["*"]
SITE_URL = "http://testserver"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = DATA_DIR / "test" / os.environ.get("PYTEST_XDIST_WORKER", "alone") / "media"

# Twenty clients on two busy cores may wait longer for a lock than a person would.
DATABASES["default"]["OPTIONS"]["options"] = "-c lock_timeout=30000"
