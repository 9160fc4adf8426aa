"""Fields read what people write; errors lead to their field and lose nothing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template

from codi.errors import Refused
from codi.places.models import Province
from codi.thai.dates import long_date
from codi.ui.fields import (
    BahtField,
    CountField,
    LongTextField,
    NumberField,
    ScopedModelChoiceField,
    TextField,
    ThaiDateField,
)
from codi.ui.forms import ActionForm, UserForm
from tests import world as build
from tests.ui.page import Tree

TODAY = dt.date(2026, 10, 1)
KEY = "9f8c1c1e-8d5e-4a57-a3f4-111111111111"


class PaymentForm(ActionForm):
    paid_on = ThaiDateField(label="วันที่จ่าย", latest="today")
    paid_baht = BahtField(label="จำนวนเงิน", minimum=Decimal("0.01"))
    people_count = CountField(label="จำนวนคน", unit="คน", required=False)
    title = TextField(label="ชื่อ", max_length=10)
    note = LongTextField(label="หมายเหตุ", required=False)
    kind = forms.ChoiceField(
        label="ประเภท", choices=[("a", "โอน"), ("b", "เช็ค")], widget=forms.RadioSelect
    )


def payment(**data: str) -> PaymentForm:
    good = {"paid_on": "1 ต.ค. 69", "paid_baht": "๓๒,๐๐๐", "title": "งวดแรก", "kind": "a"}
    return PaymentForm({**good, "one_time_key": KEY, **data}, user=None, today=TODAY)


def test_values_are_read_as_people_write_them():
    """Wrong if a Thai date, Thai digits or a spaced name were stored in another shape."""
    form = payment(paid_baht="฿32,000.50", people_count="๑,๒๐๐", title=" งวด  แรก ", note="ก \n ข")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["paid_on"] == dt.date(2026, 10, 1)
    assert form.cleaned_data["paid_baht"] == Decimal("32000.50")
    assert form.cleaned_data["people_count"] == 1200
    assert form.cleaned_data["title"] == "งวด แรก"
    assert form.cleaned_data["note"] == "ก\nข"


@pytest.mark.parametrize(
    ("field", "typed", "word"),
    [
        ("paid_on", "30 ก.พ. 69", "ไม่มีวันที่ 30"),
        ("paid_on", "2/10/2569", "ต้องไม่หลัง"),
        ("paid_on", "", "ยังไม่ได้กรอกวันที่จ่าย"),
        ("paid_baht", "1.234", "อ่านได้สองอย่าง"),
        ("people_count", "๑.๒๓๔", "ไม่มีทศนิยม หากหมายถึงหลักพันขึ้นไปให้พิมพ์ 1,234"),
        ("paid_baht", "0", "ต้องไม่น้อยกว่า 0.01 บาท"),
        ("paid_baht", "(500)", "ต้องไม่น้อยกว่า"),
        ("paid_baht", "สามหมื่น", "ไม่ใช่ตัวเลข"),
        ("people_count", "1.5", "จำนวนเต็ม"),
        ("people_count", "-1", "ต้องไม่น้อยกว่า 0 คน"),
        ("title", "ยาวเกินสิบตัวอักษรแน่นอน", "ยาวเกิน 10"),
        ("kind", "c", "เลือกจากรายการ"),
        ("kind", "", "ยังไม่ได้เลือกประเภท"),
        ("one_time_key", "", "โหลดหน้านี้ใหม่"),
    ],
)
def test_an_error_says_what_to_do(field, typed, word):
    """Wrong if bad input were guessed at, or refused in words that do not help."""
    form = payment(**{field: typed})
    assert not form.is_valid()
    assert word in form.errors[field][0]
    assert list(form.errors) == [field]


def test_a_key_is_new_for_each_form_and_stays_through_errors():
    """Wrong if two forms shared a key (a true second payment lost) or a retry changed it."""
    first, second = (PaymentForm(user=None, today=TODAY) for _ in range(2))
    assert first["one_time_key"].value() != second["one_time_key"].value()
    assert str(payment(title="")["one_time_key"].value()) == KEY


def test_field_is_tied_to_its_hint_error_and_echo():
    """Wrong if a screen reader met a field without its label, hint, error or required state."""
    page = Tree(str(payment(paid_baht="1.234")))
    box = page.by_id("id_paid_baht")
    assert box["aria-invalid"] == box["aria-required"] == "true"
    assert (box["type"], box["value"]) == ("text", "1.234")
    assert "อ่านได้สองอย่าง" in page.text_of(box["aria-describedby"])
    assert page.label_of("id_paid_baht").startswith("จำนวนเงิน")
    assert "1/10/2569" in page.text_of(page.by_id("id_paid_on")["aria-describedby"])
    assert "ไตรมาส 1 ปีงบประมาณ 2570" in page.text_of("id_paid_on_echo")
    assert "ประเภท *" in page.texts("legend")


def test_summary_links_every_error_to_its_field():
    """Wrong if a person had to hunt for the fields that failed."""
    form = payment(paid_baht="x", kind="")
    form.add_refusal(Refused("งบประมาณไม่พอ", details=["คงเหลือ 100 บาท"]))
    page = Tree(Template("{% load ui %}{% error_summary form %}").render(Context({"form": form})))
    box = page.by_id("error-summary")
    assert (box["role"], box["tabindex"]) == ("alert", "-1")
    assert page.values("a", "href") == ["#id_paid_baht", "#id_kind_0"]
    assert page.texts("li")[:2] == ["งบประมาณไม่พอ", "คงเหลือ 100 บาท"]
    # The refusal with its detail, the amount and the kind: three, of four lines.
    assert page.texts("h2") == ["กรุณาแก้ไข 3 จุดต่อไปนี้"]


def test_the_summary_names_the_field_where_the_error_does_not():
    """Wrong if two unreadable numbers read alike in the summary, or a field were named twice."""
    form = payment(paid_baht="x", people_count="y", title="")
    page = Tree(Template("{% load ui %}{% error_summary form %}").render(Context({"form": form})))
    told = page.texts("li")
    assert [line.split(":")[0] for line in told if "ไม่ใช่ตัวเลข" in line] == ["จำนวนเงิน", "จำนวนคน"]
    assert [line.count(str(form["title"].label)) for line in told if "ยังไม่ได้กรอก" in line] == [1]


class BoundedForm(UserForm):
    """A share, a count and a day, each with its bound."""

    share_pct = NumberField(label="คะแนน (ร้อยละ)", maximum=100)
    number = CountField(label="ครั้งที่", maximum=99)
    told_on = ThaiDateField(label="วันที่รายงาน", latest="today")


def test_a_bound_is_told_as_people_write_it():
    """Wrong if a bound came with decimals or a quarter that nobody asked for, or was that of the system."""
    typed = {"share_pct": "101", "number": "๙" * 15, "told_on": "1/1/2599"}
    errors = BoundedForm(typed, user=None, today=TODAY).errors
    assert errors["share_pct"] == ["คะแนน (ร้อยละ) ต้องไม่เกิน 100"]
    assert errors["number"] == ["ครั้งที่ต้องไม่เกิน 99"]
    (late,) = errors["told_on"]
    assert late.startswith(f"วันที่รายงานต้องไม่หลังวันนี้ ({long_date(TODAY)})")


def test_refusal_of_a_service_stands_at_its_field():
    """Wrong if a broken rule of the business were shown away from the value that broke it."""
    form = payment()
    assert form.is_valid()
    form.add_refusal(Refused("เกินวงเงิน", field="paid_baht"))
    form.add_refusal(Refused("ไม่มีช่องนี้ในแบบฟอร์ม", field="other"))
    assert form.errors["paid_baht"] == ["เกินวงเงิน"]
    assert form.non_field_errors() == ["ไม่มีช่องนี้ในแบบฟอร์ม"]


def test_check_answers_show_what_was_understood():
    """Wrong if the review page showed the typed text instead of what will be stored."""
    form = payment(paid_baht="๓๒๐๐๐", people_count="")
    assert form.is_valid()
    assert form.answers()[:3] == [
        ("วันที่จ่าย", "1 ตุลาคม 2569 (ไตรมาส 1 ปีงบประมาณ 2570)"),
        ("จำนวนเงิน", "32,000 บาท"),
        ("จำนวนคน", "-"),
    ]
    assert ("ประเภท", "โอน") in form.answers()


def test_stored_values_come_back_as_people_write_them():
    """Wrong if an edit form showed 2026-10-01 or 32000.00."""
    form = PaymentForm(
        user=None, today=TODAY, initial={"paid_on": TODAY, "paid_baht": Decimal("32000.00")}
    )
    assert form["paid_on"].value() == "1/10/2569"
    assert form["paid_baht"].value() == "32,000"


@pytest.mark.django_db
def test_choices_are_those_in_sight():
    """Wrong if a posted key of another region were taken."""
    near, far = build.province("50"), build.province("30", "นครราชสีมา", "NE")

    class PlaceForm(UserForm):
        province = ScopedModelChoiceField(
            label="จังหวัด", model=Province, queryset_for=Province.objects.visible_to
        )

    officer = build.user()
    assert PlaceForm({"province": near.pk}, user=officer, today=TODAY).is_valid()
    refused = PlaceForm({"province": far.pk}, user=officer, today=TODAY)
    assert not refused.is_valid()
    assert "นครราชสีมา" not in str(refused)


@pytest.mark.django_db
def test_echo_answers_while_typing(client):
    """Wrong if a half-typed date made an error page, or the echo carried markup back."""
    client.force_login(build.user())
    assert "ไตรมาส 1 ปีงบประมาณ 2570" in client.get("/ui/echo/date/?a-paid_on=1/10/69").text
    assert client.get("/ui/echo/date/?x=").text == ""
    assert "<b>" not in client.get("/ui/echo/date/", {"x": "<b>1</b>"}).text
    client.logout()
    assert client.get("/ui/echo/date/?x=1/10/69").status_code == 302
