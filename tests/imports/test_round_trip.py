"""Records taken out of a list, edited in a workbook and sent back: organisations, by declaration."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client

from codi.accounts.models import Role
from codi.errors import Refused
from codi.imports import UPLOADS, services, templates
from codi.imports.keys import signed
from codi.imports.models import BatchState, ImportBatch
from programs.models import Organisation, OrganisationKind
from tests import world as build
from tests.imports.conftest import TODAY, saved

pytestmark = pytest.mark.django_db
KIND = UPLOADS["organisations"]
HEADS = [
    "รหัสแถว (ระบบใช้ ห้ามแก้)", "ชื่อองค์กร", "ประเภทองค์กร", "ภาค", "จังหวัด", "อำเภอ/เขต",
    "ตำบล/แขวง", "ผู้ประสานงาน/ช่องทางติดต่อ",
]  # fmt: skip


@pytest.fixture
def w() -> build.World:
    w = build.world()
    for place in [*(build.region("N"), build.province()), build.subdistrict()]:
        place.save()
    build.subdistrict().district.save()
    return w


def organisation(name: str, **facts: Any) -> Organisation:
    facts.setdefault("kind", OrganisationKind.COMMUNITY)
    return Organisation.objects.create(
        name=name, region=build.region(), province=build.province(), **facts
    )


def taken_out(client: Client, person: Any, query: str = "") -> openpyxl.Workbook:
    client.force_login(person)
    answer = client.get(f"/imports/rows/organisations/{query}")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]


def send(w: build.World, book: openpyxl.Workbook | bytes, name: str = "องค์กร.xlsx") -> ImportBatch:
    content = book if isinstance(book, bytes) else saved(book)
    return services.upload_file(
        kind="organisations", content=content, file_name=name, actor=w.officer, today=TODAY
    )


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.new_count, batch.changed_count, batch.same_count, batch.error_count


def messages(batch: ImportBatch) -> list[tuple[int, str, str]]:
    return [(row.number, *error) for row in batch.rows.all() for error in row.errors]


def events() -> Any:
    return Organisation.pgh_event_model.objects  # type: ignore[attr-defined]


def test_the_workbook_helps_and_guards(w, client: Client) -> None:
    """Wrong without drop-downs and notes, with a key that can be typed over, or with other rows."""
    organisation("กลุ่มออมทรัพย์บ้านดง", contact="0812345678")
    build.province("30", "นครราชสีมา", "NE")
    Organisation.objects.create(
        name="องค์กรภาคอื่น", kind="other", region=build.region("NE"), province=build.province("30")
    )
    book = taken_out(client, w.officer, "?q=ออมทรัพย์&kind=community")
    sheet = book["ข้อมูล"]
    assert [cell.value for cell in sheet[1]] == HEADS
    assert sheet.max_row == 2
    assert [cell.value for cell in sheet[2]][1:] == [
        "กลุ่มออมทรัพย์บ้านดง", "องค์กรชุมชน", "ภาคเหนือ", "เชียงใหม่", None, None, "0812345678",
    ]  # fmt: skip
    assert sheet.column_dimensions["A"].hidden
    assert sheet.protection.sheet
    assert [sheet["A2"].protection.locked, sheet["B2"].protection.locked] == [True, False]
    assert "ต้องกรอก" in sheet["B1"].comment.text
    assert (sheet["H2"].data_type, sheet["H2"].number_format) == ("s", "@")
    lists = {
        str(rule.sqref).split(":")[0]: rule.formula1
        for rule in sheet.data_validations.dataValidation
    }
    assert set(lists) == {"C2", "D2", "E2"}
    choices = book["ตัวเลือก"]
    assert [row[0].value for row in choices.iter_rows(max_col=1)][:7] == list(
        OrganisationKind.labels
    )
    assert [row[2].value for row in choices.iter_rows()][:2] == ["เชียงใหม่", None]
    assert [book[name].sheet_state for name in ("ตัวเลือก", "ระบบ")] == ["hidden", "hidden"]
    assert book["ระบบ"]["B2"].value == KIND.template_version


def test_out_and_back_unedited_changes_nothing(w, client: Client) -> None:
    """Wrong if taking out and sending back told changes, wrote or made history."""
    organisation("=กลุ่ม '+' ", contact="-500")
    organisation("๑ กลุ่ม\tที่สอง", kind="network")
    before = events().count()
    batch = send(w, taken_out(client, w.officer))
    assert counts(batch) == (0, 0, 3, 0)
    assert batch.template_version == KIND.template_version
    older = taken_out(client, w.officer)
    older["ระบบ"]["B2"].value = "เก่า"
    told = send(w, older)
    assert told.template_version == "เก่า"
    assert "แบบฟอร์มนี้เป็นรุ่นเก่า" in told.preview["notes"][-1]
    with pytest.raises(Refused):
        services.confirm(batch=batch, actor=w.officer, today=TODAY)
    assert events().count() == before


def test_edited_rows_are_told_cell_by_cell_and_written_once(w, client: Client) -> None:
    """Wrong if an edit hit another record, a blank did not clear, or the same file wrote twice."""
    first = organisation("กลุ่มหนึ่ง", contact="ก")
    second = organisation("กลุ่มสอง", contact="ข")
    book = taken_out(client, w.officer)
    sheet = book["ข้อมูล"]
    by_name = {row[1].value: row for row in sheet.iter_rows(min_row=2)}
    by_name["กลุ่มหนึ่ง"][1].value = "กลุ่มหนึ่งใหม่"
    by_name["กลุ่มหนึ่ง"][7].value = None
    sheet.append([None, "กลุ่มสาม", "เครือข่ายองค์กรชุมชน", None, "เชียงใหม่", None, "ศรีภูมิ", None])
    batch = send(w, book)
    assert counts(batch) == (1, 1, 2, 0)
    changed = batch.rows.get(status="changed").to_dict()
    assert [(c["column"], c["old"], c["new"]) for c in changed["changes"]] == [
        ("name", "กลุ่มหนึ่ง", "กลุ่มหนึ่งใหม่"),
        ("contact", "ก", ""),
    ]
    services.confirm(batch=batch, actor=w.officer, today=TODAY)
    first.refresh_from_db()
    assert (first.name, first.contact, first.version) == ("กลุ่มหนึ่งใหม่", "", 2)
    assert first.search_key == "กลุมหนึงใหม"
    third = Organisation.objects.get(name="กลุ่มสาม")
    assert (third.region_id, third.district_id, third.subdistrict_id) == ("N", "5001", "500101")
    second.refresh_from_db()
    assert second.version == 1
    context = events().filter(pgh_obj_id=first.pk).latest("pgh_id").pgh_context
    assert (context["door"], context["actor_id"]) == ("import", w.officer.pk)
    history, row_count = events().count(), Organisation.objects.count()
    again = send(w, book)
    assert counts(again) == (0, 0, 4, 0)
    with pytest.raises(Refused):
        services.confirm(batch=again, actor=w.officer, today=TODAY)
    assert (events().count(), Organisation.objects.count()) == (history, row_count)


def test_a_row_changed_meanwhile_is_a_conflict_with_both_values(w, client: Client) -> None:
    """Wrong if the later file won silently, or the person could not decide and send again."""
    mine = organisation("กลุ่มหนึ่ง", contact="เดิม")
    book = taken_out(client, w.officer)
    from programs import services as programs

    programs.update_organisation(
        actor=w.manager, organisation=mine, expected_version=1, contact="ของผู้จัดการ"
    )
    row = next(r for r in book["ข้อมูล"].iter_rows(min_row=2) if r[1].value == "กลุ่มหนึ่ง")
    row[7].value = "ของเจ้าหน้าที่"
    batch = send(w, book)
    assert counts(batch) == (0, 0, 1, 1)
    [(_, column, text)] = messages(batch)
    assert column == "contact"
    assert "“ของผู้จัดการ”" in text
    assert "“ของเจ้าหน้าที่”" in text
    back = openpyxl.load_workbook(templates.errors_file(batch, KIND, w.officer))
    decided = send(w, back)
    assert counts(decided) == (0, 1, 0, 0)
    services.confirm(batch=decided, actor=w.officer, today=TODAY)
    mine.refresh_from_db()
    assert mine.contact == "ของเจ้าหน้าที่"


def test_what_is_wrong_is_told_all_at_once(w, client: Client) -> None:
    """Wrong if one error hid another, or a key that was counted up reached a foreign record."""
    mine = organisation("กลุ่มหนึ่ง")
    foreign = Organisation.objects.create(
        name="องค์กรภาคอื่น", kind="other", region=build.province("30", "นครราชสีมา", "NE").region
    )
    build.province("30").save()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADS)
    sheet.append([f"{mine.pk + 1}.1.{'0' * 16}", "ก", "องค์กรชุมชน", None, "เชียงใหม่"])
    sheet.append([signed("organisations", foreign.pk, "1"), "ข", "องค์กรชุมชน", None, "เชียงใหม่"])
    sheet.append([None, None, "ผิด", None, "เชียงหม่"])
    sheet.append([None, "ค", "องค์กรชุมชน", None, "นครราชสีมา"])
    sheet.append([None, "กลุ่มหนึ่ง", "องค์กรชุมชน", None, "เชียงใหม่"])
    sheet.append([signed("organisations", mine.pk, "1"), "กลุ่มหนึ่ง", "องค์กรชุมชน", None, "เชียงใหม่"])
    sheet.append([None, "ง", "องค์กรชุมชน", None, None, None, "ศรีภูมิ"])
    batch = send(w, book)
    told = messages(batch)
    assert [(number, column) for number, column, _ in told] == [
        (2, ""), (3, ""), (4, "name"), (4, "kind"), (4, "province"), (5, "province"), (7, ""), (8, "subdistrict"),
    ]  # fmt: skip
    assert "หมายถึง เชียงใหม่" in told[4][2]
    assert "นอกขอบเขต" in told[5][2]
    assert "ซ้ำกับแถว 6" in told[6][2]
    assert "องค์กรภาคอื่น" not in str(told)


def test_wrong_rows_come_back_marked(w, client: Client) -> None:
    """Wrong if the corrected file had to be typed again, or the wrong cell had to be searched."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADS)
    sheet.append([None, "กลุ่มดี", "องค์กรชุมชน", None, "เชียงใหม่"])
    sheet.append([None, "กลุ่มผิด", "ไม่รู้จัก", None, "เชียงใหม่"])
    batch = send(w, book)
    client.force_login(w.officer)
    answer = client.get(f"/imports/{batch.pk}/errors/")
    back = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    sheet = back["ข้อมูล"]
    assert [cell.value for cell in sheet[1]] == [*HEADS, "แถวในไฟล์เดิม", "สิ่งที่ต้องแก้ไข"]
    assert sheet.max_row == 2
    assert (sheet["I2"].value, sheet["J2"].value[:14]) == ("3", "ประเภทองค์กร: ")
    colours = [sheet[f"{letter}2"].fill.fgColor.rgb for letter in "BC"]
    assert colours == ["00000000", "FFFBD5D0"]
    sheet["C2"].value = "องค์กรชุมชน"
    assert counts(send(w, back)) == (1, 0, 0, 0)


