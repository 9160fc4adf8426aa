"""What is the same everywhere. Development, tests and production add to it."""

import datetime as dt
from pathlib import Path
from typing import Any

import pghistory
import pgtrigger
from celery.schedules import crontab
from csp.constants import NONE, SELF
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = BASE_DIR / ".data"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "axes",
    "csp",
    "django_prometheus",
    "django_htmx",
    "django_filters",
    "django_tables2",
    "rest_framework",
    "drf_spectacular",
    "pgtrigger",
    "pghistory",
    "codi.ui",
    "codi.places",
    "codi.accounts",
    "codi.history",
    "codi.kept",
    "codi.jobs",
    "codi.notices",
    "codi.desk",
    "codi.files",
    "codi.imports",
    "codi.pivot",
    "codi.api",
    "codi.entry",
    "codi.quality",
    "programs",
    "finance",
    "councils",
    "welfare",
    "reports",
    "overview",
    "codi.backup",
]

MIDDLEWARE = [
    "codi.logs.RequestLog",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "codi.accounts.sessions.SessionLimits",
    "codi.history.middleware.HistoryOfRequests",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "codi.urls"
WSGI_APPLICATION = "codi.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"figures": "codi.figures.templatetags"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "codi.ui.context.shell",
                "codi.notices.context.bell",
            ],
        },
    },
]
FORM_RENDERER = "codi.ui.forms.UiRenderer"
CSRF_FAILURE_VIEW = "codi.ui.views.csrf_failure"

# People
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "codi.accounts.passwords.MinimumLength", "OPTIONS": {"min_length": 12}},
    {"NAME": "codi.accounts.passwords.NotLikeOwnData"},
    {"NAME": "codi.accounts.passwords.NotCommon"},
    {"NAME": "codi.accounts.passwords.NotAlongTheKeyboard"},
]
# Five failures by one name from one address rest that pair for 15 minutes (ASVS 5.0 V6.3.1).
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "codi.accounts.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_CLIENT_IP_CALLABLE = "codi.accounts.addresses.client_address"
# The attempts are forgotten with the rest; who tried many names is told from the log of failures.
AXES_ENABLE_ACCESS_FAILURE_LOG = True
# A proxy of the house stands before us, and its X-Forwarded-For is believed.
BEHIND_PROXY = False
AXES_SENSITIVE_PARAMETERS = ["password"]

# Twelve hours at most and three without a click: codi.accounts.sessions counts the second.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# Nothing is allowed but what our own server sends. Bootstrap's style sheet carries its small
# pictures as data: addresses; a report is shown inside its page (frame-src, frame-ancestors).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # it wants DENY; a report is shown inside its own page
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# Language and time
LANGUAGE_CODE = "th"
TIME_ZONE = "Asia/Bangkok"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Files. Third-party assets come out of their packages, never out of the repository.
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "codi.ui.finders.VendorFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_HANDLERS = [
    "codi.files.uploading.BoundedUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# What one request may carry: a page without scripts sends several files at once.
UPLOADS_OF_REQUEST_BYTE_COUNT = 64 * 1024 * 1024

# Files that hang on records (codi.files), the same in development and production.
_env = Env()
ATTACHMENTS_URL = _env.str("ATTACHMENTS_URL", "")
ATTACHMENTS_SIGNED_SECONDS = _env.int("ATTACHMENTS_SIGNED_SECONDS", 0)
ATTACHMENTS_ACCEL = _env.str("ATTACHMENTS_ACCEL", "")
ATTACHMENTS_CLAMD = _env.str("ATTACHMENTS_CLAMD", "")
ATTACHMENTS_QUOTA_GB = _env.int("ATTACHMENTS_QUOTA_GB", 200)
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# History lies in each event row itself (not in a shared context row that could be changed later),
# is written once per statement, and its triggers refuse change and deletion.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField()
PGHISTORY_LEVEL: pgtrigger.Level = pgtrigger.Statement
PGHISTORY_APPEND_ONLY = True

