"""From the file to the records: preview, second person, all or nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from codi.accounts.models import Role, User
from codi.accounts.system import system_account
from codi.constraints import refusal
from codi.errors import Refused
from codi.imports import permissions, services
from codi.imports.models import BatchState, ImportBatch
from tests.imports.conftest import PEOPLE, TODAY, csv_of
from tests.world import user

HEAD = ("ชื่อผู้ใช้", "ชื่อ-สกุล", "อีเมล")
WRONG = csv_of(HEAD, ("anong", "อนงค์", ""), ("", "คนนอก", ""), ("anong", "ซ้ำ", ""))


def take(actor: User, content: bytes = PEOPLE, kind: str = "people") -> ImportBatch:
    return services.upload_file(
        kind=kind, content=content, file_name="คน.csv", actor=actor, today=TODAY
    )


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.new_count, batch.changed_count, batch.same_count, batch.error_count


def shown(batch: ImportBatch) -> list[dict[str, Any]]:
    return [row.to_dict() for row in batch.rows.all()]


def events() -> Any:
    return User.pgh_event_model.objects  # type: ignore[attr-defined]


def test_preview_writes_nothing_and_confirm_writes_all(officer: User) -> None:
    """Would be wrong: records before anybody confirmed, or an unnamed actor."""
    before = User.objects.count()
    batch = take(officer)
    assert (counts(batch), batch.state) == ((2, 0, 0, 0), BatchState.PREVIEWED)
    assert User.objects.count() == before
    assert batch.file.read_bytes() == PEOPLE
    assert batch.file.name != "คน.csv"
    done = services.confirm(batch=batch, actor=officer, today=TODAY)
    assert (done.state, done.confirmed_by) == (BatchState.CONFIRMED, officer)
    assert set(
        User.objects.filter(username__in=["anong", "boonmee"]).values_list("full_name", "email")
    ) == {
        ("อนงค์ ใจดี", "anong@example.org"),
        ("บุญมี มั่นคง", ""),
    }
    context = events().get(username="anong").pgh_context
    assert (context["door"], context["actor_id"]) == ("import", officer.pk)


def test_the_same_file_again_changes_nothing(officer: User) -> None:
    """Would be wrong: doubled people, or history rows of changes that were none."""
    services.confirm(batch=take(officer), actor=officer, today=TODAY)
    people, history = User.objects.count(), events().count()
    again = take(officer)
    assert counts(again) == (0, 0, 2, 0)
    with pytest.raises(Refused) as caught:
        services.confirm(batch=again, actor=officer, today=TODAY)
    assert "ไม่มีอะไรต้องนำเข้า" in caught.value.message
    assert (User.objects.count(), events().count()) == (people, history)


def test_changes_are_shown_old_to_new(officer: User) -> None:
    """Would be wrong: a change that nobody can see before it is written."""
    services.confirm(batch=take(officer), actor=officer, today=TODAY)
    changed = csv_of(HEAD, ("anong", "อนงค์ รักดี", "anong@example.org"), ("boonmee", "บุญมี มั่นคง", ""))
    batch = take(officer, changed)
    assert counts(batch) == (0, 1, 1, 0)
    assert batch.rows.first().to_dict()["changes"] == [
        {"column": "full_name", "title": "ชื่อ-สกุล", "old": "อนงค์ ใจดี", "new": "อนงค์ รักดี"}
    ]
    services.confirm(batch=batch, actor=officer, today=TODAY)
    assert User.objects.get(username="anong").full_name == "อนงค์ รักดี"


def test_all_errors_at_once_and_nothing_can_be_confirmed(officer: User) -> None:
    """Would be wrong: the good rows of a bad file written."""
    batch = take(officer, WRONG)
    assert counts(batch) == (1, 0, 0, 2)
    told = [(row["number"], [e["title"] for e in row["errors"]]) for row in shown(batch)]
    assert told == [(2, []), (3, ["ชื่อผู้ใช้", "ชื่อ-สกุล"]), (4, ["ชื่อผู้ใช้"])]
    with pytest.raises(Refused):
        services.confirm(batch=batch, actor=officer, today=TODAY)
    assert not User.objects.filter(username="anong").exists()


def test_a_refusal_while_writing_undoes_all_and_names_the_row(officer: User) -> None:
    """Would be wrong: half a file written, or a reason without its row."""
    batch = take(officer, csv_of(HEAD, ("anong", "อนงค์", ""), ("bad", "ห้าม", "")))
    with pytest.raises(Refused) as caught:
        services.confirm(batch=batch, actor=officer, today=TODAY)
    assert caught.value.message == "แถว 3: ชื่อนี้ใช้ไม่ได้ กรุณาใช้ชื่ออื่น"
    batch.refresh_from_db()
    assert (batch.state, batch.failure) == (BatchState.FAILED, caught.value.message)
    assert not User.objects.filter(username="anong").exists()


def test_data_that_moved_after_the_preview_must_be_checked_again(officer: User) -> None:
    """Would be wrong: something written that nobody was shown."""
    batch = take(officer)
    User.objects.create(username="anong", full_name="คนอื่น", role=Role.ANALYST, scope_level="nation")
    with pytest.raises(Refused) as caught:
        services.confirm(batch=batch, actor=officer, today=TODAY)
    assert caught.value.code == "imports-stale"
    assert "ระบบตรวจให้ใหม่แล้ว" in caught.value.message
    batch.refresh_from_db()
    assert (batch.state, counts(batch)) == (BatchState.PREVIEWED, (1, 1, 0, 0))
    again = services.check_again(batch=batch, actor=officer, today=TODAY)
    assert again.fingerprint == batch.fingerprint
    services.confirm(batch=batch, actor=officer, today=TODAY)
    assert User.objects.get(username="anong").full_name == "อนงค์ ใจดี"


def test_second_person_rule(officer: User, manager: User) -> None:
    """Would be wrong: makers who confirm their own files, by the page or by plain SQL."""
    batch = take(officer, kind="checked")
    assert not permissions.can_confirm(officer, batch)
    assert not permissions.can_confirm(manager, batch)
    batch = services.send_for_confirmation(batch=batch, actor=officer)
    assert batch.state == BatchState.WAITING
    second_officer = user(Role.REGIONAL_OFFICER)
    for person in (officer, second_officer):
        with pytest.raises(Refused) as caught:
            services.confirm(batch=batch, actor=person, today=TODAY)
        assert "ผู้จัดการสำนักงานภาค" in caught.value.message
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(
            state="confirmed", confirmed_by=officer, confirmed_at=timezone.now()
        )
    found = refusal(refused.value)
    assert found is not None
    assert found.code == "imports_batch_maker_is_not_checker"
    done = services.confirm(batch=batch, actor=manager, today=TODAY)
    assert (done.state, done.confirmed_by, done.uploaded_by) == (
        BatchState.CONFIRMED,
        manager,
        officer,
    )


def test_the_second_person_can_refuse_with_a_reason(officer: User, manager: User) -> None:
    """Would be wrong: a file sent back without a word, or by its own maker."""
    batch = services.send_for_confirmation(batch=take(officer, kind="checked"), actor=officer)
    with pytest.raises(Refused):
        services.refuse(batch=batch, actor=officer, reason="x")
    with pytest.raises(Refused):
        services.refuse(batch=batch, actor=manager, reason="  ")
    done = services.refuse(batch=batch, actor=manager, reason="ยอดไม่ตรงมติ")
    assert (done.state, done.refused_by, done.refusal_reason) == (
        BatchState.REFUSED,
        manager,
        "ยอดไม่ตรงมติ",
    )
    with pytest.raises(Refused):
        services.confirm(batch=done, actor=manager, today=TODAY)


def test_discarded_and_confirmed_files_are_closed(officer: User) -> None:
    """Would be wrong: a file written twice, or after it was thrown away."""
    gone = services.discard(batch=take(officer), actor=officer)
    done = services.confirm(batch=take(officer), actor=officer, today=TODAY)
    for batch in (gone, done):
        with pytest.raises(Refused):
            services.confirm(batch=batch, actor=officer, today=TODAY)
        with pytest.raises(Refused):
            services.check_again(batch=batch, actor=officer, today=TODAY)
    assert User.objects.filter(username="anong").count() == 1


def test_role_may_not_upload(manager: User) -> None:
    """Would be wrong: an upload by a role without the right, kept on the disk."""
    with pytest.raises(Refused) as caught:
        take(manager)
    assert caught.value.message == "เฉพาะเจ้าหน้าที่สำนักงานภาคส่งไฟล์นี้ได้"


def test_a_full_disk_leaves_no_row(officer: User, settings: Any, tmp_path: Path) -> None:
    """Would be wrong: a row without its file."""
    (tmp_path / "full").write_text("a file where the folder should be")
    settings.MEDIA_ROOT = tmp_path / "full"
    with pytest.raises(Refused) as caught:
        take(officer)
    assert caught.value.code == "imports-disk"
    assert ImportBatch.objects.count() == 0


def test_visible_to(officer: User, manager: User, stranger: User) -> None:
    """Would be wrong: another region's file, names and all, in a list."""
    batch = take(officer)
    analyst = user(Role.ANALYST, scope_level="nation")
    seen = [
        ImportBatch.objects.visible_to(person).filter(pk=batch.pk).exists()
        for person in (officer, manager, stranger, analyst)
    ]
    assert seen == [True, True, False, True]


