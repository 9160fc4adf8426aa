"""The child process of the renderer: one document in on stdin, ``out.pdf`` in its own folder.

Run as a file, so that it imports nothing of the application. Exit status 3 means out of memory,
4 any other failure, with the reason on stderr.
"""

from __future__ import annotations

import base64
import gc
import json
import mimetypes
import os
import resource
import sys
from pathlib import Path
from typing import Any

NO_MEMORY = ("cannot allocate", "failed to map", "out of memory")


def peak_kb() -> int:
    """Peak resident memory of this process alone (the kernel's high-water mark)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def limit(job: dict[str, Any]) -> None:
    """Bound memory, CPU time, file size and open files; no core dumps, no further processes."""
    for name, value in (
        (resource.RLIMIT_AS, job["memory_bytes"]),
        (resource.RLIMIT_CPU, job["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, 1024**3),
        (resource.RLIMIT_NOFILE, 128),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (value, value))


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
    return {"pages": len(document.pages), "peak_kb": peak_kb()}


def main() -> int:
    """Read the job, set the limits, draw. Cycles are not collected: the process ends soon."""
    gc.disable()
    job = json.load(sys.stdin.buffer)
    limit(job)
    try:
        report = draw(job)
    except MemoryError:
        return 3
    except BaseException as error:
        # A refused fetch is not an Exception in this engine, and the parent needs one answer.
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 3 if any(sign in str(error).lower() for sign in NO_MEMORY) else 4
    sys.stdout.write(json.dumps(report))
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)  # tearing down thousands of boxes takes longer than drawing them
