"""How mails leave, from one address: ``smtp+tls://name:password@host:587``.

``smtp`` (plain, for a relay on the own machine), ``smtp+tls`` (STARTTLS), ``smtps`` (TLS from the
start), ``console`` (written to the log), ``file:///folder`` (one file a run), ``none`` (dropped).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_BACKEND = "django.core.mail.backends.{}.EmailBackend"
_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
_PLAIN = {"console": "console", "none": "dummy"}


def parse_mail(url: str) -> dict[str, Any]:
    """Django's settings for an address of mail. Raises ``ImproperlyConfigured`` on another scheme."""
    parts = urlsplit(url)
    if parts.scheme in _PLAIN:
        return {"EMAIL_BACKEND": _BACKEND.format(_PLAIN[parts.scheme])}
    if parts.scheme == "file":
        return {"EMAIL_BACKEND": _BACKEND.format("filebased"), "EMAIL_FILE_PATH": parts.path}
    if parts.scheme not in _PORTS:
        raise ImproperlyConfigured("EMAIL_URL must begin with smtp, smtp+tls, smtps, file or none")
    return {
        "EMAIL_BACKEND": _BACKEND.format("smtp"),
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
    }
