"""The button that starts a job: one view for every register that has such a button."""

from __future__ import annotations

import uuid
from abc import abstractmethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.accounts.permissions import Decision
from codi.errors import Refused
from codi.jobs.models import Job


class StartsJob(ScopedMixin, View):
    """Starts the job and shows its page; refused, the page it came from says why.

    ``started`` is what the person reads once the job is under way.
    """

    http_method_names = ["post"]
    started = ""

    @abstractmethod
    def allowed(self) -> Decision:
        """Whether the person may start it."""

    @abstractmethod
    def start(self, key: str) -> Job:
        """Store the job; ``key`` keeps a second press from starting another. Raises ``Refused``."""

    @abstractmethod
    def back(self) -> str:
        """The address of the page with the button."""

    def post(self, request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
        self.require(self.allowed())
        try:
            job = self.start(request.POST.get("one_time_key", "") or uuid.uuid4().hex)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect(self.back())
        messages.success(request, self.started)
        return redirect("jobs:detail", pk=job.pk)
