"""What the triggers keep, whom they name, and how it is told."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from codi.accounts.models import Role, User
from codi.history import acting
from codi.history.middleware import HistoryOfRequests
from codi.history.queries import CHANGED, CREATED, DELETED, NOBODY, Change, changes_of
from codi.kept.models import SavedFilter
from finance.models import LedgerEntry
from programs.models import BudgetFrame, Project
from tests.ui.page import Tree
from tests.world import pay, project, province, region, user, world

pytestmark = pytest.mark.django_db


def events() -> Any:
    return User.pgh_event_model.objects  # type: ignore[attr-defined]


def fresh(name: str) -> User:
    return User(
        username=name, full_name=name, role=Role.ANALYST, scope_level="nation", password="x"
    )


def trail(person: User) -> list[Change]:
    return changes_of(User, person.pk)


def test_bulk_update_sql_and_delete_name_the_actor() -> None:
    """Would be wrong: a way to write that leaves no trace, or a trace without a name."""
    chief = user(Role.ADMINISTRATOR, scope_level="nation", full_name="หัวหน้า")
    with acting(chief, door="command", reason="ย้ายข้อมูล"):
        made = User.objects.bulk_create([fresh("a"), fresh("b")])
        User.objects.filter(pk=made[0].pk).update(full_name="ใหม่")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_user SET email = 'a@b.c' WHERE id = %s", [made[0].pk])
        User.objects.filter(pk=made[0].pk).delete()
    found = trail(made[0])
    assert [change.verb for change in found] == [DELETED, CHANGED, CHANGED, CREATED]
    assert {(c.actor, c.door, c.reason) for c in found} == {("หัวหน้า", "คำสั่งของระบบ", "ย้ายข้อมูล")}
    assert [(f.title, f.old, f.new) for f in found[2].fields] == [("ชื่อ-สกุล", "a", "ใหม่")]
    assert [(f.title, f.old, f.new) for f in found[1].fields] == [("อีเมล", "-", "a@b.c")]
    assert all(field.new == "-" for field in found[0].fields)


def test_secrets_are_never_kept() -> None:
    """Would be wrong: a password hash readable in a table that nothing can ever delete from."""
    person = user()
    before = events().count()
    person.set_password("อีกอันหนึ่ง-1")
    person.save()
    assert events().count() == before
    assert not {"password", "last_login"} & {field.name for field in events().model._meta.fields}


def test_inner_actor_ends_with_its_block() -> None:
    """Would be wrong: the rest of a request written in the name of an inner import or job."""
    outer, inner = user(full_name="นอก"), user(full_name="ใน")
    with acting(outer, door="web", reason="เหตุ"):
        with acting(inner, door="import"):
            User.objects.filter(pk=inner.pk).update(email="1@b.c")
        with acting(None, door="job"):
            User.objects.filter(pk=inner.pk).update(email="2@b.c")
        User.objects.filter(pk=inner.pk).update(email="3@b.c")
    User.objects.filter(pk=inner.pk).update(email="4@b.c")
    told = [
        event.pgh_context
        for event in events().filter(pgh_obj_id=inner.pk, pgh_label="update").order_by("pgh_id")
    ]
    assert told == [
        {"actor_id": inner.pk, "actor": "ใน", "door": "import", "reason": "เหตุ"},
        {"actor": "ระบบ", "door": "job", "reason": "เหตุ"},
        {"actor_id": outer.pk, "actor": "นอก", "door": "web", "reason": "เหตุ"},
        None,
    ]
    assert trail(inner)[0].actor == NOBODY


def test_a_refused_transaction_does_not_spoil_the_context() -> None:
    """Would be wrong: an error of ours on top of the refusal."""
    person = user()
    with pytest.raises(ZeroDivisionError), acting(person, door="web"), transaction.atomic():
        raise ZeroDivisionError
    User.objects.filter(pk=person.pk).update(email="x@y.z")
    assert trail(person)[0].actor == NOBODY


@pytest.mark.parametrize(
    ("method", "named"),
    [("get", False), ("head", False), ("post", True), ("put", True), ("delete", True)],
)
def test_middleware_names_the_person_of_unsafe_requests(method: str, named: bool) -> None:
    """Would be wrong: a change on a page that nobody did."""
    person = user(full_name="สมใจ")

    def view(request: Any) -> Any:
        User.objects.filter(pk=person.pk).update(email=f"{method}@b.c")

    request = getattr(RequestFactory(), method)("/")
    request.user = person
    HistoryOfRequests(view)(request)
    told = trail(person)[0]
    assert (told.actor, told.door) == (("สมใจ", "หน้าเว็บ") if named else (NOBODY, ""))


def test_values_are_told_in_words() -> None:
    """Would be wrong: keys, codes and true/false for people to guess at."""
    person = user(full_name="ก")
    home = province()
    User.objects.filter(pk=person.pk).update(
        role=Role.REGIONAL_MANAGER, scope_level="province", province=home, is_active=False
    )
    told = {field.title: (field.old, field.new) for field in trail(person)[0].fields}
    assert told == {
        "บทบาท": ("เจ้าหน้าที่สำนักงานภาค", "ผู้จัดการสำนักงานภาค"),
        "ขอบเขต": ("ภาค", "จังหวัด"),
        "จังหวัด": ("-", "เชียงใหม่"),
        "ใช้งานได้": ("ใช่", "ไม่ใช่"),
    }


@pytest.mark.parametrize("count", [1, 3, 40])
def test_constant_number_of_queries(count: int) -> None:
    """Would be wrong: a page that grows slower with each change."""
    person = user()
    south = region("S", "ภาคใต้", 5)
    for number in range(count):
        home = south if number % 2 == 0 else region()
        User.objects.filter(pk=person.pk).update(region=home, email=f"{number}@b.c")
    with CaptureQueriesContext(connection) as asked:
        found = trail(person)
    assert len(found) == count + 1
    assert len(asked) == 2  # events, regions


def test_project_shows_its_instalments_and_ledger() -> None:
    """Would be wrong: money that moved without a trace at its project."""
    w = world()
    made = project(w, plan=(600_000, 400_000))
    with acting(w.finance, door="web", reason="โอนงวดแรก"):
        pay(w, made.instalments.get(number=1), Decimal("600000"))
    found = changes_of(Project, made.pk)
    ledger = str(LedgerEntry._meta.verbose_name)
    payment = next(change for change in found if change.record.startswith(ledger))
    assert payment.reason == "โอนงวดแรก"
    assert payment.actor == w.finance.full_name
    assert "600,000" in {field.new for field in payment.fields}
    instalments = [c for c in found if c.record.startswith("งวด")]
    assert len({c.record for c in instalments}) == 2
    assert changes_of(Project, made.pk + 1) == []


@pytest.mark.parametrize("count", [1, 3, 12])
def test_constant_number_of_queries_with_parts(count: int) -> None:
    """Would be wrong: one query per instalment."""
    w = world()
    made = project(w, plan=(1000,) * count, baht=1000 * count)
    with CaptureQueriesContext(connection) as asked:
        changes_of(Project, made.pk)
    tables = [query["sql"].split('FROM "')[1].split('"')[0] for query in asked]
    assert len(tables) == len(set(tables)), tables


def page(client: Client, person: User, label: str, pk: object) -> Any:
    client.force_login(person)
    return client.get(f"/history/{label}/{pk}/")


def test_page_is_as_visible_as_its_record(client: Client) -> None:
    """Would be wrong: the trail of another region's project, by typing its number."""
    w = world()
    made = project(w)
    shown = page(client, w.officer, "programs.project", made.pk)
    assert shown.status_code == 200
    assert "ประวัติการแก้ไข" in shown.content.decode()
    assert made.title in shown.content.decode()
    stranger = user(region=region("S", "ภาคใต้", 5))
    assert page(client, stranger, "programs.project", made.pk).status_code == 404


