"""Payments of many projects: nothing before the confirmation, then all or none, and once."""

from __future__ import annotations

import uuid

import pytest

from codi.accounts.models import Role
from finance.models import LedgerEntry
from tests import world as build
from tests.entry.rows import address, answers, client_of, planned, row, send

pytestmark = pytest.mark.django_db
DAY = "5 มี.ค. 64"


@pytest.fixture
def w() -> build.World:
    return build.world()


def form(*payments, **more: str) -> dict[str, str]:
    """A form with a payment typed into each line: (instalment, baht)."""
    sent: dict[str, str] = dict(more)
    for line, baht in payments:
        typed = {"effective_on": DAY, "document_number": "ฎ. 9", "amount_baht": baht, "note": ""}
        sent[f"r{line.pk}-key"] = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{line.pk} {baht}"))
        sent |= {f"r{line.pk}-{key}": text for key, text in typed.items()}
    return sent


def post(user, sent: dict[str, str]):
    return client_of(user).post(address("payments"), sent)


def test_rows_sent_while_typing_write_nothing(w):
    """Wrong if money moved before anybody confirmed it."""
    (line,) = planned(w, 1).instalments.all()
    sent = row(line, effective_on=DAY, document_number="ฎ. 1", amount_baht="1,000")
    (told,) = answers(client_of(w.finance), "payments", [sent])
    assert told["state"] == "ready"
    assert told["cells"]["amount_baht"]["echo"] == "หนึ่งพันบาทถ้วน"
    assert not LedgerEntry.objects.exists()


def test_check_page_comes_first_and_confirms_all(w):
    """Wrong if the check wrote something, or the confirmation did not write all."""
    one, two = planned(w, 2).instalments.all()
    sent = form((one, "600"), (two, "๔๐๐.๕๐"))
    page = post(w.finance, sent).content.decode()
    assert "จำนวนเงินรวม <strong>1,000.50</strong> บาท (หนึ่งพันบาทห้าสิบสตางค์)" in page
    assert not LedgerEntry.objects.exists()
    assert post(w.finance, sent | {"confirmed": "1"}).status_code == 302
    assert sorted(entry.amount_baht for entry in LedgerEntry.objects.all()) == [400.5, 600]


def test_the_confirmation_again_pays_once(w):
    """Wrong if a double click or a refresh paid twice."""
    (line,) = planned(w, 1).instalments.all()
    sent = form((line, "500"), confirmed="1")
    for _ in range(2):
        assert post(w.finance, sent).status_code == 302
    assert LedgerEntry.objects.count() == 1


def test_one_refused_row_holds_all_back_and_is_named(w):
    """Wrong if a part of a confirmed sheet was paid, or the refused row was not told."""
    one, two = planned(w, 2).instalments.all()
    sent = form((one, "600"), (two, "700"), confirmed="1")
    build.pay(w, two, 500)
    page = post(w.finance, sent).content.decode()
    assert LedgerEntry.objects.count() == 1
    assert f'href="#r{two.pk}-amount_baht"' in page
    assert "จ่ายได้อีกไม่เกิน 500 บาท" in page
    assert f'href="#r{one.pk}-' not in page
    assert 'value="600"' in page


def test_every_refusal_is_told_at_once(w):
    """Wrong if a person had to send the sheet once per mistake, the sum of a project included."""
    project = planned(w, 3)
    one, two, three = project.instalments.all()
    sent = form((one, "x"), (two, "2,000"), (three, "900"))
    page = post(w.finance, sent).content.decode()
    assert "กรุณาแก้ไข 2 จุด" in page
    assert f'href="#r{one.pk}-amount_baht"' in page
    assert f'href="#r{two.pk}-amount_baht"' in page


def test_empty_rows_do_not_count(w):
    """Wrong if an untouched row was called an error."""
    one, two = planned(w, 2).instalments.all()
    blank = {f"r{two.pk}-key": str(uuid.uuid4()), f"r{two.pk}-amount_baht": "  "}
    assert post(w.finance, form((one, "10"), confirmed="1") | blank).status_code == 302
    assert LedgerEntry.objects.count() == 1
    assert post(w.finance, blank).status_code == 302


def test_another_region_and_other_roles_pay_nothing(w):
    """Wrong if a payment could be sent for a project out of sight, or by somebody of no right."""
    (line,) = planned(w, 1).instalments.all()
    south = build.user(Role.FINANCE_OFFICER, region=build.region("S", "ใต้", 4))
    sent = form((line, "10"), confirmed="1")
    assert post(south, sent).status_code == 404
    assert send(client_of(south), "payments", [row(line, amount_baht="1")]).status_code == 404
    for person in (w.officer, w.manager, w.analyst, w.administrator):
        assert post(person, sent).status_code == 403
    assert not LedgerEntry.objects.exists()


def test_what_is_paid_is_not_offered(w):
    """Wrong if a paid instalment, or one of a project that cannot be paid, stood in the table."""
    project = planned(w, 2)
    build.project(w, "draft", plan=(5,))
    one, two = project.instalments.all()
    build.pay(w, one, 1000)
    page = client_of(w.finance).get(address("payments")).content.decode()
    assert (f'data-pk="{two.pk}"' in page, page.count('data-pk="')) == (True, 1)
