"""The door for the web server."""

import os
from pathlib import Path

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "codi.settings.production")
# The counters of several web processes lie in one folder, which must be there before they are made.
if counters := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    Path(counters).mkdir(parents=True, exist_ok=True)
application = get_wsgi_application()
