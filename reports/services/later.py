"""The register of later changes, read from the history: which closed quarters and editions it touches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.apps import apps

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.history.queries import ToldEvent, told_events
from codi.jobs import services as jobs
from codi.jobs.models import Job
from codi.writing import service
from reports import notices, permissions
from reports.history_marks import events_of, settled_marks
from reports.models import (
    Edition,
    LaterChange,
    LaterReading,
    TouchedEdition,
    TouchedQuarter,
    Verb,
)
from reports.reported import REPORTED, Reported, region_path, whole_label
from reports.touches import (
    Cell,
    Cells,
    Source,
    cells_behind,
    cells_now,
    closed_quarters,
    frozen_editions,
)

# Events are told so many at a time: bounded memory, however large an upload was.
AT_ONCE = 2000
Tell = Callable[[int, str], object]
READ = "read-later-changes"


def request_reading(*, actor: User, key: str) -> Job:
    """Ask for a reading of the history now; ``key`` is the one-time key of the button."""
    require(permissions.can_read_history(actor))
    return jobs.request(
        READ,
        key=f"{READ}-{actor.pk}-{key[:64]}",
        payload={},
        requested_by=actor,
        region=actor.region,
    )


@service
def note_later_changes(
    *, now: dt.datetime, tell: Tell = lambda percent, stage: None
) -> list[LaterChange]:
    """Read what of the history was not read yet and note what touches a closed quarter or an edition.

    May run at any time and again: each event is judged once with each quarter and edition. What
    others are saving at this moment is left for the next time, and so is what a large file writes
    until it is done. ``tell`` hears how far the reading is. Returns the changes that are new.
    """
    LaterReading.objects.bulk_create([LaterReading(pk=1)], ignore_conflicts=True)
    reading = LaterReading.objects.select_for_update().get(pk=1)
    sources = [
        replace(source, read=reading.marks if source.key in reading.sources else {})
        for source in (*closed_quarters(), *frozen_editions(reading.marks))
    ]
    read = {**reading.marks, **settled_marks()}
    found: list[LaterChange] = []
    for number, label in enumerate(REPORTED):
        model = apps.get_model(label)
        tell(100 * number // len(REPORTED), f"อ่านประวัติของ{model._meta.verbose_name}")
        found += _note(label, sources, read.get(label, 0))
    notices.moved(found)
    # A replaced edition is judged from its own day again until it is read out.
    known = [source.key for source in sources if source.end is None]
    LaterReading.objects.filter(pk=1).update(read_at=now, marks=read, sources=known)
    return found


def _note(label: str, sources: Sequence[Source], until: int) -> list[LaterChange]:
    """Note the later changes of one kind of record."""
    model = apps.get_model(label)
    quarters = [source for source in sources if source.quarter]
    editions = [source for source in sources if source.edition]
    found: list[LaterChange] = []
    for keys in _unread(label, sources, until):
        found += _Reading(label, told_events(model, keys), quarters, editions).note()
    return found


def _unread(label: str, sources: Sequence[Source], until: int) -> Iterator[Sequence[int]]:
    """The keys of the events that were not judged with each of the sources yet, in pieces."""
    if not sources:
        return
    starts = [source.first_unread(label) for source in sources]
    known = [start for start in starts if start is not None]
    events: Any = events_of(label)._default_manager.filter(pgh_id__lte=until)
    if len(known) == len(starts):
        events = events.filter(pgh_id__gt=min(known))
    else:
        events = events.filter(pgh_created_at__gt=min(source.start.since for source in sources))
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

    def note(self) -> list[LaterChange]:
        """Store those that touch something; returns what was not in the register before."""
        cells = self._cells()
        touching = [
            (told, touched, closed)
            for told in self.told
            for touched in [self._editions_of(told, cells.get(told.event.pgh_obj_id, {}))]
            for closed in [self._quarters_of(told, touched)]
            if touched or closed
        ]
        if not touching:
            return []
        regions, names = self._regions(), self._names()
        known = self._noted([told for told, _, _ in touching])
        new = {
            told.event.pgh_id: self._change(told, regions, names)
            for told, _, _ in touching
            if told.event.pgh_id not in known
        }
        LaterChange.objects.bulk_create(new.values())
        changes = known | new
        TouchedQuarter.objects.bulk_create(
            (
                TouchedQuarter(change=changes[told.event.pgh_id], quarter=source.quarter)
                for told, _, closed in touching
                for source in closed
            ),
            ignore_conflicts=True,
        )
        TouchedEdition.objects.bulk_create(
            (
                TouchedEdition(
                    change=changes[told.event.pgh_id], edition=source.edition, cells=sorted(at)
                )
                for told, touched, _ in touching
                for source, at in touched
            ),
            ignore_conflicts=True,
        )
        return list(new.values())

    def _noted(self, told: Sequence[ToldEvent]) -> dict[int, LaterChange]:
        """What the register holds already, by event: it touched something that was seen before."""
        keys = [one.event.pgh_id for one in told]
        noted = LaterChange.objects.filter(model_label=self.label, event_key__in=keys)
        return {change.event_key: change for change in noted}

    @property
    def kind(self) -> Reported:
        """How records of this kind stand in reports."""
        return REPORTED[self.label]

    def _cells(self) -> Cells:
        """The cells that each record stood behind when they were frozen, and would stand behind now."""
        later = [
            source
            for source in self.editions
            if any(source.is_open_to(self.label, told.event) for told in self.told)
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
            _join(found, self._with_parts(part, name, editions))
        return found

    def _parts(self) -> Iterator[tuple[str, str]]:
        """The kinds of records that are told with such a one, and their key to it."""
        for part, kind in REPORTED.items():
            if kind.wholes and whole_label(part, kind.wholes[0]) == self.label:
                yield part, kind.wholes[0]

    def _with_parts(self, part: str, name: str, editions: Sequence[Edition]) -> Cells:
        """The cells of the parts of a whole that was withdrawn, brought back, moved or deleted.

        Those behind which they were frozen and, in the region that a whole came to, would stand.
        """
        moved = {told.event.pgh_obj_id for told in self.told if self._takes_parts_along(told)}
        if not moved:
            return {}
        rows = apps.get_model(part)._base_manager.filter(**{f"{name}__in": moved})
        whole_of = dict(rows.values_list("pk", f"{name}_id"))
        cells = cells_behind(part, set(whole_of), [edition.pk for edition in editions])
        for edition in editions:
            _join(cells, cells_now(part, set(whole_of), edition))
        found: Cells = {}
        for key, of_part in cells.items():
            _join(found, {whole_of[key]: of_part})
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

    def _regions(self) -> Callable[[Any], str | None]:
        """What tells the region of an event; a record whose whole is gone has none."""
        if not self.kind.wholes:
            return lambda event: event.region_id
        steps = [step for told in self.told for step in (told.before, told.event) if step]
        of_wholes: dict[str, dict[int, str]] = {}
        for name in self.kind.wholes:
            above = whole_label(self.label, name)
            keys = {getattr(step, f"{name}_id") for step in steps} - {None}
            rows = apps.get_model(above)._base_manager.filter(pk__in=keys)
            of_wholes[name] = dict(rows.values_list("pk", region_path(above)))

        def region_of(event: Any) -> str | None:
            found = (of_wholes[name].get(getattr(event, f"{name}_id")) for name in of_wholes)
            return next((region for region in found if region), None)

        return region_of

    def _editions_of(
        self, told: ToldEvent, cells: dict[int, set[Cell]]
    ) -> list[tuple[Source, set[Cell]]]:
        return [
            (source, cells[source.edition.pk])
            for source in self.editions
            if source.edition
            and source.edition.pk in cells
            and source.is_open_to(self.label, told.event)
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
            if source.period in own and source.is_open_to(self.label, told.event)
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
        self, told: ToldEvent, region_of: Callable[[Any], str | None], names: dict[int, str]
    ) -> LaterChange:
        event, change = told.event, told.change
        whole = names.get(event.pgh_obj_id)
        region, left = region_of(event), region_of(told.before) if told.before else None
        return LaterChange(
            model_label=self.label,
            record_key=event.pgh_obj_id,
            event_key=event.pgh_id,
            verb=Verb.BACK if change.is_back else event.pgh_label,
            record=(f"{change.record} · {whole}" if whole else change.record)[:300],
            region_id=region,
            region_before_id=left if left != region else None,
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
