"""Whatever stands in the address of a list or a page: an answer, never a fault."""

from __future__ import annotations

from itertools import cycle

import pytest
from django.test import Client
from django.urls import resolve, reverse

from codi.api.declared import RESOURCES
from codi.ui.additions import WORD, narrowings_of
from tests.security.place import Country
from tests.security.test_leaks import LISTS, overseer

pytestmark = pytest.mark.django_db
PAYLOADS = (
    "'", '"', "''", "\\", "%", "%%", "%s", "%(x)s", "_", "--", ";", "/*", "*/", "\x00", "a\x00b",
    "' OR '1'='1", "' OR 1=1 --", "1; DROP TABLE programs_project", "1) OR (1=1", "') OR ('a'='a",
    "' UNION SELECT username, password FROM accounts_user --", "1 AND pg_sleep(5)",
    "'; SELECT pg_sleep(5) --", "$$;SELECT 1;$$", "{{7*7}}", "${7*7}", "../../etc/passwd",
    "%00", "%27", "\u0000", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "9" * 40, "-1", "0", "1e309", "NaN", "๙" * 30, "é" * 500, "ก" * 2000, "\u202e\u200b\ufeff",
)  # fmt: skip
FILTERS = (
    "region", "province", "programme", "level", "status", "state", "late", "kind", "since",
    "until", "fiscal_year", "committee", "certification", "resolutions", "role",
)  # fmt: skip
PART = {"HX-Request": "true", "HX-Target": "results"}
SECRET_ORDERS = (
    "password", "-password", "created_by__password", "actor__password", "pk", "?", "-?", "id",
    "search_key", "project__created_by__password", "title'; --",
)  # fmt: skip


def test_there_are_forty_payloads():
    """Wrong if the count that docs/security.md gives were not true."""
    assert len(PAYLOADS) == 40


@pytest.mark.parametrize("name", LISTS)
def test_no_word_of_the_address_breaks_a_list(
    name: str, country: Country, clients: dict[str, Client]
):
    """Wrong if a search, sort, page or filter of any content were a fault or read as SQL."""
    client = clients[overseer(name)]
    address = reverse(name)
    narrowings = [WORD + one.key for one in narrowings_of(resolve(address).func.view_class)]
    # Order, page, size and file are read by the same lines for every list: one stands for all.
    common = ("sort", "page", "size", "export") if name == "finance:projects" else ()
    for number, payload in enumerate(PAYLOADS):
        for words in (("q", *common), (*FILTERS, *narrowings)):
            # Mostly the part of the page that changes, as its script asks for it: forms and head
            # are drawn by the same lines for every list.
            headers = PART if number % 8 else {}
            response = client.get(address, dict.fromkeys(words, payload), headers=headers)
            assert response.status_code in (200, 400), (payload, words)


@pytest.mark.parametrize("name", LISTS)
def test_only_columns_sort(name: str, country: Country, clients: dict[str, Client]):
    """Wrong if a list could be put in the order of a password or another hidden field."""
    client = clients[overseer(name)]
    usual = client.get(reverse(name)).context["sort"]
    for order in SECRET_ORDERS:
        assert client.get(reverse(name), {"sort": order}).context["sort"] == usual, order


PAGES = (
    ("reports:figure", ["projects.detail"], ("programme", "region", "as_of")),
    ("reports:figure_cell", ["projects.detail"], ("programme", "region", "as_of", "row", "column")),
    ("reports:cell", ["edition issued"], ("figure", "as_of", "row", "column", "page")),
    ("reports:chart", ["edition issued", "projects.detail"], ("as_of",)),
    ("reports:ask_waiver", ["edition failing"], ("code",)),
    ("reports:new", [], ("programme",)),
    ("imports:preview", ["batch previewed"], ("status", "page")),
    ("imports:new", [], ("kind",)),
    ("history:detail", ["programs.project", "project draft"], ("page",)),
    ("finance:pay", ["project approved"], ("instalment",)),
    ("programs:project_new", [], ("programme", "organisation")),
    ("programs:programmes", [], ("fiscal_year",)),
    ("pivot:table", ["projects"], ("row", "by-region")),
    ("ui:echo_date", [], ("day",)),
    ("ui:echo_baht", [], ("baht",)),
)


@pytest.mark.parametrize("asked", PAGES, ids=lambda asked: asked[0])
def test_no_word_of_the_address_breaks_a_page(
    asked: tuple[str, list[str], tuple[str, ...]], country: Country, clients: dict[str, Client]
):
    """Wrong if a page read its address without looking."""
    name, given, words = asked
    things = country.places["own"].things
    address = reverse(name, args=[things[one].pk if one in things else one for one in given])
    for payload, who in zip(PAYLOADS, cycle("OFA"), strict=False):
        for word in words:
            status = clients[who].get(address, {word: payload}).status_code
            assert status in (200, 400, 403, 404), (who, word, payload)


@pytest.mark.parametrize("register", sorted(RESOURCES))
def test_no_word_of_the_address_breaks_a_register(
    register: str, country: Country, clients: dict[str, Client]
):
    """Wrong if a search, order, page or filter of the API were a fault, or read as SQL.

    Order and page are read by the same lines for every register, so one of them stands for all.
    """
    address = reverse(f"api:{register}-list")
    common = (("sort",), ("page",), ("size",)) if register == "projects" else ()
    filters = tuple(RESOURCES[register].filters.base_filters)
    for payload in PAYLOADS:
        for words in filter(None, (("q",), filters, *common)):
            status = clients["A"].get(address, dict.fromkeys(words, payload)).status_code
            assert status in (200, 400), (words, payload)
    for order in SECRET_ORDERS:
        if order.removeprefix("-") not in RESOURCES[register].order:
            assert clients["A"].get(address, {"sort": order}).status_code == 400, order
