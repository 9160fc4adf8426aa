"""What a transaction did, from the history that the database kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import connection, models

from codi.history.queries import event_model_of

OWN_LABEL = "imports"


def _event_models() -> dict[str, type[models.Model]]:
    """Tracked models of the business by label, with their tables of events."""
    found = {}
    for model in apps.get_models():
        events = event_model_of(model)
        if events is not None and model._meta.app_label != OWN_LABEL:
            found[model._meta.label_lower] = events
    return found


def marks() -> dict[str, int]:
    """The last event of every tracked model now, by one query."""
    parts = [
        f"SELECT '{label}', COALESCE(max(pgh_id), 0) FROM {connection.ops.quote_name(events._meta.db_table)}"  # noqa: S608 - names of our own models
        for label, events in _event_models().items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def since(before: Mapping[str, int]) -> dict[str, Any]:
    """The spans of events that came after ``before``, and the context that names our own in them."""
    now = marks()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pghistory.context_id', true)")
        context = cursor.fetchone()[0]
    spans = {
        label: [before.get(label, 0) + 1, last]
        for label, last in now.items()
        if last > before.get(label, 0)
    }
    return {"context": context, "spans": spans}


def events_of(effects: Mapping[str, Any], model: type[models.Model]) -> models.QuerySet[Any]:
    """The events of this model that the transaction made, in their order."""
    events: Any = event_model_of(model)
    span = effects.get("spans", {}).get(model._meta.label_lower)
    if span is None:
        empty: models.QuerySet[Any] = events.objects.none()
        return empty
    found: models.QuerySet[Any] = events.objects.filter(
        pgh_id__range=span, pgh_context_id=effects["context"]
    ).order_by("pgh_id")
    return found


def touched(effects: Mapping[str, Any]) -> list[type[models.Model]]:
    """The models of whose records the transaction made or changed some."""
    found = [apps.get_model(label) for label in effects.get("spans", {})]
    return [model for model in found if events_of(effects, model).exists()]
