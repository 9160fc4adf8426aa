"""Development and the first run: the embedded database unless DATABASE_URL names another."""

from codi.embedded import OWNER, ensure
from codi.settings.base import *
from codi.settings.base import DATA_DIR

DEBUG = True
SECRET_KEY = "development-only"
ALLOWED_HOSTS = ["*"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "codi",
        "USER": OWNER,
        "HOST": str(ensure(DATA_DIR / "postgres")),
    }
}
