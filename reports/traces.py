"""What became of records since an edition was frozen, read from their history for many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from reports.history_marks import events_of
from reports.models import Edition
from reports.reported import REPORTED, whole_label


@dataclass(frozen=True)
class Trace:
    """What happened to one record, its whole or its parts: each as far as it did.

    ``is_back`` is one that had been deleted, before the freezing or since, and came back.
    ``recorded_for`` is the day from which a record counts that was made since.
    """

    is_new: bool = False
    is_back: bool = False
    recorded_for: dt.date | None = None
    has_changed: bool = False
    has_ended: bool = False

    def after(self, label: str, event: Mapping[str, Any]) -> Trace:
        """The trace with one more event of the record."""
        kind = REPORTED[label]
        if event["pgh_label"] == "delete":
            return replace(self, has_ended=True)
        ended = any(event[name] is not None for name in kind.ends)
        if event["pgh_label"] == "insert" and event["was_deleted"]:
            return replace(self, is_back=True, has_ended=ended)
        if event["pgh_label"] == "insert":
            day = event[kind.day] if kind.day else None
            day = timezone.localdate(day) if isinstance(day, dt.datetime) else day
            return replace(self, is_new=True, recorded_for=day, has_ended=ended)
        if self.is_new:
            day = event[kind.day] if kind.day else self.recorded_for
            day = timezone.localdate(day) if isinstance(day, dt.datetime) else day
            return replace(self, recorded_for=day, has_ended=ended)
        return replace(self, has_changed=True, has_ended=ended)

    def joined(self, other: Trace) -> Trace:
        """Both together, as for a whole with several parts."""
        days = [day for day in (self.recorded_for, other.recorded_for) if day]
        return Trace(
            self.is_new or other.is_new,
            self.is_back or other.is_back,
            min(days, default=None),
            self.has_changed or other.has_changed,
            self.has_ended or other.has_ended,
        )


Traces = dict[int, Trace]


def traces_of(keys: Mapping[str, Collection[int]], previous: Edition) -> dict[str, Traces]:
    """Kind of record → key → what happened to it since ``previous`` was frozen.

    A record to which nothing happened itself is told by its whole (a member by its council), else
    by its parts (a council by its forms). At most two queries for each kind that is declared.
    """
    return {
        label: _of_kind(label, set(wanted), previous)
        for label, wanted in keys.items()
        if label in REPORTED and wanted
    }


def _of_kind(label: str, keys: set[int], previous: Edition) -> Traces:
    found = _own(label, Q(pgh_obj_id__in=keys), "pgh_obj_id", previous)
    rest = keys - found.keys()
    for name in REPORTED[label].wholes if rest else ():
        found |= _by_wholes(label, name, rest, previous)
    rest = keys - found.keys()
    for part, kind in REPORTED.items() if rest else ():
        for name in kind.wholes:
            if whole_label(part, name) == label:
                traces = _own(part, Q(**{f"{name}_id__in": rest}), f"{name}_id", previous)
                for key, trace in traces.items():
                    found[key] = found[key].joined(trace) if key in found else trace
    return found


def _by_wholes(label: str, name: str, keys: set[int], previous: Edition) -> Traces:
    """What happened to the wholes of records, told of the records."""
    rows = apps.get_model(label)._base_manager.filter(pk__in=keys, **{f"{name}__isnull": False})
    whole_of: dict[int, int] = dict(rows.values_list("pk", f"{name}_id"))
    above = whole_label(label, name)
    wholes = set(whole_of.values())
    found = _own(above, Q(pgh_obj_id__in=wholes), "pgh_obj_id", previous)
    for upper in REPORTED[above].wholes:
        rest = wholes - found.keys()
        found |= _by_wholes(above, upper, rest, previous) if rest else {}
    return {key: found[whole] for key, whole in whole_of.items() if whole in found}


def _own(label: str, which: Q, by: str, previous: Edition) -> Traces:
    """The traces of the events since; of several records with one key, together."""
    kind = REPORTED[label]
    names = [by, "pgh_obj_id", "pgh_label", *([kind.day] if kind.day else []), *kind.ends]
    every: Any = events_of(label)._default_manager
    deleted = every.filter(
        pgh_obj_id=OuterRef("pgh_obj_id"), pgh_label="delete", pgh_id__lt=OuterRef("pgh_id")
    )
    events = every.filter(which, _since(label, previous)).annotate(was_deleted=Exists(deleted))
    names.append("was_deleted")
    single: dict[tuple[int, int], Trace] = {}
    for event in events.order_by("pgh_id").values(*dict.fromkeys(names)).iterator():
        place = (event[by], event["pgh_obj_id"])
        single[place] = single.get(place, Trace()).after(label, event)
    found: Traces = {}
    for (key, _), trace in single.items():
        found[key] = found[key].joined(trace) if key in found else trace
    return found


def _since(label: str, previous: Edition) -> Q:
    mark = (previous.facts.get("marks") or {}).get(label)
    return Q(pgh_created_at__gt=previous.frozen_at) if mark is None else Q(pgh_id__gt=mark)
