"""Settings of the benchmark: the product as developed, on a database of its own, beside the peer.

The peer is Django's own admin with django-import-export as it comes, so its apps and addresses are
added to the product's; nothing else differs.
"""

import os

os.environ.setdefault("CODI_DATABASE_ROLE", "app")

from codi.settings.dev import *
from codi.settings.dev import APP_DATABASE, DATABASES, STORAGES
from codi.settings.dev import INSTALLED_APPS as PRODUCT_APPS

BENCH_DATABASE = os.environ.get("BENCH_DATABASE", "codi_bench")
HOME_DATABASE = DATABASES["default"]["NAME"]
APP_DATABASE["NAME"] = DATABASES["default"]["NAME"] = BENCH_DATABASE

INSTALLED_APPS = [*PRODUCT_APPS, "django.contrib.admin", "import_export", "bench.peer"]
ROOT_URLCONF = "bench.peer.urls"
ALLOWED_HOSTS = ["*"]
# The admin's own files are in no manifest; both sides name their files the plain way.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
