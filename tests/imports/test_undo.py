"""Taking a written file back, or being told what stands in the way."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from codi.desk import bin
from codi.errors import Refused
from codi.imports import services, undoing
from codi.imports.keys import signed
from codi.imports.models import BatchState, ImportBatch
from programs import services as programs
from programs.models import Organisation
from tests import world as build
from tests.imports.conftest import TODAY, csv_of
from tests.imports.test_round_trip import HEADS, events, organisation, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> build.World:
    w = build.world()
    for place in (build.region("N"), build.province()):
        place.save()
    return w


@pytest.fixture
def written(w: build.World) -> ImportBatch:
    """A file that renamed one organisation and made two."""
    key = signed("organisations", organisation("กลุ่มหนึ่ง", contact="ก").pk, "1")
    heads = [head for head in HEADS if head not in ("ภาค", "อำเภอ/เขต", "ตำบล/แขวง")]
    rows = [
        [key, "กลุ่มหนึ่งใหม่", "องค์กรชุมชน", "เชียงใหม่", ""],
        ["", "กลุ่มสอง", "องค์กรชุมชน", "เชียงใหม่", ""],
        ["", "กลุ่มสาม", "องค์กรชุมชน", "เชียงใหม่", ""],
    ]
    batch = send(w, csv_of(heads, *rows), "องค์กร.csv")
    return services.confirm(batch=batch, actor=w.officer, today=TODAY)


def undo(batch: ImportBatch, actor: Any, reason: str = "ส่งผิดไฟล์") -> ImportBatch:
    return undoing.undo(batch=batch, actor=actor, reason=reason, today=TODAY)


def test_everything_goes_back_with_the_reason_in_the_history(w, written: ImportBatch) -> None:
    """Wrong if a made record stayed, an old value was lost, or nobody was told why."""
    done = undo(written, w.officer)
    assert (done.state, done.undone_by, done.undo_reason) == (
        BatchState.UNDONE, w.officer, "ส่งผิดไฟล์",
    )  # fmt: skip
    assert set(Organisation.objects.values_list("name", "contact")) == {
        ("กลุ่มหนึ่ง", "ก"), ("เครือข่ายองค์กรชุมชนจังหวัดเชียงใหม่", ""),
    }  # fmt: skip
    first = Organisation.objects.get(name="กลุ่มหนึ่ง")
    assert first.search_key == "กลุมหนึง"
    last = events().latest("pgh_id").pgh_context
    assert last["reason"] == "ย้อนกลับไฟล์ องค์กร.csv: ส่งผิดไฟล์"
    assert events().filter(pgh_label="delete").count() == 2
    with pytest.raises(Refused):
        undo(written, w.officer)


def test_the_same_file_can_be_written_again_afterwards(w, written: ImportBatch) -> None:
    """Wrong if an undo left something behind that the file then met."""
    undo(written, w.officer)
    content = written.file.read_bytes()
    again = services.upload_file(
        kind="organisations", content=content, file_name="a.csv", actor=w.officer, today=TODAY
    )
    # The renamed row was taken out before the rename and its undo: that is told, not overwritten.
    assert (again.new_count, again.error_count) == (2, 1)


def test_a_later_change_stands_in_the_way_and_is_named(w, written: ImportBatch) -> None:
    """Wrong if an undo threw away what somebody did after the import, or named nobody."""
    made = Organisation.objects.get(name="กลุ่มสอง")
    programs.update_organisation(
        actor=w.manager, organisation=made, expected_version=1, contact="0812345678"
    )
    before = set(Organisation.objects.values_list("pk", "name", "contact"))
    with pytest.raises(Refused) as caught:
        undo(written, w.officer)
    assert caught.value.code == "imports-undo"
    [named] = caught.value.details
    assert named.startswith("องค์กร กลุ่มสอง: แก้ไขโดย")
    assert set(Organisation.objects.values_list("pk", "name", "contact")) == before


def test_a_field_that_no_file_has_counts_as_changed_too(w, written: ImportBatch) -> None:
    """Wrong if a made record went away with work on a field that the upload does not list."""
    made = Organisation.objects.get(name="กลุ่มสอง")
    Organisation.objects.filter(pk=made.pk).update(version=made.version + 1)
    with pytest.raises(Refused) as caught:
        undo(written, w.officer)
    assert caught.value.details[0].startswith("องค์กร กลุ่มสอง: แก้ไข")
    assert Organisation.objects.filter(pk=made.pk).exists()


def test_what_left_the_sight_stands_in_the_way_unnamed(w, written: ImportBatch) -> None:
    """Wrong if a person took back what another region holds by now, or read its name."""
    build.region("NE", "ภาคตะวันออกเฉียงเหนือ", 2)
    build.province("40", "ขอนแก่น", "NE")
    moved = Organisation.objects.get(name="กลุ่มหนึ่งใหม่")
    Organisation.objects.filter(pk=moved.pk).update(province="40", region="NE")
    with pytest.raises(Refused) as caught:
        undo(written, w.officer)
    assert caught.value.details == ("องค์กร: อยู่นอกขอบเขตของท่าน ให้ผู้ที่เห็นรายการนี้เป็นผู้ย้อนกลับ",)
    assert Organisation.objects.get(pk=moved.pk).name == "กลุ่มหนึ่งใหม่"


def test_a_record_in_use_stands_in_the_way_and_is_named(w, written: ImportBatch) -> None:
    """Wrong if an organisation vanished under a project."""
    made = Organisation.objects.get(name="กลุ่มสาม")
    project = build.project(w, "draft")
    type(project).objects.filter(pk=project.pk).update(organisation=made)
    [obstacle] = undoing.obstacles(written, user=w.officer)
    assert (obstacle.record, obstacle.url) == ("องค์กร กลุ่มสาม", made.get_absolute_url())
    assert f"ถูกใช้ในโครงการ {project}" in obstacle.what


def test_a_use_out_of_sight_has_no_name(w, written: ImportBatch) -> None:
    """Wrong if somebody read the title of another region's project, or who works on it."""
    made = Organisation.objects.get(name="กลุ่มสาม")
    there = build.province("40", "ขอนแก่น", "NE")
    project = build.project(w, "draft", title="โครงการลับภาคอื่น")
    type(project).objects.filter(pk=project.pk).update(
        organisation=made, region=there.region, province=there
    )
    [obstacle] = undoing.obstacles(written, user=w.officer)
    assert str(obstacle) == "องค์กร กลุ่มสาม: ถูกใช้ในโครงการที่อยู่นอกขอบเขตของท่าน"
    [named] = undoing.obstacles(written, user=w.analyst)
    assert "โครงการลับภาคอื่น" in named.what
    Organisation.objects.filter(name="กลุ่มสอง").update(
        name="ชื่อลับ", region=there.region, province=there
    )
    told = " ".join(map(str, undoing.obstacles(written, user=w.officer)))
    assert "องค์กร: อยู่นอกขอบเขตของท่าน" in told
    assert "ชื่อลับ" not in told


