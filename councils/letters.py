"""The letter of status as a PDF, with the QR code that leads to its public page."""

from __future__ import annotations

import io
from pathlib import Path

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from codi.pdf.renderer import RenderResult, print_stylesheet, render
from councils.models import StatusLetter

SECONDS, MEMORY_MB = 30, 800


def public_address(letter: StatusLetter) -> str:
    """The whole address of the page that tells whether the letter is in force."""
    path = reverse("councils:check_letter", args=[letter.token])
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def qr_code(text: str) -> bytes:
    """A text as a QR code, SVG; level M reads with 15 % of it gone."""
    drawn = io.BytesIO()
    segno.make_qr(text, error="m").save(drawn, kind="svg", border=2, xmldecl=True)
    return drawn.getvalue()


def pdf_of(letter: StatusLetter) -> RenderResult:
    """The letter. The same letter gives the same bytes. Raises ``RenderFailed``."""
    address = public_address(letter)
    html = render_to_string("councils/letter_print.html", {"letter": letter, "address": address})
    own = (Path(settings.BASE_DIR) / "static/css/print-letter.css").read_text("utf-8")
    return render(
        html,
        assets={"qr.svg": qr_code(address)},
        stylesheets=[print_stylesheet(), own],
        timeout=SECONDS,
        memory_mb=MEMORY_MB,
    )
