"""Seals of the days of history: whoever changes the past through the database is found out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from codi.accounts.models import User
from codi.constraints import refusal
from codi.history import sealing
from codi.history.models import DaySeal
from codi.history.tasks import seal
from tests.world import user

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 21, 5, 0, tzinfo=dt.UTC)
EVENTS = "accounts_userevent"
YESTERDAY = dt.date(2026, 11, 20)


def as_owner(statement: str, *values: object) -> None:
    """What the owner of the tables can do behind the guards."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {EVENTS} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute(f"ALTER TABLE {EVENTS} ENABLE TRIGGER USER")


@pytest.fixture
def people() -> list[User]:
    """Three people, made one, two and three days ago by the clock of Thailand."""
    made = [user(email=f"{number}@codi.or.th") for number in range(3)]
    with connection.cursor() as cursor:
        for table in sealing._tables():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"UPDATE {table} SET pgh_created_at = '2026-11-20 12:00+07'")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    for number, person in enumerate(made):
        moment = f"2026-11-{20 - number} 00:30+07"
        as_owner(
            f"UPDATE {EVENTS} SET pgh_created_at = %s WHERE pgh_obj_id = %s", moment, person.pk
        )
    return made


def told() -> list[str]:
    return [str(one) for one in sealing.differences(now=NOW)]


def test_days_that_are_over_are_sealed_once(people):
    """Wrong if a day was left out, sealed while it went on, or sealed a second time."""
    early = dt.datetime(
        2026, 11, 20, 19, 30, tzinfo=dt.UTC
    )  # 2.30 in Bangkok: transactions may run
    assert [one.day.day for one in sealing.seal(now=early)] == [18, 19]
    assert [one.day.day for one in sealing.seal(now=NOW)] == [20]
    assert sealing.seal(now=NOW) == []
    assert [one.parts[EVENTS]["rows"] for one in DaySeal.objects.all()] == [1, 1, 1]
    assert told() == []


@pytest.mark.parametrize(
    ("statement", "day", "what"),
    [
        (f"UPDATE {EVENTS} SET email = 'x@y.z' WHERE pgh_obj_id = %s", 19, "1 แถว ขณะนี้ 1 แถว"),
        (f"DELETE FROM {EVENTS} WHERE pgh_obj_id = %s", 19, "1 แถว ขณะนี้ 0 แถว"),
        (
            f"UPDATE {EVENTS} SET pgh_created_at = '2026-11-18 12:00+07' WHERE pgh_obj_id = %s",
            18,
            "1 แถว ขณะนี้ 2 แถว",
        ),
    ],
)
def test_a_changed_event_names_its_day(people, statement, day, what):
    """Wrong if the owner of the database could rewrite the past unseen."""
    sealing.seal(now=NOW)
    assert told() == []
    as_owner(statement, people[1].pk)
    assert told()[0] == f"2026-11-{day} {EVENTS} ประทับตรา {what}"


def test_sealing_anew_is_seen_from_outside(people, tmp_path):
    """Wrong if whoever rewrites the past could seal it anew as well."""
    file = tmp_path / "seals"
    sealing.seal(now=NOW)
    assert sealing.write_outside(file) == 3
    assert sealing.write_outside(file) == 0
    as_owner(f"UPDATE {EVENTS} SET email = 'x@y.z' WHERE pgh_obj_id = %s", people[1].pk)
    DaySeal.objects.all().delete()
    sealing.seal(now=NOW)
    assert told() == []  # the control: inside of the database nothing shows
    found = sealing.differences(sealing.read_outside(file), now=NOW)
    assert [one.day.day for one in found] == [19, 20]


def test_a_forged_or_missing_seal_is_named(people):
    """Wrong if a seal could be exchanged or taken out of the chain."""
    sealing.seal(now=NOW)
    DaySeal.objects.filter(day="2026-11-19").update(digest="0" * 64)
    assert told() == ["2026-11-19 ตราถูกแก้ไข", "2026-11-20 ตราถูกแก้ไข"]
    DaySeal.objects.filter(day="2026-11-19").delete()
    assert "2026-11-20 ไม่มีตราของวันก่อนหน้า" in told()