@pytest.mark.parametrize(
    ("label", "pk"),
    [
        ("programs.project", "999999"),
        ("programs.project", "x"),
        ("programs.nothing", "1"),
        ("nonsense", "1"),
        ("sessions.session", "1"),
        ("accounts.userevent", "1"),
    ],
)
def test_page_knows_only_tracked_records(client: Client, label: str, pk: str) -> None:
    """Would be wrong: an error page, or a look into tables that are nobody's business."""
    assert (
        page(client, user(Role.ADMINISTRATOR, scope_level="nation"), label, pk).status_code == 404
    )


def test_deleted_record_is_still_told_to_the_nation(client: Client) -> None:
    """Would be wrong: deleting as a way to lose the trail."""
    chief = user(Role.ADMINISTRATOR, scope_level="nation")
    gone = user(full_name="คนที่ถูกลบ")
    key = gone.pk
    gone.delete()
    shown = page(client, chief, "accounts.user", key)
    assert shown.status_code == 200
    assert "คนที่ถูกลบ" in shown.content.decode()
    assert page(client, user(), "accounts.user", key).status_code == 404


def test_what_was_somebodys_own_is_told_to_nobody_else(client: Client) -> None:
    """Would be wrong: a private filter read by headquarters once it is deleted."""
    kept = SavedFilter.objects.create(
        owner=user(), list_name="finance:projects", name="ของฉัน", query="q=1", audience="mine"
    )
    key = kept.pk
    kept.delete()
    chief = user(Role.ADMINISTRATOR, scope_level="nation")
    assert page(client, chief, "kept.savedfilter", key).status_code == 404


