"""The register of later changes, read from the history: which closed quarters and editions it touches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef

from codi.history.queries import ToldEvent, told_events
from codi.writing import service
from reports.history_marks import events_of
from reports.models import (
    LaterChange,
    LaterReading,
    TouchedEdition,
    TouchedQuarter,
)
from reports.reported import REPORTED, Reported, region_path, whole_label
from reports.touches import (
    Cell,
    Cells,
    Source,
    cells_behind,
    cells_now,
    closed_quarters,
    standing_editions,
)

# Events are told so many at a time: bounded memory, however large an upload was.
AT_ONCE = 2000
# An event comes into sight when its transaction ends, long after the time it bears.
OVERLAP = dt.timedelta(days=1)


@service
def note_later_changes(*, now: dt.datetime) -> int:
    """Read the history since the last time and note what touches a closed quarter or an edition.

    May run at any time and again: an event is noted once. Returns how many were noted.
    """
    LaterReading.objects.bulk_create([LaterReading(pk=1)], ignore_conflicts=True)
    reading = LaterReading.objects.select_for_update().get(pk=1)
    quarters, editions = closed_quarters(), standing_editions()
    since = reading.read_at - OVERLAP if reading.read_at else None
    count = 0
    if quarters or editions:
        count = sum(_note(label, quarters, editions, since) for label in REPORTED)
    LaterReading.objects.filter(pk=1).update(read_at=now)
    return count


def _note(
    label: str,
    quarters: Sequence[Source],
    editions: Sequence[Source],
    since: dt.datetime | None,
) -> int:
    """Note the later changes of one kind of record."""
    model = apps.get_model(label)
    count = 0
    for keys in _unread(label, [*quarters, *editions], since):
        told = told_events(model, keys)
        count += _Reading(label, told, quarters, editions).note()
    return count


def _unread(
    label: str, sources: Sequence[Source], since: dt.datetime | None
) -> Iterator[Sequence[int]]:
    """The keys of events behind the earliest mark that are not in the register, in pieces."""
    noted = LaterChange.objects.filter(model_label=label, event_key=OuterRef("pgh_id"))
    events: Any = events_of(label)._default_manager.exclude(Exists(noted))
    marks = [(source.marks or {}).get(label) for source in sources]
    known = [mark for mark in marks if mark is not None]
    if len(known) == len(marks):
        events = events.filter(pgh_id__gt=min(known))
    else:
        events = events.filter(pgh_created_at__gt=min(source.since for source in sources))
    if since is not None:
        events = events.filter(pgh_created_at__gte=since)
    keys = iter(events.order_by("pgh_id").values_list("pgh_id", flat=True))
    while piece := list(islice(keys, AT_ONCE)):
        yield piece


@dataclass
class _Reading:
    """Some events of one kind of record, and what they touch."""

    label: str
    told: Sequence[ToldEvent]
    quarters: Sequence[Source]
    editions: Sequence[Source]

    def note(self) -> int:
        """Store those that touch something; returns how many."""
        cells = self._cells()
        regions, names = self._regions(), self._names()
        changes, of_quarters, of_editions = [], [], []
        for told in self.told:
            touched = self._editions_of(told, cells.get(told.event.pgh_obj_id, {}))
            closed = self._quarters_of(told, touched)
            if not touched and not closed:
                continue
            change = self._change(told, regions, names)
            changes.append(change)
            of_quarters += [
                TouchedQuarter(change=change, quarter=source.quarter) for source in closed
            ]
            of_editions += [
                TouchedEdition(change=change, edition=source.edition, cells=sorted(at))
                for source, at in touched
            ]
        LaterChange.objects.bulk_create(changes)
        TouchedQuarter.objects.bulk_create(of_quarters)
        TouchedEdition.objects.bulk_create(of_editions)
        return len(changes)

    @property
    def kind(self) -> Reported:
        """How records of this kind stand in reports."""
        return REPORTED[self.label]

    def _cells(self) -> Cells:
        """The cells that each record stood behind when they were frozen, and would stand behind now."""
        later = [
            source
            for source in self.editions
            if any(source.is_before(self.label, told.event) for told in self.told)
        ]
        editions = [source.edition for source in later if source.edition]
        pks = [edition.pk for edition in editions]
        keys = {told.event.pgh_obj_id for told in self.told}
        found = cells_behind(self.label, keys, pks)
        for edition in editions:
            _join(found, cells_now(self.label, keys, edition))
        for name in self.kind.wholes if self.kind.shown_in else ():
            wholes = self._keys_of(name)
            behind = cells_behind(
                whole_label(self.label, name), set(wholes.values()), pks, self.kind.shown_in
            )
            _join(found, {key: behind[whole] for key, whole in wholes.items() if whole in behind})
        for part, name in self._parts():
            _join(found, self._with_parts(part, name, pks))
        return found

    def _parts(self) -> Iterator[tuple[str, str]]:
        """The kinds of records that are told with such a one, and their key to it."""
        for part, kind in REPORTED.items():
            if kind.wholes and whole_label(part, kind.wholes[0]) == self.label:
                yield part, kind.wholes[0]

    def _with_parts(self, part: str, name: str, editions: Sequence[int]) -> Cells:
        """The cells of the parts of a whole that was withdrawn, brought back, moved or deleted."""
        moved = {told.event.pgh_obj_id for told in self.told if self._takes_parts_along(told)}
        if not moved:
            return {}
        rows = apps.get_model(part)._base_manager.filter(**{f"{name}__in": moved})
        whole_of = dict(rows.values_list("pk", f"{name}_id"))
        found: Cells = {}
        for key, cells in cells_behind(part, set(whole_of), editions).items():
            _join(found, {whole_of[key]: cells})
        return found

    def _takes_parts_along(self, told: ToldEvent) -> bool:
        before, event = told.before, told.event
        if before is None or event.pgh_label == "delete":
            return before is not None
        has_moved = getattr(before, "region_id", None) != getattr(event, "region_id", None)
        return has_moved or self.kind.has_ended(before) != self.kind.has_ended(event)

    def _keys_of(self, name: str) -> dict[int, int]:
        """Record → the key of its whole, as the event says."""
        pairs = ((told.event.pgh_obj_id, getattr(told.event, f"{name}_id")) for told in self.told)
        return {key: whole for key, whole in pairs if whole is not None}

    def _regions(self) -> dict[int, str]:
        """Record → the code of its region; a record whose whole is gone has none."""
        if not self.kind.wholes:
            return {told.event.pgh_obj_id: told.event.region_id for told in self.told}
        found: dict[int, str] = {}
        for name in self.kind.wholes:
            wholes = self._keys_of(name)
            above = whole_label(self.label, name)
            manager = apps.get_model(above)._base_manager
            rows = manager.filter(pk__in=set(wholes.values()))
            regions = dict(rows.values_list("pk", region_path(above)))
            found |= {key: regions[whole] for key, whole in wholes.items() if whole in regions}
        return found

    def _editions_of(
        self, told: ToldEvent, cells: dict[int, set[Cell]]
    ) -> list[tuple[Source, set[Cell]]]:
        return [
            (source, cells[source.edition.pk])
            for source in self.editions
            if source.edition
            and source.edition.pk in cells
            and source.is_before(self.label, told.event)
        ]

    def _quarters_of(
        self, told: ToldEvent, touched: Sequence[tuple[Source, set[Cell]]]
    ) -> list[Source]:
        """The closed quarters of the record, before or after, and those of the editions."""
        own = {self.kind.quarter_of(record) for record in (told.before, told.event) if record} | {
            source.period for source, _ in touched
        }
        return [
            source
            for source in self.quarters
            if source.period in own and source.is_before(self.label, told.event)
        ]

    def _names(self) -> dict[int, str]:
        """Record → what its whole is called, for those that have one."""
        found: dict[int, str] = {}
        for name in reversed(self.kind.wholes):
            wholes = self._keys_of(name)
            manager = apps.get_model(whole_label(self.label, name))._base_manager
            called = manager.in_bulk(set(wholes.values()))
            found |= {key: str(called[whole]) for key, whole in wholes.items() if whole in called}
        return found

    def _change(
        self, told: ToldEvent, regions: dict[int, str], names: dict[int, str]
    ) -> LaterChange:
        event, change = told.event, told.change
        whole = names.get(event.pgh_obj_id)
        return LaterChange(
            model_label=self.label,
            record_key=event.pgh_obj_id,
            event_key=event.pgh_id,
            verb=event.pgh_label,
            record=(f"{change.record} · {whole}" if whole else change.record)[:300],
            region_id=regions.get(event.pgh_obj_id),
            fields=[[field.title, field.old, field.new] for field in change.fields],
            actor=change.actor[:200],
            door=change.door,
            reason=change.reason,
            changed_at=event.pgh_created_at,
        )


def _join(found: Cells, more: Cells) -> None:
    for key, editions in more.items():
        for edition, cells in editions.items():
            found.setdefault(key, {}).setdefault(edition, set()).update(cells)
