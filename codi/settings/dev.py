"""Development and the first run: everything needed is here, no server has to be installed.

``DATABASE_URL`` (with ``DATABASE_OWNER_URL``) and ``CELERY_BROKER_URL`` switch to real servers;
without them reading these settings starts the embedded PostgreSQL when it is not running.
``EMAIL_URL`` sends mails through a server.
"""

import secrets
import tempfile
from contextlib import suppress

from environs import Env

from codi.embedded import APP, DATABASE, OWNER, ensure
from codi.settings.base import *
from codi.settings.base import CELERY_BROKER_TRANSPORT_OPTIONS, DATA_DIR, LOGGING, STORAGES
from codi.settings.database import parse, socket_url, wants_owner
from codi.settings.mail import parse_mail

env = Env()

DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.str("SITE_URL", f"http://127.0.0.1:{env.int('PORT', 8000)}")


def _secret_key() -> str:
    """A key of this folder's own, made once: sessions outlive a second start.

    It appears whole, so that of several processes on a new machine none reads half of it.
    """
    file = DATA_DIR / "secret-key"
    DATA_DIR.mkdir(exist_ok=True)
    if not file.exists():
        with tempfile.NamedTemporaryFile("w", dir=DATA_DIR) as new:  # nobody else may read it
            new.write(secrets.token_urlsafe(50))
            new.flush()
            with suppress(FileExistsError):
                file.hardlink_to(new.name)
    return file.read_text()


def _addresses() -> tuple[str, str]:
    """The database's address for the application and for the owner of its tables."""
    if app := env.str("DATABASE_URL", ""):
        return app, env.str("DATABASE_OWNER_URL", app)
    folder = str(ensure(DATA_DIR / "postgres"))
    return (
        socket_url(user=APP, folder=folder, name=DATABASE),
        socket_url(user=OWNER, folder=folder, name=DATABASE),
    )


SECRET_KEY = env.str("SECRET_KEY", "") or _secret_key()
DEMO_ACCOUNTS_ALLOWED = True
_app, _owner = _addresses()
APP_DATABASE = parse(_app)
DATABASES = {"default": parse(_owner) if wants_owner() else APP_DATABASE}

MEDIA_ROOT = env.path("MEDIA_ROOT", DATA_DIR / "media")
if DEBUG:
    WHITENOISE_USE_FINDERS = True
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# Mails of development lie as files in this folder.
globals().update(parse_mail(env.str("EMAIL_URL", f"file://{DATA_DIR / 'mails'}")))
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "noreply@localhost")

# A line per request is for machines; on a terminal it says nothing.
LOGGING["loggers"]["codi.requests"] = {"level": "WARNING"}

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "filesystem://localhost")
if CELERY_BROKER_URL.startswith("filesystem:"):
    _broker = DATA_DIR / "broker"
    (_broker / "messages").mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS |= {
        "data_folder_in": str(_broker / "messages"),
        "data_folder_out": str(_broker / "messages"),
        "control_folder": str(_broker / "control"),
        "polling_interval": 0.05,
    }