def test_a_deleted_draft_that_names_a_record_stands_in_the_way(w, written: ImportBatch) -> None:
    """Wrong if a draft in the bin could not come back, because what it names was taken away."""
    made = Organisation.objects.get(name="กลุ่มสาม")
    project = build.project(w, "draft", title="ร่างที่ลบ")
    programs.update_project(
        actor=w.officer, project=project, expected_version=None, organisation=made
    )
    binned = bin.delete(actor=w.officer, record=project, expected_version=None, now=timezone.now())
    [obstacle] = undoing.obstacles(written, user=w.officer)
    assert "ถูกใช้ในโครงการที่อยู่ในถังขยะ: " in obstacle.what
    assert "ร่างที่ลบ" in obstacle.what
    with pytest.raises(Refused) as caught:
        undo(written, w.officer)
    assert caught.value.code == "imports-undo"
    with transaction.atomic():  # the control: what taking back did without looking into the bin
        programs.remove_organisations([made], w.officer, "", TODAY)
        with pytest.raises(Refused) as lost:
            bin.restore(actor=w.officer, binned=binned)
        assert lost.value.code == "whole_is_gone"
        transaction.set_rollback(True)
    assert bin.restore(actor=w.officer, binned=binned).organisation == made


def test_only_what_the_file_did_counts(w, written: ImportBatch) -> None:
    """Wrong if another file's records, or another person's, went back as well."""
    content = "ชื่อองค์กร,ประเภทองค์กร,จังหวัด\nกลุ่มสี่,อื่น ๆ,เชียงใหม่".encode()
    other = services.confirm(batch=send(w, content, "ข.csv"), actor=w.officer, today=TODAY)
    organisation("กลุ่มห้า")
    undo(written, w.officer)
    left = set(Organisation.objects.values_list("name", flat=True))
    assert {"กลุ่มสี่", "กลุ่มห้า", "กลุ่มหนึ่ง"} < left
    undo(other, w.officer)
    assert not Organisation.objects.filter(name="กลุ่มสี่").exists()


def test_pages(w, written: ImportBatch, client: Client) -> None:
    """Wrong if the page did not say what will happen, why it cannot, or took no reason."""
    client.force_login(w.manager)
    assert client.get(f"/imports/{written.pk}/undo/").status_code == 403
    assert "ผู้ส่งไฟล์เท่านั้นที่ย้อนกลับไฟล์นี้ได้" in client.get(f"/imports/{written.pk}/").content.decode()
    client.force_login(w.officer)
    page = client.get(f"/imports/{written.pk}/undo/").content.decode()
    assert "เพิ่มใหม่ 2 แถว เปลี่ยนแปลง 1 แถว" in page
    assert (
        "ยังไม่ได้กรอกเหตุผลที่ย้อนกลับ" in client.post(f"/imports/{written.pk}/undo/", {}).content.decode()
    )
    Organisation.objects.filter(name="กลุ่มสาม").update(contact="ใหม่")
    told = client.post(f"/imports/{written.pk}/undo/", {"reason": "ผิดไฟล์"}).content.decode()
    assert "องค์กร กลุ่มสาม" in told
    Organisation.objects.filter(name="กลุ่มสาม").update(contact="")
    done = client.post(f"/imports/{written.pk}/undo/", {"reason": "ผิดไฟล์"}, follow=True)
    assert "ย้อนกลับทั้งไฟล์แล้ว" in done.content.decode()
