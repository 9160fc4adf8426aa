"""Every figure over random small worlds: lists add up to cells, and outputs agree with each other."""

from __future__ import annotations

import datetime as dt
import io
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from codi.errors import Refused
from codi.figures import figure as figures
from codi.figures.figure import FigureScope
from codi.figures.formats import places_of, text_of
from codi.figures.grid import Grid, Unit, share
from codi.places.models import Region
from finance import services as finance
from finance.models import Direction, EntryKind, LedgerEntry, ProjectBalance
from programs import services as programs
from programs.models import Project, ProjectLevel
from reports import outlines
from reports.content import live
from reports.records import CellRecords, records_of_grid
from reports.rendering import html_of
from reports.sheets import json_of, xlsx_of
from reports.subjects import Subject
from tests import world as build

pytestmark = pytest.mark.django_db
SCOPE = FigureScope(programme="NL2564", region="N")
PLACES = ((ProjectLevel.REGION, None), (ProjectLevel.PROVINCE, "50"), (ProjectLevel.PROVINCE, "51"))
FIRST = dt.date(2021, 2, 4)
days = st.integers(0, 190).map(lambda number: FIRST + dt.timedelta(days=number))
amounts = st.integers(1, 900_000).map(lambda satang: Decimal(satang) / 4)
acts = st.lists(
    st.tuples(
        st.sampled_from(("pay", "pay", "pay", "return", "reverse", "up", "down", "cancel")),
        st.integers(0, 7),
        amounts,
        days,
    ),
    max_size=9,
)
projects = st.lists(
    st.tuples(st.sampled_from(PLACES), st.lists(amounts, min_size=1, max_size=3)), max_size=3
)


def _project(w: build.World, place: Any, plan: list[Decimal]) -> None:
    level, code = place
    home = build.province(code, "เชียงใหม่" if code == "50" else "ลำพูน") if code else None
    build.project(w, baht=sum(plan), plan=tuple(plan), level=level, province=home)


def _act(w: build.World, kind: str, pick: int, amount: Decimal, on: dt.date) -> None:
    """One act on one of the instalments or entries; what the rules refuse leaves no trace."""
    entries = list(LedgerEntry.objects.order_by("pk"))
    instalments = [i for p in Project.objects.order_by("pk") for i in p.instalments.order_by("pk")]
    if not instalments:
        return
    facts: dict[str, Any] = {"actor": w.finance, "request_key": uuid.uuid4(), "today": build.TODAY}
    instalment = instalments[pick % len(instalments)]
    entry = {**facts, "instalment": instalment, "amount_baht": amount, "effective_on": on}
    if kind == "pay":
        finance.record_payment(**entry, document_number="ฎ. 1")
    elif kind == "return":
        finance.record_return(**entry, document_number="ค. 1")
    elif kind in ("up", "down"):
        direction = Direction.OUT if kind == "up" else Direction.BACK
        finance.record_adjustment(**entry, direction=direction, note="แก้")
    elif kind == "reverse" and entries:
        finance.reverse_entry(
            **facts, entry=entries[pick % len(entries)], effective_on=on, note="ผิด"
        )
    elif kind == "cancel":
        programs.cancel_project(actor=w.manager, project=instalment.project, reason="เลิก", today=on)


@pytest.fixture
def w(db: Any) -> build.World:
    """Places, people and frames, made once for all examples."""
    return build.world()


@contextmanager
def made(w: build.World, plans: list[Any], deeds: list[Any]) -> Iterator[None]:
    """The world with those projects and acts, taken back afterwards."""
    with transaction.atomic():
        for place, plan in plans:
            _project(w, place, plan)
        for deed in deeds:
            try:
                with transaction.atomic():
                    _act(w, *deed)
            except Refused:
                pass
        yield
        transaction.set_rollback(True)


def computed(grid: Grid, row: str, cell: CellRecords) -> Any:
    """What the parts of a derived cell come to."""
    values = {}
    for part in cell.parts:
        key, _, fixed = part[1:].partition("@")
        values[part] = grid.value(fixed or row, key)
    if cell.parts[0][0] == "=":
        return share(*values.values())
    signs = {"+": 1, "-": -1}
    return sum((signs[part[0]] * (value or 0) for part, value in values.items()), Decimal(0))


def check_cells(key: str, day: dt.date, scope: FigureScope = SCOPE) -> int:
    """Compare every number of a figure with its records; how many of them came from records."""
    figure = figures.get(key)
    grid = figure.compute(scope, day)
    assert grid.check() == ()
    behind = records_of_grid(figure, scope, day, grid)
    compared = 0
    for row in grid.rows:
        for column in grid.columns:
            value, where = grid.value(row.key, column.key), (key, row.key, column.key, day)
            if value is None:
                assert (row.key, column.key) not in behind, where
                continue
            cell = behind[row.key, column.key]
            if cell.parts:
                assert computed(grid, row.key, cell) == value, where
            elif column.unit in (Unit.BAHT, Unit.COUNT):
                assert cell.total == value, where
                compared += 1
    return compared


