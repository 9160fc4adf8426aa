"""What the pages of the register of later changes read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from codi.accounts.models import User
from codi.figures.formats import column_title
from codi.figures.grid import Grid
from codi.fiscal import AsOf
from reports.links import edition_cell_address
from reports.listing import page_of
from reports.models import Edition, EditionGrid, LaterChange, TouchedEdition, TouchedQuarter


def later_changes(user: User) -> QuerySet[Any]:
    """Later changes in sight, each with its quarters and with the editions in sight; three queries."""
    seen = TouchedEdition.objects.standing().filter(edition__in=Edition.objects.visible_to(user))
    return (
        LaterChange.objects.visible_to(user)
        .select_related("region", "region_before")
        .prefetch_related(
            Prefetch("quarters", TouchedQuarter.objects.select_related("quarter")),
            Prefetch("editions", seen.select_related("edition__programme", "edition__region")),
        )
    )


@dataclass(frozen=True)
class Touched:
    """A cell of an edition in words, with the page of its records."""

    table: str
    as_of: str
    row: str
    column: str
    url: str


def cells_of(touched: TouchedEdition) -> list[Touched]:
    """The touched cells of an edition in the order of its tables; one query."""
    stored = EditionGrid.objects.filter(edition=touched.edition_id)
    grids = {(one.figure_key, one.as_of.isoformat()): Grid.from_dict(one.grid) for one in stored}
    order = list(grids)
    found = []
    for figure, day, row, column in sorted(
        touched.cells, key=lambda cell: order.index((cell[0], cell[1]))
    ):
        grid = grids[figure, day]
        found.append(
            Touched(
                grid.title,
                AsOf(grid.as_of).short,
                grid.row(row).title,
                column_title(grid.column(column)),
                edition_cell_address(touched.edition_id, grid, row, column),
            )
        )
    return found


def record_address(change: LaterChange) -> str:
    """The page of the record, where it still is and has one; its history is always there."""
    model = apps.get_model(change.model_label)
    record = model._default_manager.filter(pk=change.record_key).first()
    return page_of(change.model_label, record) if record is not None else ""


def history_address(change: LaterChange) -> str:
    """The history of the record."""
    return reverse("history:detail", args=[change.model_label, change.record_key])
