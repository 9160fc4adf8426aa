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
API_RATES = {"read": "100000/min", "write": "100000/min"}  # a test of the measure sets its own
MEDIA_ROOT = DATA_DIR / "test" / os.environ.get("PYTEST_XDIST_WORKER", "alone") / "media"

# Twenty clients on two busy cores may wait longer for a lock than a person would; and what a test
# commits need not outlive a loss of power.
DATABASES["default"]["OPTIONS"]["options"] = (
    "-c lock_timeout=30000 -c jit=off -c synchronous_commit=off"
)
