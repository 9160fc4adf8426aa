"""What the child process of the renderer does: one document in, ``out.pdf`` in its own folder.

It imports nothing of the application (``codi.confined`` runs it under limits).
"""

from __future__ import annotations

import base64
import mimetypes
from typing import Any


def fetcher(assets: dict[str, str]) -> Any:
    """Serves ``data:`` addresses and the named assets from memory, and refuses all else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class MemoryFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("asset:"):
                name = url.removeprefix("asset:")
                kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
                body = base64.b64decode(assets[name])
                return URLFetcherResponse(url, body, {"Content-Type": kind})
            return super().fetch(url, headers)

    return MemoryFetcher(allowed_protocols={"data"}, allow_redirects=False)


def draw(job: dict[str, Any]) -> dict[str, Any]:
    """Render the job into ``out.pdf``; returns what the parent wants to know."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts, fetch = FontConfiguration(), fetcher(job["assets"])
    styles = [CSS(string=text, font_config=fonts, url_fetcher=fetch) for text in job["stylesheets"]]
    options = {"stylesheets": styles, "pdf_variant": job["pdf_variant"], "dpi": 150}
    document = HTML(string=job["html"], url_fetcher=fetch).render(font_config=fonts, **options)
    document.metadata.created = document.metadata.modified = job["created_at"]
    document.metadata.attachments = []
    document.write_pdf("out.pdf", pdf_identifier=True, **options)
    return {"pages": len(document.pages)}