def test_long_history_comes_in_pages(client: Client) -> None:
    """Would be wrong: a page of thousands of rows."""
    person = user()
    for number in range(30):
        User.objects.filter(pk=person.pk).update(email=f"{number}@b.c")
    client.force_login(person)
    first = client.get(f"/history/accounts.user/{person.pk}/").content.decode()
    second = client.get(f"/history/accounts.user/{person.pk}/?page=2").content.decode()
    assert "29@b.c" in first
    assert "เก่ากว่า" in first
    assert "0@b.c" in second
    assert "29@b.c" not in second


def test_moments_are_told_by_the_clock_of_thailand() -> None:
    """Would be wrong: the day before, for everything done before seven in the morning."""
    from codi.history.queries import _plain_words

    assert _plain_words(dt.datetime(2021, 5, 30, 18, 30, tzinfo=dt.UTC)) == "31 พ.ค. 64 01.30 น."


def test_page_tells_what_people_read(client: Client) -> None:
    """Would be wrong: marks of the machine between the facts, or an arrow from nothing on creation."""
    w = world()
    made = project(w, plan=(1_000_000,))
    pay(w, made.instalments.get(), 1_000)
    shown = page(client, w.finance, "programs.project", made.pk).content.decode()
    facts = [" ".join(line.split()) for line in Tree(shown).texts("li")]
    assert "จำนวนเงิน (บาท): 1,000" in facts
    assert "สถานะ: อนุมัติแล้ว →เปลี่ยนเป็น กำลังดำเนินงาน" in facts
    assert [fact for fact in facts if "version" in fact or "กุญแจ" in fact] == []


def test_a_deleted_part_stays_out_of_the_sight_of_other_regions() -> None:
    """Wrong if another region's frame of a common programme were told once it is deleted."""
    w = world()
    frames = [
        BudgetFrame.objects.create(
            programme=w.programme,
            region=home,
            level="district",
            allocated_baht=baht,
            allocated_on=dt.date(2021, 1, 1),
        )
        for home, baht in (
            (region(), 1_234_567),
            (province("40", "ขอนแก่น", "NE").region, 7_654_321),
        )
    ]
    for frame in frames:
        frame.delete()

    def told(person: User) -> str:
        changes = changes_of(type(w.programme), w.programme.pk, user=person)
        return str([field.old for change in changes for field in change.fields])

    assert "1,234,567" in told(w.officer)
    assert "7,654,321" not in told(w.officer)
    assert "7,654,321" in told(user(Role.ADMINISTRATOR, scope_level="nation"))
