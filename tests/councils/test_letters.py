"""Letters of status: numbers, printing, reissue, revocation, and the page behind the code."""

from __future__ import annotations

import datetime as dt
import io

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from codi.errors import Conflict, Refused
from councils import letters
from councils.models import CommunityGroup, Council, LetterPrint, StatusLetter
from councils.services import letters as services
from tests import world as build

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 8, 13)
NOW = dt.datetime(2021, 8, 13, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def officer():
    return build.user(region=build.region(), full_name="ผู้ออก จดหมาย")


@pytest.fixture
def manager():
    return build.user("regional_manager", region=build.region())


@pytest.fixture
def council() -> Council:
    return build.council(code="30307")


def issue(actor, council, group=None, today: dt.date = TODAY) -> StatusLetter:
    return services.issue_letter(actor=actor, council=council, group=group, today=today)


def revoke(actor, letter, version: int = 1) -> StatusLetter:
    return services.revoke_letter(
        actor=actor, letter=letter, expected_version=version, reason="ข้อมูลผิด", today=TODAY
    )


def test_numbers_follow_each_other_within_a_year(officer, council):
    """Wrong if a number was left out after a refusal, or went on into another year."""
    first = issue(officer, council)
    with pytest.raises(Refused, match="ยังมีผลอยู่"):
        issue(officer, council)
    second = issue(officer, council, build.group(council))
    third = issue(officer, build.council(), today=dt.date(2021, 10, 1))
    assert [str(one) for one in (first, second, third)] == ["1/2564", "2/2564", "1/2565"]


def test_only_what_stands_gets_a_letter(officer, council):
    """Wrong if an ended group, a withdrawn council or another council's group got a letter."""
    ended = build.group(council, ended_on=TODAY, ended_reason="เลิก")
    with pytest.raises(Refused, match="สิ้นสภาพ"):
        issue(officer, council, ended)
    with pytest.raises(Refused, match="ไม่ได้จดแจ้งกับสภา"):
        issue(officer, council, build.group(build.council()))
    with pytest.raises(Refused, match="ยังไม่ถึงวันจดแจ้ง"):
        issue(officer, council, today=dt.date(2020, 1, 1))
    Council.objects.update(withdrawn_on=TODAY, withdrawal_reason="ซ้ำ")
    with pytest.raises(Refused, match="ถอนออก"):
        issue(officer, council)
    assert not StatusLetter.objects.exists()


def test_a_manager_revokes_and_reissues(officer, manager, council):
    """Wrong if an officer revoked, a revoked letter was printed, or the new one knew not the old."""
    letter = issue(officer, council)
    with pytest.raises(Refused):
        revoke(officer, letter)
    with pytest.raises(Conflict):
        revoke(manager, letter, version=9)
    new = services.reissue_letter(
        actor=manager, letter=letter, expected_version=1, reason="ชื่อผิด", today=TODAY
    )
    letter.refresh_from_db()
    assert (new.replaces, new.number) == (letter, 2)
    assert (letter.revoked_on, letter.revocation_reason) == (TODAY, "ชื่อผิด")
    with pytest.raises(Refused, match="ยกเลิกแล้ว"):
        services.print_letter(actor=officer, letter=letter, now=NOW)
    services.print_letter(actor=officer, letter=new, now=NOW)
    revoke(manager, new)
    assert issue(officer, council).number == 3


def test_the_letter_says_whose_status_in_thai_with_its_address(officer, council):
    """Wrong if name, number, day or the address of the check page were missing on paper."""
    letter = issue(officer, council, build.group(council, "กลุ่มทอผ้าน้ำผึ้ง"))
    drawn = letters.pdf_of(letter)
    assert drawn.pages == 1
    book = pypdfium2.PdfDocument(io.BytesIO(drawn.pdf))
    text = "".join(book[0].get_textpage().get_text_range().split())
    for told in ("เลขที่1/2564", "กลุ่มทอผ้าน้ำผึ้ง", "13สิงหาคม2564", letter.token):
        assert told.replace("ำ", "ํา") in text.replace("ำ", "ํา"), told
    assert letters.public_address(letter) == f"http://testserver/letters/{letter.token}/"
    assert letters.qr_code("a").startswith(b"<?xml")


def test_each_printing_is_recorded_by_post_and_never_by_get(officer, council):
    """Wrong if looking at a letter counted as printing, or a printing left no trace."""
    letter = issue(officer, council)
    client = Client()
    client.force_login(officer)
    address = reverse("councils:letter_print", args=[letter.pk])
    assert client.get(address).status_code == 405
    assert client.get(letter.get_absolute_url()).status_code == 200
    assert not LetterPrint.objects.exists()
    answer = client.post(address)
    assert b"".join(answer.streaming_content)[:5] == b"%PDF-"
    printed = LetterPrint.objects.get()
    assert (printed.letter, printed.printed_by) == (letter, officer)
    assert "ผู้ออก จดหมาย" in client.get(letter.get_absolute_url()).content.decode()


def told_of(letter: StatusLetter) -> str:
    return Client().get(f"/letters/{letter.token}/").content.decode()


def test_everybody_is_told_whether_a_letter_is_in_force(officer, manager, council):
    """Wrong if a revoked letter, or that of an ended group, passed; or persons were named."""
    group = build.group(council)
    letter = issue(officer, council, group)
    assert "มีผลอยู่" in told_of(letter)
    assert group.name in told_of(letter)
    CommunityGroup.objects.update(ended_on=TODAY, ended_reason="สมาชิกย้ายออก")
    text = told_of(letter)
    assert "ไม่มีผล" in text
    assert "สมาชิกย้ายออก" not in text
    CommunityGroup.objects.update(ended_on=None, ended_reason="")
    services.reissue_letter(
        actor=manager, letter=letter, expected_version=1, reason="ชื่อคนผิด", today=TODAY
    )
    text = told_of(letter)
    assert "มีฉบับใหม่แทน" in text
    for kept_back in ("ชื่อคนผิด", "ผู้ออก จดหมาย"):
        assert kept_back not in text
    assert Client().get("/letters/nobody-knows-this/").status_code == 404


def test_one_machine_asks_thirty_times_a_minute(officer, council):
    """Wrong if keys could be tried without end."""
    client = Client()
    answers = [client.get(f"/letters/guess-{number}/").status_code for number in range(31)]
    assert answers == [404] * 30 + [429]
    assert Client(REMOTE_ADDR="10.0.0.9").get("/letters/guess/").status_code == 404