def check_balances() -> None:
    """What the database keeps per project is what its entries add up to, returns told apart."""
    expected: dict[int, list[Decimal]] = {}
    for entry in LedgerEntry.objects.select_related("reverses"):
        came_back = EntryKind.RETURN in (entry.kind, getattr(entry.reverses, "kind", None))
        sums = expected.setdefault(entry.project_id, [Decimal(0), Decimal(0)])
        sums[0] += entry.amount_baht * entry.direction
        sums[1] += 0 if came_back else entry.amount_baht * entry.direction
    kept = ProjectBalance.objects.values_list("project", "net_baht", "paid_baht")
    assert {project: [net, paid] for project, net, paid in kept} == expected


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(plans=projects, deeds=acts, day=days)
def test_every_cell_of_every_figure_equals_its_records(w, plans, deeds, day):
    """Wrong if any payment, part, return, reversal, adjustment or cancellation split them."""
    with made(w, plans, deeds):
        for key in (known.key for known in figures.all_figures()):
            for scope in (SCOPE, FigureScope(province="50")):
                check_cells(key, day, scope)
        grid = figures.get("projects.disbursement_by_level").compute(SCOPE, day)
        kept = LedgerEntry.objects.filter(effective_on__lte=day).exclude(
            project__cancelled_on__lte=day
        )
        net = kept.aggregate(net=Sum("net_baht"))["net"]
        assert (grid.value("total", "paid_baht") or 0) == (net or 0)
        check_balances()


@settings(
    max_examples=4,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(plans=projects, deeds=acts, day=days)
def test_page_sheet_and_json_show_the_same_numbers(w, plans, deeds, day):
    """Wrong if one output rounded, dropped or formatted a number in its own way."""
    with made(w, plans, deeds):
        content = live(
            outlines.get("regional-status"), Subject(w.programme, Region.objects.get()), [day]
        )
        html, told = html_of(content), json.loads(json_of(content))
        book = load_workbook(io.BytesIO(xlsx_of(content)))
        numbers = {
            Decimal(str(cell.value)).quantize(Decimal("0.01"))
            for sheet in book
            for line in sheet.iter_rows()
            for cell in line
            if isinstance(cell.value, int | float)
        }
        stored = {grid["key"]: grid for grid in told["grids"]}
        for grid in content.grids:
            for row in grid.rows:
                for column in grid.columns:
                    value = grid.value(row.key, column.key)
                    if value is None or not column.unit.is_number:
                        continue
                    assert Decimal(stored[grid.key]["cells"][row.key][column.key]) == value
                    assert text_of(column.unit, value, places=places_of(grid, column)) in html
                    shown = value / 100 if column.unit is Unit.PERCENT else value
                    near = {Decimal(value).quantize(Decimal("0.01"))}
                    near.add(Decimal(shown).quantize(Decimal("0.01")))
                    assert near & numbers, (grid.key, row.key, column.key)


def test_an_instalment_of_a_project_leads_to_its_entries():
    """Wrong if the money of a project's instalment led to the project, or to another's entries."""
    w = build.world()
    one = build.project(w, baht=1000, plan=(700, 300))
    other = build.project(w, baht=1000, plan=(700, 300))
    first, second = one.instalments.order_by("number")
    part = build.pay(w, first, 400, dt.date(2021, 2, 25))
    rest = build.pay(w, first, 300, dt.date(2021, 3, 25))
    build.pay(w, second, 300, dt.date(2021, 7, 1))
    strange = build.pay(w, other.instalments.get(number=1), 700, dt.date(2021, 2, 26))
    day, figure = dt.date(2021, 5, 31), figures.get("projects.detail")
    grid = figure.compute(SCOPE, day)
    cells = records_of_grid(figure, SCOPE, day, grid)
    row = str(one.pk)
    entry = "finance.ledgerentry"
    assert cells[row, "paid_1_baht"] == CellRecords(
        entry, (part.pk, rest.pk), (Decimal(400), Decimal(300))
    )
    assert cells[row, "paid_1_on"] == CellRecords(entry, (part.pk, rest.pk))
    assert cells["total", "paid_1_baht"].keys == (part.pk, rest.pk, strange.pk)
    assert cells[row, "approved_baht"] == CellRecords(
        "programs.project", (one.pk,), (Decimal(1000),)
    )
    listed = figure.records(SCOPE, day, row, "paid_1_baht")
    assert [found.pk for found in listed.order_by("pk")] == [part.pk, rest.pk]
    assert {found.kind for found in listed} == {EntryKind.PAYMENT}
