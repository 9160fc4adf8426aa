"""Lists, searches, exports, histories, files and figures show nothing of another region."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from codi.figures.figure import FigureScope, all_figures
from codi.history.queries import event_model_of
from codi.imports import Status
from codi.imports.declared import UPLOADS
from codi.imports.services import make_plan
from codi.pivot import PIVOTS
from codi.ui.lists import ListPage
from tests.security.country_work import project_row, sheet
from tests.security.place import MARKS, TODAY, Country

pytestmark = pytest.mark.django_db
OWN, NEAR, OTHER = MARKS["own"], MARKS["near"], MARKS["other"]
# Every list, and whether its search looks at a text that carries the mark.
LISTS = {
    "finance:projects": True,
    "finance:ledger": True,
    "finance:late": True,
    "finance:instalments": True,
    "finance:moves": False,
    "finance:frames": False,
    "programs:organisations": True,
    "programs:meetings": True,
    "programs:committees": True,
    "programs:programme_list": False,
    "programs:bases": True,
    "councils:councils": True,
    "councils:groups": True,
    "councils:proposals": True,
    "councils:terms": True,
    "councils:members": True,
    "welfare:funds": True,
    "quality:list": True,
    "councils:council_doubles": True,
    "councils:group_doubles": True,
    "welfare:fund_doubles": True,
    "reports:list": False,
    "reports:quarters": False,
    "overview:analyses": True,
    "overview:tambons": False,
    "reports:later": True,
    "jobs:list": True,
    "desk:bin": True,
    "imports:list": True,
    "notices:list": True,
    "notices:mails": True,
    "accounts:user_list": True,
}
# What tells of another region where no text carries its mark: its name, or the frames of all.
FOREIGN = {
    "overview:tambons": "ขอนแก่น",
    "finance:frames": "ภาคตะวันออกเฉียงเหนือ",
    "programs:programme_list": "2000000000",
    "reports:quarters": "ร่าง",
}
OF_ADMINISTRATORS = {"accounts:user_list", "notices:mails"}
NARROW = {"O": (OTHER,), "M": (OTHER,), "F": (OTHER,), "P": (OTHER, NEAR)}


def lists(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """The full name of every address behind which a list stands."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", None)
            if view is not None and issubclass(view, ListPage):
                yield f"{space}{pattern.name}"
        else:
            yield from lists(
                pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space
            )


def overseer(name: str) -> str:
    """Who sees all rows of a list: the administrator or the analyst of the whole country."""
    return "D" if name in OF_ADMINISTRATORS else "A"


def words(response: Any) -> str:
    """All text of an answer; of a workbook, the text of every part of it."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:2] != b"PK":
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def test_every_list_is_in_the_table():
    """Wrong if a new list came in without being searched for leaks."""
    assert sorted(lists(get_resolver())) == sorted(LISTS)


@pytest.mark.parametrize("form", ["", "csv", "xlsx"])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_and_its_exports_hold_the_own_rows_only(
    name: str, form: str, country: Country, clients: dict[str, Client]
):
    """Wrong if a row of another region stood on a list or in its file; the nation finds it there."""
    address = reverse(name) + (f"?export={form}" if form else "?size=200")
    everything = words(clients[overseer(name)].get(address)).replace(",", "")
    assert FOREIGN.get(name, OTHER) in everything
    for who, unseen in NARROW.items():
        text = words(clients[who].get(address)).replace(",", "")
        marks = (FOREIGN[name],) if name in FOREIGN else unseen
        assert not [mark for mark in marks if mark in text], who


@pytest.mark.parametrize("name", [name for name, searched in LISTS.items() if searched])
def test_a_search_finds_nothing_of_another_region(
    name: str, country: Country, clients: dict[str, Client]
):
    """Wrong if a search reached past the scope, or told by its count that something is there."""
    whole = overseer(name)
    assert clients[whole].get(reverse(name), {"q": OTHER}).context["row_count"] > 0
    for who in NARROW:
        response = clients[who].get(reverse(name), {"q": OTHER})
        assert response.status_code in (200, 403)
        assert not response.context.get("row_count"), who


@pytest.mark.parametrize("name", ["finance:projects", "finance:ledger", "programs:organisations"])
def test_a_filter_offers_and_takes_the_own_places_only(
    name: str, country: Country, clients: dict[str, Client]
):
    """Wrong if a filter named another region's place, or let it be asked for."""
    for query in ({"region": "NE"}, {"province": "40"}):
        response = clients["O"].get(reverse(name), query)
        assert response.status_code == 200
        assert response.context["row_count"] == 0
        assert "ขอนแก่น" not in response.content.decode()
        assert clients["A"].get(reverse(name), query).context["row_count"] > 0


