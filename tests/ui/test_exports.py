"""A file of a list adds up to its page, is read the cheap way, and is asked for one at a time."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codi.accounts.models import Role, ScopeLevel, User
from codi.ui.export_rows import _from_records, rows_of
from codi.ui.exports import Export, LargeExport, csv_response
from finance.views.lists import Ledger, Projects
from programs.models import Project
from programs.views.organisations import OrganisationList
from tests import north
from tests import world as build

LIST = "/projects/"


@pytest.fixture
def w(db: None) -> build.World:
    return build.world()


@pytest.fixture
def analyst(w: build.World, client: Client) -> Client:
    client.force_login(w.analyst)
    return client


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def from_csv(response: Any, column: str) -> list[Decimal]:
    lines = csv.DictReader(io.StringIO(body(response).decode("utf-8-sig"), newline=""))
    return [Decimal(line[column]) for line in lines]


def from_xlsx(response: Any, column: str) -> list[Decimal]:
    rows = openpyxl.load_workbook(io.BytesIO(body(response)))["ข้อมูล"].iter_rows(values_only=True)
    place = next(rows).index(column)
    return [Decimal(repr(row[place])) for row in rows]


def copies(of: Project, amounts: list[Decimal]) -> None:
    """Approved projects like ``of`` with these amounts, put in at once."""
    made = []
    for number, amount in enumerate(amounts):
        copy = Project.objects.get(pk=of.pk)
        copy.pk, copy._state.adding = None, True
        copy.code, copy.title = f"X{number:04}", f"โครงการที่ {number}"
        copy.approved_baht = copy.requested_baht = amount
        made.append(copy)
    Project.objects.bulk_create(made)


AMOUNTS = st.lists(
    st.decimals(min_value=Decimal("0.01"), max_value=Decimal("400000"), places=2), max_size=12
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(amounts=AMOUNTS)
def test_counts_and_sums_of_files_are_those_of_the_page(
    w: build.World, analyst: Client, amounts: list[Decimal]
) -> None:
    """Wrong if an analyst's own sum of the file differed by a satang from what the page says."""
    with transaction.atomic():
        copies(build.project(w, baht=1), amounts)
        page = analyst.get(f"{LIST}?sort=-approved").context
        said = Decimal(dict(page["sums"])["อนุมัติ"].removesuffix(" บาท").replace(",", ""))
        for form, read in (("csv", from_csv), ("xlsx", from_xlsx)):
            found = read(analyst.get(f"{LIST}?sort=-approved&export={form}"), "อนุมัติ (บาท)")
            assert len(found) == page["row_count"] == len(amounts) + 1
            assert sum(found) == said == sum(amounts) + 1
            assert found == sorted([*amounts, Decimal(1)], reverse=True)
        transaction.set_rollback(True)


@pytest.mark.parametrize("page_class", [Projects, Ledger, OrganisationList])
def test_values_of_the_database_are_those_of_the_records(
    w: build.World, rf: Any, page_class: Any
) -> None:
    """Wrong if the quick way gave another value than the record that the page shows."""
    north.load(w)
    page = page_class()
    page.setup(rf.get("/"))
    page.request.user = w.analyst
    columns = page.table_columns
    expected = [list(row) for row in _from_records(page.rows, columns)]
    assert len(expected) >= 1
    # Each column by itself, so that one that only Python knows does not hide the others.
    for place, column in enumerate(columns):
        found = [row[0] or None for row in rows_of(page.rows, [column])]
        assert found == [row[place] or None for row in expected], column.name
    assert [[cell or None for cell in row] for row in rows_of(page.rows, columns)] == [
        [cell or None for cell in row] for row in expected
    ]


def test_plain_columns_make_no_instances(w: build.World, django_assert_num_queries: Any) -> None:
    """Wrong if a list of 100,000 rows made 100,000 objects, or asked once for each row."""
    north.load(w)
    page = Ledger()
    columns = [c for c in page.table_columns if c.name in ("project", "effective_on", "amount")]
    rows = w_entries(w)
    with django_assert_num_queries(1):
        found = list(rows_of(rows, columns))
    assert found
    assert all(isinstance(row, tuple) for row in found)


def w_entries(w: build.World) -> Any:
    from finance.models import LedgerEntry

    return LedgerEntry.objects.visible_to(w.analyst).order_by("pk")


@pytest.fixture
def short(settings: Any) -> None:
    """Three rows count as many."""
    settings.EXPORT_DIRECT_ROW_COUNT = 2


def test_a_long_list_offers_a_job_instead_of_a_wait(
    w: build.World, analyst: Client, short: None
) -> None:
    """Wrong if the page of a long list made its reader wait, or did not say where the file is."""
    copies(build.project(w), [Decimal(1), Decimal(2)])
    text = analyst.get(f"{LIST}?q=%E0%B9%82&export=xlsx").content.decode()
    assert 'action="/jobs/export/"' in text
    assert "เป็นงานเบื้องหลัง" in text
    assert "กดปุ่มด้านบน" in text


@pytest.fixture
def elsewhere() -> Iterator[None]:
    """Another process of the server sends the analyst's large export."""
    person = User.objects.get(role=Role.ANALYST).pk
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            assert LargeExport.begin(person)
            taken.set()
            done.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert taken.wait(10)
    yield
    done.set()
    thread.join()


def test_a_second_large_file_of_a_person_waits(
    w: build.World, analyst: Client, short: None, elsewhere: None
) -> None:
    """Wrong if one person's downloads took every worker; another person, or a short file, may."""
    copies(build.project(w), [Decimal(1), Decimal(2)])
    refused = analyst.get(f"{LIST}?export=csv")
    assert refused.status_code == 429
    assert "ครั้งละ 1 ไฟล์" in refused.content.decode()
    assert analyst.get(f"{LIST}?q=X0001&export=csv").status_code == 200
    other = Client()
    other.force_login(build.user(Role.EXECUTIVE, scope_level=ScopeLevel.NATION))
    allowed = other.get(f"{LIST}?export=csv")
    assert allowed.status_code == 200
    body(allowed)


def test_the_lock_goes_when_the_file_is_sent_or_broken_off(
    w: build.World, analyst: Client, short: None
) -> None:
    """Wrong if a broken line kept a person from ever exporting again."""
    copies(build.project(w), [Decimal(1), Decimal(2)])
    whole = analyst.get(f"{LIST}?export=csv")
    assert held() == 1
    assert len(body(whole).splitlines()) == 4
    assert held() == 0
    assert LargeExport.begin(w.analyst.pk)
    broken = csv_response(Export("ก", "ก", [], [], []), large_for=w.analyst.pk)
    assert next(iter(broken.streaming_content))
    assert held() == 1
    # What the server calls when the line breaks, without the end of a request's connection.
    for close in broken._resource_closers:
        close()
    assert held() == 0


def held() -> int:
    """How many locks of exports this connection holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 20451 "
            "AND pid = pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])