def test_moved_data_is_planned_again_and_nothing_written(w, client: Client) -> None:
    """Wrong if confirming wrote over what somebody did after the preview."""
    mine = organisation("กลุ่มหนึ่ง", contact="เดิม")
    book = taken_out(client, w.officer)
    for row in book["ข้อมูล"].iter_rows(min_row=2):
        row[7].value = "ของไฟล์"
    batch = send(w, book)
    assert batch.changed_count == 2
    Organisation.objects.filter(pk=mine.pk).update(contact="ของผู้อื่น", version=2)
    with pytest.raises(Refused) as caught:
        services.confirm(batch=batch, actor=w.officer, today=TODAY)
    assert caught.value.code == "imports-stale"
    batch.refresh_from_db()
    assert (batch.state, counts(batch)) == (BatchState.PREVIEWED, (0, 1, 0, 1))
    assert set(Organisation.objects.values_list("contact", flat=True)) == {"ของผู้อื่น", ""}


def test_a_column_sorted_without_its_keys_is_told(w, client: Client) -> None:
    """Wrong if names that slid to other records' rows went through without a word."""
    for name, place in (("กลุ่มหนึ่ง", "50"), ("กลุ่มสอง", "51"), ("กลุ่มสาม", "52")):
        home = build.province(place, {"51": "ลำพูน", "52": "ลำปาง"}.get(place, ""))
        Organisation.objects.create(name=name, kind="other", region=build.region(), province=home)
    book = taken_out(client, w.officer, "?q=กลุ่ม")
    cells = [row[1] for row in book["ข้อมูล"].iter_rows(min_row=2)]
    names = [cell.value for cell in cells]
    cells[0].value = "กลุ่มชื่อใหม่"
    assert send(w, book).preview["warnings"] == []
    for cell, name in zip(cells, [*names[1:], names[0]], strict=True):
        cell.value = name
    batch = send(w, book)
    [told] = batch.preview["warnings"]
    assert told.startswith("แถว 2, 3, 4 ใช้ชื่อของรายการที่อยู่แถวอื่นในไฟล์เดียวกัน")
    client.force_login(w.officer)
    assert told in client.get(f"/imports/{batch.pk}/").content.decode()


