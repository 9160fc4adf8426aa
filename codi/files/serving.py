"""Sending the content of a file to somebody who has the right to it, with headers that tame it."""

from __future__ import annotations

from typing import IO

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from codi.files.models import Attachment, Format
from codi.files.store import store
from codi.ui.downloads import disposition, file_response

SANDBOX = "sandbox; default-src 'none'"
JPEG = "image/jpeg"


def content_of(attachment: Attachment, *, inline: bool = False) -> HttpResponseBase:
    """The content, saved under its name; ``inline`` shows a picture or PDF in the browser.

    A bucket may be asked through an address that works for a few minutes, a folder through the web
    server's own ``X-Accel-Redirect``; both only after the rights were checked.
    """
    shown = inline and (attachment.is_picture or attachment.format == Format.PDF)
    name, kind = attachment.file_name, attachment.content_type
    said = disposition(name, inline=shown)
    # What a page shows comes from ourselves: its policy lets nothing else in.
    signed = "" if shown else store().signed_url(attachment.stored_name, said, kind)
    if signed:
        response: HttpResponseBase = HttpResponseRedirect(signed)
        response["Cache-Control"] = "private, no-store"
        return response
    if settings.ATTACHMENTS_ACCEL and not settings.ATTACHMENTS_URL:
        response = HttpResponse(content_type=kind)
        response["X-Accel-Redirect"] = f"{settings.ATTACHMENTS_ACCEL}{attachment.stored_name}"
        response["Content-Disposition"] = said
        response["Cache-Control"] = "private, no-store"
    else:
        stream = _opened(attachment.stored_name)
        response = file_response(stream, name=name, content_type=kind, inline=shown)
        response["Content-Length"] = str(attachment.byte_count)
    # The browser's own reader of PDF does not work in a sandbox: it has one of its own.
    return _tamed(response, sandboxed=not (shown and attachment.format == Format.PDF))


def preview_of(attachment: Attachment) -> HttpResponseBase:
    """The small picture that we drew ourselves."""
    if not attachment.has_preview:
        raise Http404
    stream = _opened(attachment.preview_name)
    response = file_response(stream, name="preview.jpg", content_type=JPEG, inline=True)
    return _tamed(response, sandboxed=True)


def _opened(name: str) -> IO[bytes]:
    try:
        return store().open(name)
    except FileNotFoundError as error:
        raise Http404 from error


def _tamed(response: HttpResponseBase, *, sandboxed: bool) -> HttpResponseBase:
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    if sandboxed:
        response["Content-Security-Policy"] = SANDBOX
    return response