def test_a_column_that_comes_later_changes_nothing(people):
    """Wrong if every release that adds a field made the whole past look forged."""
    sealing.seal(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {EVENTS} ADD COLUMN nickname text DEFAULT 'ไม่มี'")
    assert told() == []


def test_the_cost_does_not_grow_with_the_days(people, django_assert_num_queries):
    """Wrong if each day of the past asked every table again."""
    tables = len(sealing._tables())
    with django_assert_num_queries(tables + 6):  # savepoint, lock, last seal, first day, insert
        sealing.seal(now=NOW)
    with django_assert_num_queries(3 + tables):  # the seals, and two of the savepoint
        assert sealing.differences(now=NOW) == []


def test_one_seal_a_day(people):
    """Wrong if two workers of one night sealed a day twice."""
    sealing.seal(now=NOW)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        DaySeal.objects.create(day=YESTERDAY, parts={}, digest="0" * 64, sealed_at=NOW)
    assert "ประทับตราแล้ว" in refusal(caught.value).message


def test_the_night_and_the_command(people, tmp_path, settings, time_machine):
    """Wrong if the nightly task left the file behind, or the command kept a difference to itself."""
    settings.HISTORY_SEALS = str(tmp_path / "seals")
    time_machine.move_to(NOW)
    seal()
    assert len(Path(settings.HISTORY_SEALS).read_text().splitlines()) == 3
    call_command("check_history", against=settings.HISTORY_SEALS)
    as_owner(f"UPDATE {EVENTS} SET email = 'x@y.z' WHERE pgh_obj_id = %s", people[1].pk)
    with pytest.raises(CommandError, match="ไม่ตรงกับตรา"):
        call_command("check_history", against=settings.HISTORY_SEALS)
    with pytest.raises(CommandError, match="ไม่พบไฟล์ตรา"):
        call_command("check_history", against=str(tmp_path / "elsewhere"))


def test_a_restore_is_noted_and_its_days_are_sealed_anew(people, tmp_path):
    """Wrong if every day after a restore looked forged for ever, so that nobody looked any more."""
    file = tmp_path / "seals"
    sealing.seal(now=NOW)
    sealing.write_outside(file)
    DaySeal.objects.filter(day__gt="2026-11-18").delete()  # the tables are those of the 19th
    as_owner(f"DELETE FROM {EVENTS} WHERE pgh_obj_id = %s", people[0].pk)
    sealing.note_restore(file, now=NOW)
    sealing.seal(now=NOW)
    assert sealing.write_outside(file) == 2
    assert sealing.differences(sealing.read_outside(file), now=NOW) == []
    assert len(file.read_text().splitlines()) == 6  # what was there before stays to be read


def test_a_torn_line_is_written_again(people, tmp_path):
    """Wrong if a full disk in the middle of a line stopped the sealing, or raised a false alarm."""
    file = tmp_path / "seals"
    sealing.seal(now=NOW)
    sealing.write_outside(file)
    whole = file.read_text()
    file.write_text(whole[:-30])
    missing = sealing.differences(sealing.read_outside(file), now=NOW)
    assert [str(one) for one in missing] == ["2026-11-20 ไม่มีในไฟล์ตรานอกฐานข้อมูล"]
    assert sealing.write_outside(file) == 1
    assert sealing.read_outside(file)[YESTERDAY] == DaySeal.objects.get(day=YESTERDAY).digest
    assert sealing.differences(sealing.read_outside(file), now=NOW) == []


def test_sealing_that_fell_asleep_and_events_before_all_seals_are_told(people):
    """Wrong if the command were content with a past that nobody sealed any more, or with events
    that were put before the first sealed day.
    """
    sealing.seal(now=NOW)
    (asleep,) = sealing.differences(now=NOW + dt.timedelta(days=3))
    assert "ไม่ได้ประทับตรา" in asleep.what
    as_owner(
        f"UPDATE {EVENTS} SET pgh_created_at = '2026-11-10 12:00+07' WHERE pgh_obj_id = %s",
        people[1].pk,
    )
    assert [one.day.day for one in sealing.differences(now=NOW)] == [10, 19]


def test_what_a_release_took_away_is_no_forgery(people):
    """Wrong if a column that a release drops made the command cry that history was changed."""
    sealing.seal(now=NOW)
    forgotten = DaySeal.objects.first()
    forgotten.parts[EVENTS]["columns"].append("nickname")
    forgotten.digest = sealing._chained(sealing.FIRST, forgotten.day, forgotten.parts)
    forgotten.save()
    found = [one for one in sealing.differences(now=NOW) if one.table]  # a later seal is not asked
    assert [(one.table, one.is_unknown) for one in found] == [(EVENTS, True)]
