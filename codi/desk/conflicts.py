"""Two people changed one record: what each field was, is and should become, for the person to choose.

The page posts the person's values under their own names, the stored ones as ``stored-FIELD``, the
choice as ``pick-FIELD``, and names each field with a choice in ``decide``. So choosing needs no
script, and nothing is remembered between the two requests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Field, ForeignKey
from django.http import QueryDict
from django.utils.safestring import SafeString

from codi.errors import Conflict
from codi.history.queries import Since, Writer, since_version
from codi.ui.forms import UserForm
from codi.writing import shown

MINE, STORED = "mine", "stored"
DECIDE, PICK, EDIT_ON = "decide", "pick-", "choose"
NOT_KNOWN = "ไม่มีข้อมูล"


@dataclass(frozen=True)
class Difference:
    """One field that two people see differently.

    ``before`` is what this person was shown at first, in words. ``pick`` is the value that only one
    of the two has touched, empty where both did and the person must choose. ``stored_input`` is the
    hidden field that carries the stored value back to the form.
    """

    name: str
    label: str
    before: str
    stored: str
    mine: str
    writer: Writer | None
    pick: str
    stored_input: SafeString


def differences(conflict: Conflict, form: UserForm, stored_form: UserForm) -> Sequence[Difference]:
    """The fields of ``form`` that conflict; ``stored_form`` is the same form as opened anew."""
    since = since_version(conflict.record, conflict.expected_version)
    return [
        _difference(conflict, name, wanted, form, stored_form, since)
        for name, wanted in conflict.wanted.items()
        if name in form.fields
    ]


def _difference(
    conflict: Conflict, name: str, wanted: Any, form: UserForm, stored_form: UserForm, since: Since
) -> Difference:
    field: Any = conflict.record._meta.get_field(name)
    stored = getattr(conflict.record, name)
    knows_before, before = _before(field, since)
    pick = ""
    if knows_before:
        pick = STORED if before == wanted else MINE if before == stored else ""
    return Difference(
        name=name,
        label=str(form[name].label),
        before=shown(conflict.record, name, before) if knows_before else NOT_KNOWN,
        stored=shown(conflict.record, name, stored),
        mine=shown(conflict.record, name, wanted),
        writer=since.writers.get(name),
        pick=pick,
        stored_input=_stored_input(name, stored_form),
    )


def _before(field: Field[Any, Any], since: Since) -> tuple[bool, Any]:
    """Whether the value that the person was first shown is known, and the value."""
    if since.before is None or field.attname not in since.before:
        return False, None
    raw = since.before[field.attname]
    if not isinstance(field, ForeignKey) or raw is None:
        return True, raw
    target: Any = field.related_model
    found = target._base_manager.filter(pk=raw).first()
    return found is not None, found


def _stored_input(name: str, stored_form: UserForm) -> SafeString:
    """The stored value as the form writes it, in a hidden field; nothing where the form lacks it."""
    if name not in stored_form.fields:
        return SafeString("")
    return SafeString(stored_form[name].as_hidden())


def with_choices(posted: QueryDict) -> QueryDict:
    """The posted form with the stored value wherever the person chose it.

    A field left undecided makes the post as good as one without a version: the service refuses it
    again, and the page comes back. Who goes on typing (``EDIT_ON``) keeps the own value there.
    """
    names = posted.getlist(DECIDE)
    if not names:
        return posted
    chosen = posted.copy()
    for name in names:
        pick = posted.get(f"{PICK}{name}", "")
        if pick == STORED:
            chosen.setlist(name, posted.getlist(f"{STORED}-{name}") or [""])
        elif pick != MINE and EDIT_ON not in posted:
            chosen["version"] = "0"
    for key in [key for key in chosen if key == DECIDE or key.startswith((PICK, f"{STORED}-"))]:
        del chosen[key]
    return chosen