NOW = dt.datetime(2021, 8, 13, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"state": "lost"}, "imports_batch_state_known"),
        (
            {"state": "waiting_confirmation", "checker_roles": ["x"], "error_count": 1},
            "imports_batch_no_errors",
        ),
        ({"state": "waiting_confirmation"}, "imports_batch_waits_for_somebody"),
        ({"state": "confirmed", "confirmed_at": NOW}, "imports_batch_confirmed_complete"),
        ({"confirmed_at": NOW}, "imports_batch_confirmed_complete"),
        (
            {"state": "refused", "refused_at": NOW, "refusal_reason": "x"},
            "imports_batch_refusal_complete",
        ),
        ({"refusal_reason": "x"}, "imports_batch_refusal_complete"),
        ({"state": "failed"}, "imports_batch_failure_has_reason"),
        ({"failure": "x"}, "imports_batch_failure_has_reason"),
        ({"undone_at": NOW}, "imports_batch_undo_complete"),
        ({"undo_reason": "x"}, "imports_batch_undo_complete"),
    ],
)
def test_database_refuses_half_a_group(officer: User, change: dict[str, Any], name: str) -> None:
    """Would be wrong: a state without what belongs to it."""
    batch = take(officer)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(**change)
    found = refusal(caught.value)
    assert found is not None
    assert found.code == name


