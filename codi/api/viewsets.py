"""The one view behind every register, and its addresses."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from codi.accounts.permissions import Decision
from codi.api import conditions, lists, writes
from codi.api.declared import Act, Resource
from codi.api.errors import Problem
from codi.api.rows import row_class
from codi.api.schema import RegisterSchema


def require(decision: Decision) -> None:
    """Go on only when allowed. Raises :class:`Problem` with the reason."""
    if not decision:
        raise Problem("not-allowed", decision.reason, code="not_allowed")


def send(request: Request, body: bytes, version: int | None = None) -> HttpResponse:
    """The JSON with its tag; 304 without a body when the caller has it already."""
    tag = conditions.tag_of(body, version)
    answer = (
        HttpResponse(status=304)
        if conditions.is_known(request, tag)
        else HttpResponse(body, content_type="application/json")
    )
    for name, value in conditions.headers(tag).items():
        answer[name] = value
    return answer


class RegisterView(ViewSet):
    """Rows of one register: list, one row, its parts, and the acts on it."""

    resource: ClassVar[Any] = None  # the address says which
    step: ClassVar[Any] = None  # an Act
    part: ClassVar[Any] = None  # a Part
    schema = RegisterSchema()

    @property
    def act(self) -> Act | None:
        """The write behind the request's method; None for reading.

        Asked for the parsers, the framework has not named the action yet: the method tells it.
        """
        action = getattr(self, "action", None)
        if action is None and self.request is not None:
            action = self.action_map.get(str(self.request.method).lower())
        by_action = {
            "create": self.resource.create,
            "partial_update": self.resource.change,
            "destroy": self.resource.delete,
            "take": self.step,
        }
        return by_action.get(action or "")

    def get_parsers(self) -> Any:
        """JSON; where a file comes along, a form of several parts."""
        takes_files = self.act is not None and self.act.takes_files
        return [MultiPartParser()] if takes_files else super().get_parsers()

    def list(self, request: Request) -> HttpResponse:
        """A page of rows."""
        if self.resource.allowed is not None:
            require(self.resource.allowed(request.user))
        page = lists.page_of(request, self.resource)
        told = {
            "count": page.count,
            "next": page.link(request, 1),
            "previous": page.link(request, -1),
            "results": row_class(self.resource.name)(page.rows, many=True).data,
        }
        return send(request, JSONRenderer().render(told))

    def retrieve(self, request: Request, pk: Any) -> HttpResponse:
        """One row."""
        row = writes.row_or_404(self.resource, request.user, pk)
        version = row.version if self.resource.is_versioned else None
        return send(request, writes.told(self.resource, row), version)

    def read(self, request: Request, pk: Any) -> HttpResponseBase:
        """A part of one row."""
        row = writes.row_or_404(self.resource, request.user, pk)
        told = self.part.read(request, row)
        if isinstance(told, HttpResponseBase):
            return told
        return send(request, JSONRenderer().render(told))

    def create(self, request: Request) -> HttpResponse:
        """A new row."""
        return self._done(request, self.resource.create, None)

    def partial_update(self, request: Request, pk: Any) -> HttpResponse:
        """Change some values of a row."""
        return self._done(request, self.resource.change, pk)

    def destroy(self, request: Request, pk: Any) -> HttpResponse:
        """Put a row into the bin."""
        return self._done(request, self.resource.delete, pk)

    def take(self, request: Request, pk: Any) -> HttpResponse:
        """An act on a row."""
        return self._done(request, self.step, pk)

    def _done(self, request: Request, act: Act, pk: Any) -> HttpResponse:
        answer = writes.carry_out(request, self.resource, act, pk)
        response = answer.response()
        if answer.status == 201:
            response["Location"] = request.build_absolute_uri(writes.location(answer))
        return response


def addresses(resource: Resource) -> list[URLPattern]:
    """The addresses of a register."""
    name = resource.name
    key = f"<{resource.key_kind}:pk>"

    def view(actions: dict[str, Any], **more: Any) -> Any:
        return RegisterView.as_view(actions, resource=resource, **more)

    many: dict[str, Any] = {"get": "list"} | ({"post": "create"} if resource.create else {})
    one: dict[str, Any] = {
        "get": "retrieve",
        **({"patch": "partial_update"} if resource.change else {}),
        **({"delete": "destroy"} if resource.delete else {}),
    }
    return [
        path(f"{name}/", view(many), name=f"{name}-list"),
        path(f"{name}/{key}/", view(one), name=f"{name}-detail"),
        *(
            path(
                f"{name}/{key}/{act.path}/",
                view({"post": "take"}, step=act),
                name=f"{name}-{act.path}",
            )
            for act in resource.acts
        ),
        *(
            path(
                f"{name}/{key}/{part.path}/",
                view({"get": "read"}, part=part),
                name=f"{name}-{part.path.replace('/', '-')}",
            )
            for part in resource.parts
        ),
    ]
