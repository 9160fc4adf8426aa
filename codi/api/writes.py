"""How a write goes: key, row in sight, right, version, form, service, answer; one transaction."""

from __future__ import annotations

import uuid
from contextlib import nullcontext
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from codi.accounts.models import User
from codi.accounts.permissions import Decision
from codi.api import conditions, errors, once
from codi.api.declared import ANY, RESOURCES, Act, Call, Resource, register_of
from codi.api.errors import Problem
from codi.api.inputs import as_typed, inputs_of, stored
from codi.api.once import Answer
from codi.api.rows import row_class
from codi.errors import Refused
from codi.history import acting
from codi.writing import locked, one_transaction

# Refusals that time may cure: the same request under the same key is done anew.
NOT_FINAL = frozenset({*errors.BUSY, *errors.DOWN, "gone", "jobs-quota"})


def told(resource: Resource, row: Any) -> bytes:
    """A row as JSON."""
    return bytes(JSONRenderer().render(row_class(resource.name)(row).data))


def row_or_404(resource: Resource, user: Any, key: Any) -> Any:
    """The row that the person may see, with all that is told of it. Raises ``Http404``."""
    row = resource.visible(user).filter(pk=key).first()
    if row is None:
        raise Http404
    return row


def carry_out(request: Request, resource: Resource, act: Act, row_key: Any = None) -> Answer:
    """Do ``act`` once, and answer.

    A refusal by a service is as final an answer as success and is kept as well; what stops before
    (no right, wrong form, another version) wrote nothing, and is judged anew each time.
    """
    user: Any = request.user
    key = once.asked_key(request)
    mark = once.fingerprint(request) if key else ""
    with one_transaction(), acting(user, door="api"):
        earlier = once.claim(user, key, mark) if key else None
        if earlier is not None and earlier.register:
            _require_still_in_sight(earlier, user)
            return earlier
        row = row_or_404(resource, user, row_key) if row_key is not None else None
        if earlier is not None:
            return earlier
        _require(act.can(user, row))
        if request.method == "POST":
            once.require_key(key)
        answer = _act(request, resource, act, row, key)
        if key:
            once.keep(user, key, mark, answer)
    return answer


def _require(decision: Decision) -> None:
    if not decision:
        raise Problem("not-allowed", decision.reason, code="not_allowed")


def _require_still_in_sight(answer: Answer, user: Any) -> None:
    """An answer that shows a row is shown again only to whom that row is still in sight.

    The row that was asked for may be gone by then: what came out of the bin lies there no more.
    """
    row_or_404(RESOURCES[answer.register], user, answer.row_key)


def _act(request: Request, resource: Resource, act: Act, row: Any, key: str) -> Answer:
    """Check version and content, call the service, tell the result."""
    version = None
    if row is not None and act.needs_version and resource.is_versioned:
        row = _locked(resource, request.user, row)
        version = conditions.require_version(request, row.version)
    form = _form(request, resource, act, row, key)
    undoing = nullcontext() if act.notes_refusals else transaction.atomic()
    call = Call(
        actor=_person(request),
        row=row,
        form=form,
        key=once.key_of_service(_person(request), key) if key else uuid.uuid4(),
        version=version,
        today=timezone.localdate(),
        now=timezone.now(),
    )
    try:
        with undoing:
            return _answer(resource, act, request.user, act.perform(call))
    except Refused as refused:
        problem = errors.of_refusal(refused)
        if refused.code in NOT_FINAL:
            raise problem from refused
        return Answer(
            problem.status_code,
            JSONRenderer().render(problem.body()).decode(),
            errors.MEDIA_TYPE,
        )


def _person(request: Request) -> User:
    user: Any = request.user
    found: User = user
    return found


def _locked(resource: Resource, user: Any, row: Any) -> Any:
    """The row held until the end, read again: somebody may have written since it was found.

    What services lock before it is locked first, so that two acts never wait for each other.
    """
    if resource.lock_first is not None:
        locked(resource.lock_first(row))
    version: int = locked(resource.model._default_manager.get(pk=row.pk)).version  # type: ignore[attr-defined]
    return row if row.version == version else row_or_404(resource, user, row.pk)


def _form(request: Request, resource: Resource, act: Act, row: Any, key: str) -> Any:
    """The page's form, valid. Raises :class:`Problem` with every error by field."""
    partial = request.method == "PATCH"
    given = inputs_of(resource.name, act)(data=_sent(request), partial=partial)
    given.is_valid(raise_exception=True)
    sent = given.validated_data
    files = {name: value for name, value in sent.items() if isinstance(value, UploadedFile)}
    data = as_typed({name: value for name, value in sent.items() if name not in files})
    if partial:
        data = stored(row, list(act.form.base_fields)) | data
        data["version"] = str(getattr(row, "version", ""))
    if key:
        data["one_time_key"] = str(once.key_of_service(_person(request), key))
    form = act.form(
        data=data,
        files=files,
        user=request.user,
        today=timezone.localdate(),
        **act.form_kwargs(row),
    )
    if not form.is_valid():
        raise errors.of_form({name: found.as_data() for name, found in form.errors.items()})
    return form


def _sent(request: Request) -> Any:
    """What was sent; of a form of several parts each value once."""
    data = request.data
    if not isinstance(data, MultiValueDict):
        return data
    blamed = [
        {"field": name, "code": "sent_twice", "message": "ส่งค่านี้มากกว่าหนึ่งครั้ง ส่งครั้งเดียว"}
        for name, values in data.lists()
        if len(values) > 1
    ]
    if blamed:
        raise Problem("invalid", "ส่งแต่ละค่าครั้งเดียวแล้วส่งใหม่", errors=blamed)
    return data.dict()


def _answer(asked: Resource, act: Act, user: Any, made: Any) -> Answer:
    """The written row as reading it would tell it now."""
    resource = register_of(made) if act.answers == ANY else RESOURCES[act.answers or asked.name]
    row = row_or_404(resource, user, made.pk)
    body = told(resource, row)
    version = row.version if resource.is_versioned else None
    return Answer(
        status=act.status,
        body=body.decode(),
        etag=conditions.tag_of(body, version),
        register=resource.name,
        row_key=str(row.pk),
    )


def location(answer: Answer) -> str:
    """The address of a row that was made."""
    return reverse(f"api:{answer.register}-detail", kwargs={"pk": answer.row_key})