@pytest.mark.parametrize(
    ("change", "name"),
    [({"status": "lost"}, "imports_row_status_known"), ({"number": 3}, "imports_row_once")],
)
def test_database_refuses_a_wrong_row(officer: User, change: dict[str, Any], name: str) -> None:
    """Would be wrong: a row of the preview twice, or in a state that no page knows."""
    batch = take(officer)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        batch.rows.filter(number=2).update(**change)
    found = refusal(caught.value)
    assert found is not None
    assert found.code == name


@pytest.fixture
def people_file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(PEOPLE)
    return path


def test_command_imports_as_the_system_and_again_changes_nothing(
    db: None, people_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Would be wrong: a command that needs a person, or that writes the same twice."""
    call_command("import_data", "checked", str(people_file))
    assert "ทั้งหมด 2 แถว: เพิ่มใหม่ 2 · เปลี่ยนแปลง 0 · เหมือนเดิม 0 · ต้องแก้ไข 0" in capsys.readouterr().out
    batch = ImportBatch.objects.get()
    assert (batch.uploaded_by, batch.state) == (system_account(), BatchState.CONFIRMED)
    assert batch.confirmed_by != batch.uploaded_by
    history = events().count()
    with CaptureQueriesContext(connection) as asked:
        call_command("import_data", "checked", str(people_file))
    assert not [q for q in asked if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert (events().count(), ImportBatch.objects.count()) == (history, 1)


def test_command_dry_run_writes_nothing(db: None, people_file: Path) -> None:
    """Would be wrong: a trial that leaves a trace."""
    people = User.objects.count()
    call_command("import_data", "people", str(people_file), "--dry-run")
    assert (User.objects.count(), ImportBatch.objects.count()) == (people, 0)


def test_command_prints_all_errors_and_exits_with_one(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Would be wrong: the first error only, or a file kept for nothing."""
    path = tmp_path / "wrong.csv"
    path.write_bytes(WRONG)
    people = User.objects.count()
    with pytest.raises(CommandError) as caught:
        call_command("import_data", "people", str(path))
    assert caught.value.returncode == 1
    told = capsys.readouterr().err
    assert "แถว 3 · ชื่อผู้ใช้: ยังไม่ได้กรอกชื่อผู้ใช้" in told
    assert "แถว 3 · ชื่อ-สกุล: ไม่รู้จักคนนี้ กรุณาตรวจชื่อ" in told
    assert "แถว 4 · ชื่อผู้ใช้: ชื่อผู้ใช้ซ้ำในไฟล์ กรุณาลบแถวที่ซ้ำ" in told
    assert (User.objects.count(), ImportBatch.objects.count()) == (people, 0)


def test_command_with_people_keeps_the_second_person_rule(
    officer: User, manager: User, people_file: Path
) -> None:
    """Would be wrong: a way around the second person by the command line."""
    with pytest.raises(CommandError):
        call_command("import_data", "checked", str(people_file), "--actor", "officer")
    assert ImportBatch.objects.count() == 0
    assert not list((people_file.parent / "media" / "imports").glob("*"))
    call_command(
        "import_data",
        "checked",
        str(people_file),
        "--actor",
        "officer",
        "--confirmed-by",
        "manager",
    )
    assert ImportBatch.objects.get().confirmed_by == manager