def test_the_history_of_a_common_programme_hides_other_regions_frames(
    country: Country, clients: dict[str, Client]
):
    """Wrong if the trail of what everybody sees told what a scoped part of it holds."""
    address = reverse("history:detail", args=["programs.programme", country.programme.pk])
    page = reverse("programs:programme", args=[country.programme.pk])
    for who in "OMFP":
        for text in (words(clients[who].get(address)), words(clients[who].get(page))):
            assert OWN in text
            assert OTHER not in text
            assert "ภาคตะวันออกเฉียงเหนือ" not in text
    assert OTHER in words(clients["A"].get(address))


def test_the_history_of_every_scoped_record_is_as_hidden_as_the_record(
    country: Country, clients: dict[str, Client]
):
    """Wrong if a number in the address opened the trail of another region's record."""
    asked = []
    for model in apps.get_models():
        manager: Any = model._default_manager
        if event_model_of(model) is None or not hasattr(manager, "visible_to"):
            continue
        seen = manager.visible_to(country.people["O"]).values("pk")
        hidden = manager.visible_to(country.people["A"]).exclude(pk__in=seen).first()
        if hidden is None:
            continue
        address = reverse("history:detail", args=[model._meta.label_lower, hidden.pk])
        assert clients["A"].get(address).status_code == 200, address
        assert clients["O"].get(address).status_code == 404, address
        asked.append(model._meta.label_lower)
    assert {
        "programs.project",
        "programs.organisation",
        "programs.committee",
        "programs.meeting",
        "programs.budgetframe",
        "programs.programmetarget",
        "finance.instalment",
        "finance.ledgerentry",
        "finance.budgetmove",
        "imports.importbatch",
        "reports.edition",
    } <= set(asked)


@pytest.mark.parametrize("figure", all_figures(), ids=lambda figure: figure.key)
def test_no_cell_of_a_live_figure_leads_to_other_regions_records(
    figure: Any, country: Country, clients: dict[str, Client]
):
    """Wrong if the list behind a total held a row out of sight, or counted one."""
    day = dt.date(2021, 8, 31)
    grid = figure.compute(FigureScope(), day)
    address = reverse("reports:figure_cell", args=[figure.key])
    shown = ""
    for number, column in enumerate(grid.columns):
        told = [row.key for row in grid.rows if grid.value(row.key, column.key)]
        for row in {grid.rows[0].key, grid.rows[-1].key, *told[:1]}:
            query = {"as_of": day.isoformat(), "row": row, "column": column.key}
            shown += words(clients["A"].get(address, query))
            # One region's people have one scope: after the first column, one of them stands for all.
            for who in "OP" if number else NARROW:
                text = words(clients[who].get(address, query))
                assert not [mark for mark in NARROW[who] if mark in text], (who, row, column.key)
    for who in NARROW:
        query = {"as_of": day.isoformat(), "row": grid.rows[0].key, "column": grid.columns[0].key}
        assert clients[who].get(address, query | {"region": "NE"}).status_code == 404, who
    assert OTHER in shown


# Which value of a dimension each person's whole scope is.
SCOPES = {"O": ("region", "N"), "M": ("region", "N"), "F": ("region", "N"), "P": ("province", "50")}


OF_PLACES = [key for key, pivot in PIVOTS.items() if "region" in pivot.dimension]