# Long work. A message may come twice or be lost: the job's row in our own table decides.
CELERY_TASK_TIME_LIMIT = 10 * 60
CELERY_TASK_SOFT_TIME_LIMIT = 9 * 60
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = 2
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 280_000  # KiB; a fresh child takes the next task
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than twice the hard limit: a broker that gives up on a running task starts it again.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 3 * CELERY_TASK_TIME_LIMIT,
    # A request does not hang on a broker that is down: the sweep sends its job later.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
    "socket_connect_timeout": 2,
}
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "codi.jobs.tasks.sweep", "schedule": 15.0, "options": {"expires": 15}},
    "post": {"task": "codi.notices.tasks.post", "schedule": 60.0, "options": {"expires": 60}},
    "later-changes": {
        "task": "reports.tasks.note_later_changes",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "morning": {"task": "codi.notices.tasks.morning", "schedule": crontab(hour="7", minute="0")},
    "check-data": {
        "task": "codi.quality.tasks.sweep",
        "schedule": crontab(hour="1", minute="30"),
        "options": {"expires": 3600},
    },
    "desk": {"task": "codi.desk.tasks.sweep", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget-answers": {"task": "codi.api.tasks.forget_answers", "schedule": 60 * 60.0},
    "purge-files": {
        "task": "codi.files.tasks.purge",
        "schedule": crontab(hour="2", minute="30"),
        "options": {"expires": 3600},
    },
    "forget-failures": {
        "task": "codi.accounts.tasks.forget_failures",
        "schedule": crontab(hour="2", minute="15"),
        "options": {"expires": 3600},
    },
    "seal-history": {
        "task": "codi.history.tasks.seal",
        "schedule": crontab(hour="3", minute="15"),
        "options": {"expires": 3600},
    },
    "find-doubles": {
        "task": "programs.tasks.find_all_doubles",
        "schedule": crontab(hour="1", minute="45"),
        "options": {"expires": 3600},
    },
    "forget-import-rows": {
        "task": "codi.imports.tasks.forget_rows",
        "schedule": crontab(hour="2", minute="45"),
        "options": {"expires": 3600},
    },
}
# A job whose worker has been silent for JOBS_STALE_SECONDS is given to another.
JOBS_HEARTBEAT_SECONDS = 5.0
JOBS_STALE_SECONDS = 60.0
JOBS_RESEND_SECONDS = 60.0
JOBS_LIMIT_SECONDS = float(CELERY_TASK_TIME_LIMIT)
JOBS_ACTIVE_PER_USER_COUNT = 3

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": {"()": "codi.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Its lines name people; its table of attempts tells administrators the same.
        "axes": {"level": "CRITICAL"},
        # A line of ours per request says more, with less of the person.
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "ERROR"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "matplotlib": {"level": "WARNING"},
    },
}

# A file outside of the database, best on another machine, that gets the seal of each day of history.
HISTORY_SEALS = _env.str("HISTORY_SEALS", "")
# Who brings this token reads /metrics and the details of /health/ready from outside.
METRICS_TOKEN = ""
PROMETHEUS_EXPORT_MIGRATIONS = False
# The API. Requests per person over all tokens and pages; wrong tokens per address. The counts lie
# in the database: they hold over all processes, and no other server has to be there for them.
API_RATES = {"read": "600/min", "write": "120/min"}
API_WRONG_TOKENS = 20
API_WRONG_SECONDS = 5 * 60
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "codi.api.authentication.TokenAuthentication",
        "codi.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["codi.api.permissions.KnownPerson"],
    "DEFAULT_THROTTLE_CLASSES": ["codi.api.throttling.PerPerson"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "codi.api.negotiation.JsonAlways",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "codi.api.errors.handle",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "API โครงการ การเบิกจ่าย และรายงาน พอช.",
    "DESCRIPTION": "ทะเบียน ขั้นตอน บัญชีเบิกจ่าย ตัวเลข และรายงาน ด้วยกติกาและขอบเขตเดียวกับหน้าเว็บ",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_NO_READ_ONLY_REQUIRED": False,
    "POSTPROCESSING_HOOKS": ["codi.api.schema.finish"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# Lists. Above so many rows an xlsx file is made by a worker, and a person gets one file at a time.
EXPORT_DIRECT_ROW_COUNT = 20_000
FILTERS_EMPTY_CHOICE_LABEL = "ทั้งหมด"
