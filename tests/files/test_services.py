"""Attaching, replacing, removing, restoring and purging; one record under every kind of repetition."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from codi.errors import Refused
from codi.files import KINDS, services
from codi.files.models import FileState
from codi.history import acting
from codi.history.queries import changes_of
from councils.models import CapabilityResult
from programs.models import Project, ProjectFile
from tests import world as build
from tests.broken import refused_by
from tests.files import samples
from tests.files.conftest import NOW, attached, upload
from tests.welfare.rows import stored_fund
from tests.world import World

pytestmark = pytest.mark.django_db


def names_in(media: Path) -> set[str]:
    folder = media / "attachments"
    return {entry.name for entry in folder.iterdir()} if folder.exists() else set()


def subjects(w: World) -> dict[str, Any]:
    """One record of every kind that takes files."""
    project = build.project(w, plan=(600_000, 400_000))
    return {
        "project": project,
        "instalment": project.instalments.get(number=1),
        "meeting": w.meeting,
        "organisation": w.organisation,
        **councils(),
        "fund": stored_fund(w),
    }


def councils() -> dict[str, Any]:
    """The records of councils that take files."""
    council = build.council()
    capability = CapabilityResult.objects.create(
        council=council, fiscal_year=2564, reported_on=build.TODAY
    )
    return {"council": council, "term": build.term(council), "capability": capability}


def test_every_kind_of_record_keeps_its_files(w, media):
    """Wrong if a kind of record lost content, name, kind of document, sender or moment of a file."""
    found = subjects(w)
    assert set(found) == set(KINDS)
    for key, subject in found.items():
        document = KINDS[key].documents[0]
        file = attached(
            w, subject, name="หลักฐาน ม.ค. 64.pdf", document=document, description=" ก   ข "
        )
        file.refresh_from_db()
        assert file.subject == subject
        assert (file.file_name, file.format, file.state) == ("หลักฐาน ม.ค. 64.pdf", "pdf", "present")
        assert (file.document, file.description) == (document, "ก ข")
        assert (file.attached_by, file.attached_at) == (w.officer, NOW)
        assert (media / "attachments" / f"{file.pk}.pdf").read_bytes()[:5] == b"%PDF-"
        assert {f"{file.pk}.pdf", f"{file.pk}.preview.jpg"} <= names_in(media)
    assert len(names_in(media)) == 2 * len(KINDS)


def test_the_same_content_again_is_the_same_file(w, media):
    """Wrong if a double click, a refresh or a retry made a second file of one."""
    project = build.project(w)
    first = attached(w, project, name="a.pdf")
    again = attached(w, project, name="b.pdf")
    assert again.pk == first.pk
    assert ProjectFile.objects.count() == 1
    assert len(names_in(media)) == 2


def test_a_refused_file_leaves_nothing(w, media, settings):
    """Wrong if a refusal after the content was stored left the content behind."""
    project = build.project(w)
    settings.ATTACHMENTS_QUOTA_GB = 0
    with pytest.raises(Refused) as caught:
        attached(w, project)
    assert caught.value.code == "files-full"
    with pytest.raises(Refused) as caught:
        attached(w, project, document="minutes")
    assert caught.value.code == "files-document"
    assert names_in(media) == set()
    assert not ProjectFile.objects.exists()


def test_a_record_holds_so_many_files_and_bytes_and_no_more(w, monkeypatch):
    """Wrong if one record could take the disk, or the last file allowed were refused."""
    project = build.project(w)
    monkeypatch.setattr(services, "MAX_RECORD_COUNT", 2)
    for number in (1, 2):
        attached(w, project, samples.jpeg(size=(10 * number, 10)), f"{number}.jpg")
    with pytest.raises(Refused) as caught:
        attached(w, project, samples.jpeg(size=(50, 10)), "3.jpg")
    assert caught.value.code == "files-many"
    monkeypatch.setattr(services, "MAX_RECORD_COUNT", 3)
    monkeypatch.setattr(services, "MAX_RECORD_MB", 0)
    with pytest.raises(Refused) as caught:
        attached(w, project, samples.jpeg(size=(50, 10)), "3.jpg")
    assert caught.value.code == "files-much"


def test_a_new_version_keeps_the_old_one(w, media):
    """Wrong if a correction wrote over what was there, or could be made twice from the same file."""
    project = build.project(w)
    old = attached(w, project)
    new = services.replace(
        actor=w.manager, attachment=old, upload=upload(samples.pdf(2), "แก้ไข.pdf"), now=NOW
    )
    old.refresh_from_db()
    assert (old.state, new.state, new.replaces) == ("replaced", "present", old)
    assert {f"{old.pk}.pdf", f"{new.pk}.pdf"} <= names_in(media)
    for content, code in ((samples.pdf(3), "files-moved"), (samples.pdf(2), "files-moved")):
        with pytest.raises(Refused) as caught:
            services.replace(
                actor=w.officer, attachment=old, upload=upload(content, "a.pdf"), now=NOW
            )
        assert caught.value.code == code
    same = upload((media / "attachments" / f"{new.pk}.pdf").read_bytes(), "a.pdf")
    with pytest.raises(Refused) as caught:
        services.replace(actor=w.officer, attachment=new, upload=same, now=NOW)
    assert caught.value.code == "files-same"
    assert len(names_in(media)) == 4


def test_what_was_removed_comes_back_within_thirty_days_and_then_never(w, media):
    """Wrong if a file could not be put back in time, or its content outlived the promise."""
    project = build.project(w)
    file = attached(w, project)
    with pytest.raises(Refused):
        services.remove(actor=w.officer, attachment=file, reason="  ", now=NOW)
    services.remove(actor=w.officer, attachment=file, reason="แนบผิด", now=NOW)
    file = services.restore(actor=w.officer, attachment=file)
    assert (file.state, file.removed_by, file.removal_reason) == ("present", None, "")
    file = services.remove(actor=w.manager, attachment=file, reason="แนบผิดโครงการ", now=NOW)
    assert (file.state, file.removed_by, file.removed_at) == ("removed", w.manager, NOW)
    month = dt.timedelta(days=30)
    assert services.purge(now=NOW + month - dt.timedelta(seconds=1)) == 0
    assert len(names_in(media)) == 2
    assert services.purge(now=NOW + month) == 1
    assert services.purge(now=NOW + month) == 0
    assert names_in(media) == set()
    file.refresh_from_db()
    assert (file.state, file.purged_at) == ("purged", NOW + month)
    with pytest.raises(Refused) as caught:
        services.restore(actor=w.manager, attachment=file)
    assert caught.value.code == "files-moved"


def test_restoring_does_not_bring_the_same_content_twice(w):
    """Wrong if a file put back stood beside the same one attached meanwhile."""
    project = build.project(w)
    file = attached(w, project)
    services.remove(actor=w.officer, attachment=file, reason="แนบผิด", now=NOW)
    attached(w, project)
    with pytest.raises(Refused) as caught:
        services.restore(actor=w.officer, attachment=file)
    assert caught.value.code == "programs_projectfile_once"


def test_evidence_stays_once_money_went_out(w):
    """Wrong if the evidence of a payment could be taken away, or not be corrected until cleared."""
    project = build.project(w, plan=(600_000, 400_000))
    first, second = project.instalments.order_by("number")
    evidence, early = attached(w, first), attached(w, second)
    build.pay(w, first, 600_000)
    assert not services.remove(actor=w.finance, attachment=early, reason="ผิด", now=NOW).is_present
    with pytest.raises(Refused, match="เบิกจ่ายแล้ว"):
        services.remove(actor=w.finance, attachment=evidence, reason="ผิด", now=NOW)
    with refused_by("finance_instalmentfile_kept_after_payment"):
        type(evidence).objects.filter(pk=evidence.pk).update(
            state="removed", removed_by=w.finance, removed_at=NOW, removal_reason="ผิด"
        )


def test_evidence_that_was_cleared_is_final(w):
    """Wrong if what a second person checked could be exchanged afterwards."""
    from finance import services as finance

    project = build.project(w, plan=(600_000, 400_000))
    first, second = project.instalments.order_by("number")
    evidence, early = attached(w, first), attached(w, second)
    build.pay(w, first, 600_000)
    new = services.replace(
        actor=w.officer, attachment=evidence, upload=upload(samples.pdf(2), "b.pdf"), now=NOW
    )
    services.remove(actor=w.officer, attachment=early, reason="ผิดงวด", now=NOW)
    first.refresh_from_db()
    finance.clear_evidence(
        actor=w.manager, instalment=first, cleared_on=dt.date(2021, 4, 1), today=build.TODAY
    )
    new.refresh_from_db()
    with pytest.raises(Refused, match="ตรวจรับ"):
        services.replace(
            actor=w.officer, attachment=new, upload=upload(samples.pdf(3), "c.pdf"), now=NOW
        )
    assert attached(w, first, samples.pdf(4), "d.pdf").is_present


def test_an_instalment_with_evidence_is_not_planned_away(w):
    """Wrong if a change of the plan took evidence with it, or ended in an error page."""
    from finance import services as finance

    project = build.project(w, "draft", plan=(600_000, 400_000))
    attached(w, project.instalments.get(number=2))
    with pytest.raises(Refused, match="หลักฐาน"):
        finance.plan_instalments(
            actor=w.officer, project=project, plan=[build.finance_line(1, 600_000)]
        )
    assert project.instalments.count() == 2


RIGHTS = {
    # who → project approved, closed; instalment, meeting, organisation
    "officer": (True, True, True, True, True),
    "manager": (True, True, True, True, True),
    "finance": (True, True, True, False, False),
    "analyst": (False, False, False, False, False),
    "executive": (False, False, False, False, False),
    "administrator": (False, False, False, False, False),
}


@pytest.mark.parametrize("who", RIGHTS)
def test_who_may_attach(w, who):
    """Wrong if a role put files where it has no say; the reason must stand beside the button."""
    found = subjects(w)
    closed = build.project(w, "closed", title="โครงการที่ปิดแล้ว")
    order = (found["project"], closed, found["instalment"], found["meeting"], found["organisation"])
    person = getattr(w, who)
    for subject, may in zip(order, RIGHTS[who], strict=True):
        if may:
            assert attached(w, subject, actor=person).is_present
            continue
        with pytest.raises(Refused) as caught:
            attached(w, subject, actor=person)
        assert caught.value.code == "not_allowed"
    if RIGHTS[who][1]:
        with pytest.raises(Refused, match="โครงการปิดแล้ว"):
            services.remove(actor=person, attachment=closed.files.get(), reason="ผิด", now=NOW)


def test_nobody_attaches_outside_of_the_own_area(w):
    """Wrong if an officer of another region or province could add to a record by its number."""
    found = subjects(w)
    build.region("NE", "ภาคตะวันออกเฉียงเหนือ", 2)
    stranger = build.user("regional_officer", region=build.region("NE"))
    neighbour = build.user(
        "regional_officer", scope_level="province", province=build.province("51", "ลำพูน")
    )
    for key, subject in found.items():
        for person in (stranger, neighbour):
            if person is neighbour and key == "meeting":
                continue  # a meeting is the region's
            with pytest.raises(Refused):
                attached(w, subject, actor=person)


def test_the_trail_names_file_and_person(w):
    """Wrong if a file came or went without anybody being named, or the record did not tell of it."""
    project = build.project(w)
    with acting(w.officer, door="web"):
        file = attached(w, project, name="สัญญา.pdf")
    with acting(w.manager, door="web"):
        services.remove(actor=w.manager, attachment=file, reason="แนบผิด", now=NOW)
    told = [one for one in changes_of(Project, project.pk) if "สัญญา.pdf" in one.record]
    assert [(one.verb, one.actor) for one in told] == [
        ("แก้ไข", w.manager.full_name),
        ("เพิ่ม", w.officer.full_name),
    ]
    assert "แนบผิด" in {field.new for field in told[0].fields}


@pytest.mark.django_db(transaction=True)
def test_twenty_posts_of_one_file_are_one_file(w, media):
    """Wrong if posts of one file at the same moment made two rows, or left content behind."""
    project = build.project(w)
    content, outcomes = samples.jpeg(), []
    start = threading.Barrier(20)

    def post() -> None:
        start.wait()
        try:
            outcomes.append(attached(w, project, content, "a.jpg").pk)
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    _at_once([post] * 20)
    assert ProjectFile.objects.count() == 1
    assert set(outcomes) <= {ProjectFile.objects.get().pk, "busy"}
    assert len(names_in(media)) == 2


def _at_once(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_sweep_of_the_night_purges(w, media):
    """Wrong if the task that the beat calls purged nothing."""
    from codi.files.tasks import purge

    file = attached(w, build.project(w))
    long_ago = timezone.now() - dt.timedelta(days=31)
    services.remove(actor=w.officer, attachment=file, reason="แนบผิด", now=long_ago)
    purge()
    assert names_in(media) == set()
    assert ProjectFile.objects.get().state == FileState.PURGED