def test_every_cross_table_is_asked_for_leaks():
    """Wrong if a cross table without regions came in that no test below names."""
    assert set(PIVOTS) - set(OF_PLACES) == {"programmes", "proposals"}


def test_a_cross_table_of_proposals_counts_those_in_sight(
    country: Country, clients: dict[str, Client]
):
    """Wrong if the count held proposals of councils out of sight: one in each of three places."""
    address, query = reverse("pivot:table", args=["proposals"]), {"row": "fiscal_year"}
    for who, count in {"A": 3, **dict.fromkeys("OMF", 2), "P": 1}.items():
        grid = clients[who].get(address, query | {"measure": ["count", "councils"]}).context["grid"]
        assert [grid.value("total", column.key) for column in grid.columns] == [count, count], who


def test_a_cross_table_of_programmes_sums_the_frames_in_sight(
    country: Country, clients: dict[str, Client]
):
    """Wrong if the sum of a common record held other regions' frames: 2 regions × 2 × 500 million."""
    address, query = reverse("pivot:table", args=["programmes"]), {"row": "kind"}
    for who, baht in {"A": 2_000_000_000, **dict.fromkeys("OMFP", 1_000_000_000)}.items():
        grid = clients[who].get(address, query | {"measure": "allocated"}).context["grid"]
        assert grid.value("total", grid.columns[0].key) == baht, who


@pytest.mark.parametrize("key", OF_PLACES)
def test_a_cross_table_sums_the_own_scope_alone(
    key: str, country: Country, clients: dict[str, Client]
):
    """Wrong if a total held another region's money: every measure is that of the nation's own cell."""
    pivot, address = PIVOTS[key], reverse("pivot:table", args=[key])
    query = {"measure": list(pivot.measure)}
    for who, scope in SCOPES.items():
        # Frames and meetings belong to a region; people of a province see those of theirs.
        dimension, code = scope if scope[0] in pivot.dimension else ("region", "N")
        nation = clients["A"].get(address, query | {"row": dimension}).context
        places = [one.value for one in nation["crossing"].values[0]]
        own = clients[who].get(address, query | {"row": dimension}).context["grid"]
        assert len(own.items) == 1 < len(nation["grid"].items), who
        for column in own.columns:
            cell = nation["grid"].value(str(places.index(code)), column.key)
            value = own.value("total", column.key)
            assert value == cell or (dimension != scope[0] and value < cell), (who, column.title)
            assert cell is not None
        for form in ("", "&export=csv", "&export=xlsx"):
            words_ = "&".join(f"measure={measure}" for measure in pivot.measure)
            text = words(clients[who].get(f"{address}?row={dimension}&{words_}{form}"))
            assert "ขอนแก่น" not in text, (who, form)
            assert "ภาคตะวันออกเฉียงเหนือ" not in text, (who, form)
        foreign = clients[who].get(reverse(pivot.url_name), {"by-region": "NE"})
        assert foreign.context["row_count"] == 0
        assert "ภาคตะวันออกเฉียงเหนือ" not in words(foreign)


def test_an_upload_cannot_reach_another_regions_project(country: Country):
    """Wrong if a code in a file showed the stored values of another region's project, or changed it."""
    own, other = country.places["own"], country.places["other"]
    hidden = other.things["project approved"]
    row = project_row(own, code=hidden.code, title=hidden.title)
    plan = make_plan(
        UPLOADS["projects"],
        content=sheet(row),
        file_name="a.csv",
        actor=country.people["O"],
        today=TODAY,
    )
    (judged,) = plan.rows
    assert judged.status == Status.ERROR
    assert [error.column for error in judged.errors] == ["code"]
    assert not [change for change in judged.changes if change.old]
    payment = {
        "code": hidden.code,
        "instalment": "1",
        "amount_baht": "1",
        "effective_on": "1/3/2564",
        "document_number": "ฎ. 1",
    }
    plan = make_plan(
        UPLOADS["payments"],
        content=sheet(payment),
        file_name="a.csv",
        actor=country.people["F"],
        today=TODAY,
    )
    assert [row.status for row in plan.rows] == [Status.ERROR]
    assert OTHER not in str(plan.rows)