@pytest.mark.parametrize("count", [1, 3, 120])
def test_judging_and_writing_ask_as_often_for_many_rows(
    w, count: int, django_assert_num_queries: Any
) -> None:
    """Wrong if a file of many rows asked the database once per row."""
    rows = [f"กลุ่มที่ {n},องค์กรชุมชน,เชียงใหม่" for n in range(count)]
    content = "\n".join(["ชื่อองค์กร,ประเภทองค์กร,จังหวัด", *rows]).encode()
    with django_assert_num_queries(10):
        batch = send(w, content, "ก.csv")
    # The two services inside ask for no patience of their own: they keep that of confirm.
    with django_assert_num_queries(26):
        services.confirm(batch=batch, actor=w.officer, today=TODAY)
    assert Organisation.objects.filter(name__startswith="กลุ่มที่").count() == count


def test_rights(w, client: Client, tmp_path: Path) -> None:
    """Wrong if somebody without the right took rows out, or saw another's file."""
    client.force_login(w.analyst)
    assert client.get("/imports/rows/organisations/").status_code == 403
    client.force_login(w.finance)
    assert client.get("/imports/rows/organisations/").status_code == 403
    assert client.get("/imports/rows/nothing/").status_code == 404
    client.force_login(w.officer)
    assert "แก้ไขใน Excel" in client.get("/organisations/").content.decode()
    client.force_login(w.analyst)
    assert "แก้ไขใน Excel" not in client.get("/organisations/").content.decode()
    stranger = build.user(Role.REGIONAL_OFFICER, region=build.region("S", "ภาคใต้", 5))
    batch = send(w, "ชื่อองค์กร,ประเภทองค์กร,จังหวัด\nก,อื่น ๆ,เชียงใหม่".encode(), "ก.csv")
    client.force_login(stranger)
    assert client.get(f"/imports/{batch.pk}/").status_code == 404
