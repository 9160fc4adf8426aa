"""Turn a write that the database refused into the Thai message of the rule it broke."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Field

from codi.errors import Refused


@cache
def _messages() -> dict[str, str]:
    """Constraint name → Thai message, from every model's Meta and its unique fields."""
    declared = {
        constraint.name: str(constraint.violation_error_message)
        for model in apps.get_models()
        for constraint in model._meta.constraints
    }
    return messages_of_unique_fields() | declared


def messages_of_unique_fields() -> dict[str, str]:
    """Name that PostgreSQL gives the uniqueness of one field → the field's own message.

    Fields with the general message of Django are left out: it has blanks that only forms fill.
    """
    general = str(Field.default_error_messages["unique"])
    return {
        f"{model._meta.db_table}_{field.column}_key": message
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if field.unique and (message := str(field.error_messages["unique"])) != general
    }


def refusal(error: IntegrityError) -> Refused | None:
    """The refusal behind a database error, or None when no rule of ours was broken.

    A trigger raises with the constraint's name and a Thai text; a plain constraint brings its name
    only, and the text is looked up on the model that declares it.
    """
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    if not name:
        return None
    raised = str(getattr(diagnosis, "message_primary", "") or "")
    is_thai = any("ก" <= letter <= "๙" for letter in raised)
    message = _messages().get(name) or (raised if is_thai else None)
    return Refused(message, code=name) if message else None


@contextmanager
def as_refusals() -> Iterator[None]:
    """Run a write in its own savepoint; a broken rule comes out as :class:`Refused`."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        refused = refusal(error)
        if refused is None:
            raise
        raise refused from error
