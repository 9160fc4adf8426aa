"""Production: every address and secret comes from the environment, and a missing one is named."""

from django.core.exceptions import ImproperlyConfigured
from environs import Env

from codi.settings.base import *
from codi.settings.base import BASE_DIR, LOGGING
from codi.settings.database import parse, wants_owner
from codi.settings.mail import parse_mail

env = Env()

REQUIRED = {
    "SECRET_KEY": "a random text of at least 50 characters",
    "DATABASE_URL": "postgres://codi_app:…@host/codi, the role that reads and writes rows",
    "CELERY_BROKER_URL": "redis://…",
    "ALLOWED_HOSTS": "the names under which the site answers, with commas between",
    "SITE_URL": "the address of the site, for links in PDF files: https://…",
    "MEDIA_ROOT": "the folder of uploaded and finished files",
    "EMAIL_URL": "smtp+tls://name:password@host:587, or none:// to send no mails",
    "MAIL_FROM": "the address under which mails are sent",
}
if wants_owner():
    REQUIRED["DATABASE_OWNER_URL"] = "postgres://codi_owner:…@host/codi, the owner of the tables"

_missing = [f"{name} ({meaning})" for name, meaning in REQUIRED.items() if not env.str(name, "")]
if _missing:
    raise ImproperlyConfigured("missing in the environment: " + "; ".join(_missing))

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is shorter than 50 characters")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS")
SITE_URL = env.str("SITE_URL").rstrip("/")
if not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("SITE_URL must begin with https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

APP_DATABASE = {**parse(env.str("DATABASE_URL")), "CONN_MAX_AGE": 60}
DATABASES = {"default": parse(env.str("DATABASE_OWNER_URL")) if wants_owner() else APP_DATABASE}
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL")
MEDIA_ROOT = env.path("MEDIA_ROOT")
globals().update(parse_mail(env.str("EMAIL_URL")))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM")
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / ".data" / "static")

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING["handlers"]["console"]["formatter"] = "json"
