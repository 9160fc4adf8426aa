"""Public. The addresses of health: one word for strangers, details for operators."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from codi.health.access import may_know
from codi.health.checks import LATEST
from codi.health.metrics import exposition

PLAIN = "text/plain; charset=utf-8"


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Public. 200 as long as this process answers at all; asks nothing else."""
    return _plain("alive", 200)


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Public. 200 when people can work, 503 when an essential part is missing.

    Without broker or worker the answer is 200 and "degraded": people save, jobs wait. The answer
    is a few seconds old at most.
    """
    findings = LATEST.findings()
    missing = [finding for finding in findings if not finding.ok]
    word = "ready" if not missing else "degraded"
    if any(finding.essential for finding in missing):
        word = "not ready"
    status = 503 if word == "not ready" else 200
    if not may_know(request):
        return _plain(word, status)
    parts = {finding.name: finding.as_dict() for finding in findings}
    response = JsonResponse({"status": word, "parts": parts}, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Public to the own machine and to the bearer of the token; 403 for everybody else."""
    if not may_know(request):
        return _plain("not allowed", 403)
    response = HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
    response["Cache-Control"] = "no-store"
    return response


def _plain(text: str, status: int) -> HttpResponse:
    response = HttpResponse(f"{text}\n", content_type=PLAIN, status=status)
    response["Cache-Control"] = "no-store"
    return response
