"""Pages of projects and money: who may open them, what they say, what they do once."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from finance import services
from finance.models import EntryKind, InstalmentEvent, LedgerEntry
from programs import services as programs
from programs.models import Project, ProjectEvent, ProjectStatus
from tests import world as build
from tests.finance.browse import client_of, other_region, page, payment, post
from tests.ui.page import Tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> build.World:
    return build.world()


# Who may open what

STATUS_OF = {
    "submit": ("draft", {"officer", "manager"}),
    "endorse": ("submitted", {"manager"}),
    "approve": ("endorsed", {"manager", "finance"}),
    "send_back": ("submitted", {"manager", "finance"}),
    "cancel": ("draft", {"officer", "manager", "finance"}),
    "close": ("under_way", {"manager"}),
    "record_in_pm": ("approved", {"officer", "manager"}),
    "plan": ("draft", {"officer", "manager", "finance"}),
    "pay": ("approved", {"finance"}),
    "return": ("under_way", {"finance"}),
    "adjust": ("under_way", {"finance"}),
}
EVERYBODY = ("officer", "manager", "finance", "analyst", "executive", "administrator")


@pytest.mark.parametrize("name", STATUS_OF)
def test_act_opens_for_its_roles_and_tells_others_why_not(w, name):
    """Wrong if a role without the right reached the form, or was refused without a reason."""
    step, allowed = STATUS_OF[name]
    project = build.project(w, step, plan=(1_000_000,))
    for who in EVERYBODY:
        status, body = page(getattr(w, who), name, project.pk)
        assert status == (200 if who in allowed else 403), who
        assert who in allowed or "ทำได้เฉพาะ" in body or "ได้เฉพาะ" in body


@pytest.mark.parametrize("name", ["project", *STATUS_OF])
def test_other_regions_project_does_not_exist(w, name):
    """Wrong if another region's project answered anything but 404."""
    project = build.project(w, "under_way", plan=(1_000_000,))
    stranger = other_region()
    assert page(stranger, name, project.pk)[0] == 404
    assert name == "project" or post(stranger, name, project.pk).status_code == 404


@pytest.mark.parametrize("name", ["entry", "reverse", "evidence"])
def test_other_regions_entries_and_instalments_do_not_exist(w, name):
    """Wrong if a row reached by its own number forgot the region."""
    project = build.project(w, plan=(1_000_000,))
    entry = build.pay(w, project.instalments.get(), 100_000)
    pk = project.instalments.get().pk if name == "evidence" else entry.pk
    assert page(w.finance, name, pk)[0] == 200
    assert page(other_region(), name, pk)[0] == 404


@pytest.mark.parametrize("name", ["projects", "ledger", "late"])
def test_lists_show_the_own_region_only(w, name):
    """Wrong if a list leaked another region's title."""
    project = build.project(w, plan=(1_000_000,), title="โครงการเฉพาะภาคเหนือ")
    build.pay(w, project.instalments.get(), 100_000)
    assert "โครงการเฉพาะภาคเหนือ" in page(w.analyst, name)[1]
    status, body = page(other_region(), name)
    assert status == 200
    assert "โครงการเฉพาะภาคเหนือ" not in body


@pytest.mark.parametrize("name", ["projects", "ledger", "late", "moves", "move_new"])
def test_nobody_sees_money_without_logging_in(name):
    """Wrong if a page opened to the world."""
    response = Client().get(reverse(f"finance:{name}"))
    assert response.status_code == 302
    assert "/login/" in response["Location"]


# The list


@pytest.mark.parametrize("rows", [1, 3, 20])
def test_list_asks_a_constant_number_of_queries(w, rows, django_assert_num_queries):
    """Wrong if a row of the list cost a query.

    Session (read, and kept with its savepoint: 4), user, what is kept of the list, years, programmes, regions, provinces,
    count with approved, ledger sum, page, bell.
    """
    for number in range(rows):
        project = build.project(w, title=f"โครงการที่ {number}", plan=(600_000, 400_000))
        build.pay(w, project.instalments.get(number=1), 1_000)
    client = client_of(w.analyst)
    with django_assert_num_queries(14):
        response = client.get(reverse("finance:projects"))
    assert response.status_code == 200


def test_list_finds_by_code_title_and_organisation_in_loose_thai(w):
    """Wrong if a part of a word, without its tone mark, did not find the project."""
    project = build.project(w, title="พัฒนาผู้นำตำบลแม่แจ่ม")
    for text in ("แมแจม", project.code, "เครือข่ายองค์กร"):
        assert "พัฒนาผู้นำตำบลแม่แจ่ม" in page(w.officer, "projects", q=text)[1], text
    assert "ไม่พบรายการ" in page(w.officer, "projects", q="ไม่มีคำนี้แน่")[1]


def test_list_gives_a_state_its_colour(w):
    """Wrong if every state looked alike: the tone goes with the stored value, not its label."""
    build.project(w, "draft")
    build.project(w)
    body = page(w.officer, "projects")[1]
    assert '<span class="tag tag--neutral">ร่าง</span>' in body
    assert '<span class="tag tag--good">อนุมัติแล้ว</span>' in body


def test_list_filters_late_projects(w):
    """Wrong if the filter kept a project that is paid in full."""
    build.project(w, title="โครงการค้างจ่าย", plan=(1_000_000,))
    paid = build.project(w, title="โครงการจ่ายครบ", plan=(1_000_000,))
    build.pay(w, paid.instalments.get(), 1_000_000)
    body = page(w.officer, "projects", late="1")[1]
    assert "โครงการค้างจ่าย" in body
    assert "โครงการจ่ายครบ" not in body


def test_list_sums_are_those_of_its_rows(w):
    """Wrong if the sums line disagreed with the rows, or counted a cancelled project."""
    one = build.project(w, plan=(1_000_000,))
    build.pay(w, one.instalments.get(), Decimal("400000.25"))
    build.project(w, baht=500_000)
    gone = build.project(w, baht=700_000)
    programs.cancel_project(actor=w.manager, project=gone, reason="ยกเลิก", today=build.TODAY)
    body = page(w.officer, "projects")[1]
    assert "1,500,000 บาท" in body
    assert "400,000.25 บาท" in body
    assert "1,099,999.75 บาท" in body


@pytest.mark.parametrize("sort", ["paid", "-paid", "remaining", "-approved", "title", "nonsense"])
def test_export_has_the_rows_order_and_values_of_the_screen(w, sort):
    """Wrong if the file told another story than the page."""
    for paid in (300_000, 100_000, 200_000):
        project = build.project(w, title=f"โครงการ {paid}", plan=(1_000_000,))
        build.pay(w, project.instalments.get(), paid)
    client = client_of(w.officer)
    screen = client.get(reverse("finance:projects"), {"sort": sort}).context["table"].rows
    shown = [(row.record.code, row.record.net_paid_baht) for row in screen]
    response = client.get(reverse("finance:projects"), {"sort": sort, "export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0]
    lines = list(sheet.iter_rows(values_only=True))
    code, paid = lines[0].index("รหัส"), lines[0].index("จ่ายสุทธิ (บาท)")
    assert [(line[code], line[paid]) for line in lines[1:]] == [(c, int(p)) for c, p in shown]


# The project page


def test_project_page_tells_the_reason_of_a_sending_back(w):
    """Wrong if the maker had to ask what to mend."""
    project = build.project(w, "submitted")
    programs.send_back_project(
        actor=w.manager, project=project, reason="งบอาหารสูงเกินเกณฑ์", today=build.TODAY
    )
    assert "งบอาหารสูงเกินเกณฑ์" in page(w.officer, "project", project.pk)[1]


def test_project_page_says_why_a_button_is_disabled(w):
    """Wrong if an officer saw a payment button, or none and no reason."""
    project = build.project(w, plan=(1_000_000,))
    body = page(w.officer, "project", project.pk)[1]
    assert f'href="{reverse("finance:pay", args=[project.pk])}"' not in body
    assert "ทำได้เฉพาะเจ้าหน้าที่การเงิน" in body


@pytest.mark.parametrize("step", build.STEPS)
def test_project_page_opens_in_every_status_for_everybody(w, step):
    """Wrong if a status broke the page for a role."""
    project = build.project(w, step, plan=(1_000_000,))
    for who in EVERYBODY:
        assert page(getattr(w, who), "project", project.pk)[0] == 200, who


@pytest.mark.parametrize("entries", [1, 3, 20])
def test_project_page_asks_a_constant_number_of_queries(w, entries, django_assert_num_queries):
    """Wrong if each entry or instalment cost a query.

    Session (4), user, project, two sums, resolutions, instalments, ledger; bell (2,
    for there is news).
    """
    project = build.project(w, plan=(500_000, 500_000))
    for _ in range(entries):
        build.pay(w, project.instalments.get(number=1), 1_000)
    client = client_of(w.finance)
    with django_assert_num_queries(14):
        client.get(reverse("finance:project", args=[project.pk]))


def test_project_page_links_a_mistake_and_its_reversal_both_ways(w):
    """Wrong if the ledger did not show what undid what."""
    project = build.project(w, plan=(1_000_000,))
    wrong = build.pay(w, project.instalments.get(), 100_000)
    undo = services.reverse_entry(
        actor=w.finance,
        entry=wrong,
        effective_on=dt.date(2021, 3, 1),
        note="ผิดโครงการ",
        request_key=uuid.uuid4(),
        today=build.TODAY,
    )
    body = page(w.analyst, "project", project.pk)[1]
    assert f'href="#entry-{undo.pk}"' in body
    assert f'href="#entry-{wrong.pk}"' in body
    assert reverse("finance:entry", args=[undo.pk]) in page(w.analyst, "entry", wrong.pk)[1]
    assert reverse("finance:entry", args=[wrong.pk]) in page(w.analyst, "entry", undo.pk)[1]


# Steps of life


def test_submitting_twice_is_no_error(w):
    """Wrong if a double click met a refusal after the first one succeeded."""
    project = build.project(w, "draft")
    first = post(w.officer, "submit", project.pk)
    again = post(w.officer, "submit", project.pk)
    assert first.status_code == again.status_code == 302
    project.refresh_from_db()
    assert project.status == ProjectStatus.SUBMITTED


def test_endorsing_shows_the_answers_before_it_counts(w):
    """Wrong if the first press already moved the life on."""
    project = build.project(w, "submitted")
    data = {"endorsed_meeting": w.meeting.pk}
    asked = post(w.manager, "endorse", project.pk, **data)
    assert "ยืนยันว่าโครงการผ่านคณะพิจารณา" in asked.content.decode()
    project.refresh_from_db()
    assert project.status == ProjectStatus.SUBMITTED
    post(w.manager, "endorse", project.pk, **data, confirmed="1")
    project.refresh_from_db()
    assert project.endorsed_on == dt.date(2021, 1, 21)


def test_approval_shows_the_frame_before_and_after(w):
    """Wrong if the approver could not see what is left: 100,000,000 less 900,000."""
    project = build.project(w, "endorsed")
    data = {"approved_baht": "๙๐๐,๐๐๐", "approved_on": "๔ ก.พ. ๒๕๖๔"}
    body = post(w.manager, "approve", project.pk, **data).content.decode()
    assert "99,100,000 บาท" in body
    assert "เก้าแสนบาทถ้วน" in body
    done = post(w.manager, "approve", project.pk, **data, confirmed="1")
    assert done.status_code == 302
    project.refresh_from_db()
    assert (project.approved_baht, project.approved_on) == (900_000, dt.date(2021, 2, 4))


def test_approval_above_the_frame_is_refused_before_the_confirmation():
    """Wrong if the person confirmed something that cannot be."""
    w = build.world(frame_baht=500_000)
    project = build.project(w, "endorsed")
    data = {"approved_baht": "600000", "approved_on": "4/2/2564"}
    body = post(w.manager, "approve", project.pk, **data).content.decode()
    assert "กรอบงบคงเหลือที่ยังไม่ผูกพันไม่พอ" in body
    assert 'value="600000"' in body
    project.refresh_from_db()
    assert project.status == ProjectStatus.ENDORSED


@pytest.mark.parametrize(("name", "step"), [("send_back", "submitted"), ("cancel", "submitted")])
def test_reason_is_asked_for(w, name, step):
    """Wrong if a project went back or ended without a word."""
    project = build.project(w, step)
    body = post(w.manager, name, project.pk, reason="  ").content.decode()
    assert "ยังไม่ได้กรอกเหตุผล" in body
    assert 'id="error-summary"' in body


def test_closing_names_the_evidence_that_is_missing(w):
    """Wrong if the manager was told no without being told what to clear."""
    project = build.project(w, plan=(1_000_000,))
    build.pay(w, project.instalments.get(), 1_000)
    project.refresh_from_db()
    body = post(w.manager, "close", project.pk, closed_on="1/8/2564").content.decode()
    assert "งวดที่ 1" in body
    assert "ตรวจรับหลักฐาน" in body


# Entries


def test_payment_is_checked_then_confirmed_then_one_entry(w):
    """Wrong if the check page wrote, or the figures on it were not those of the arithmetic."""
    project = build.project(w, plan=(700_000, 300_000))
    data = payment(project.instalments.get(number=1))
    body = post(w.finance, "pay", project.pk, **data).content.decode()
    assert LedgerEntry.objects.count() == 0
    assert "หนึ่งแสนบาทถ้วน" in body
    assert "900,000 บาท" in body
    for _ in range(2):
        assert post(w.finance, "pay", project.pk, **data, confirmed="1").status_code == 302
    entry = LedgerEntry.objects.get()
    assert (entry.amount_baht, entry.effective_on) == (100_000, dt.date(2021, 2, 25))
    assert entry.actor == w.finance


def test_same_form_with_another_amount_is_422(w):
    """Wrong if a reused form silently dropped or doubled a payment."""
    project = build.project(w, plan=(700_000, 300_000))
    data = payment(project.instalments.get(number=1), confirmed="1")
    post(w.finance, "pay", project.pk, **data)
    again = post(w.finance, "pay", project.pk, **data | {"amount_baht": "5"})
    assert again.status_code == 422
    assert "เปิดแบบฟอร์มใหม่" in again.content.decode()
    assert LedgerEntry.objects.count() == 1


def test_overspending_is_refused_on_the_field_and_the_input_stays(w):
    """Wrong if the person had to type everything again, or did not learn how much is left."""
    project = build.project(w, plan=(700_000, 300_000))
    data = payment(project.instalments.get(number=1), amount_baht="๗๐๐,๐๐๐.๐๑")
    body = post(w.finance, "pay", project.pk, **data).content.decode()
    assert 'id="id_amount_baht_error"' in body
    assert "จ่ายได้อีกไม่เกิน 700,000 บาท" in body
    assert "๗๐๐,๐๐๐.๐๑" in body


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("amount_baht", "1.234", "อ่านได้สองอย่าง"),
        ("amount_baht", "0", "ต้องไม่น้อยกว่า"),
        ("effective_on", "30 ก.พ. 64", "ก.พ."),
        ("effective_on", "1/1/2600", "ต้องไม่หลังวันนี้"),
        ("instalment", "", "ยังไม่ได้เลือกงวด"),
        ("document_number", "", "ยังไม่ได้กรอกเลขที่เอกสาร"),
    ],
)
def test_wrong_input_is_told_on_top_and_at_the_field(w, field, value, says):
    """Wrong if an error had no summary, no place, or no remedy."""
    project = build.project(w, plan=(700_000, 300_000))
    data = payment(project.instalments.get(number=1), **{field: value})
    body = post(w.finance, "pay", project.pk, **data).content.decode()
    assert 'id="error-summary"' in body
    assert f'id="id_{field}_error"' in body
    assert says in body
    assert LedgerEntry.objects.count() == 0


def test_instalment_of_another_project_cannot_be_paid_here(w):
    """Wrong if a key from another project's form was accepted."""
    project = build.project(w, plan=(700_000,))
    other = build.project(w, plan=(700_000,))
    data = payment(other.instalments.get(), confirmed="1")
    body = post(w.finance, "pay", project.pk, **data).content.decode()
    assert "เลือกจากรายการที่ให้ไว้" in body
    assert LedgerEntry.objects.count() == 0


def test_return_and_adjustment_and_reversal_each_add_one_entry(w):
    """Wrong if a correction overwrote, or its sign was turned round."""
    project = build.project(w, plan=(1_000_000,))
    paid = build.pay(w, project.instalments.get(), 600_000)
    common = payment(project.instalments.get(), effective_on="1/6/2564", confirmed="1")
    post(w.finance, "return", project.pk, **common | {"amount_baht": "100000"})
    post(
        w.finance,
        "adjust",
        project.pk,
        **common
        | {"amount_baht": "50", "direction": "-1", "note": "ค่าโอน", "one_time_key": uuid.uuid4()},
    )
    assert [e.net_baht for e in LedgerEntry.objects.order_by("pk")] == [600_000, -100_000, -50]
    undone = LedgerEntry.objects.get(kind=EntryKind.RETURN)
    data = {
        "effective_on": "2/6/2564",
        "note": "คืนผิดโครงการ",
        "one_time_key": uuid.uuid4(),
        "confirmed": "1",
    }
    for _ in range(2):
        assert post(w.finance, "reverse", undone.pk, **data).status_code == 302
    assert LedgerEntry.objects.get(reverses=undone).net_baht == 100_000
    assert paid.amount_baht == 600_000
    assert page(w.finance, "reverse", undone.pk)[0] == 403


def test_evidence_is_cleared_by_name_and_day(w):
    """Wrong if it was not recorded who found the evidence right."""
    project = build.project(w, plan=(1_000_000,))
    line = project.instalments.get()
    post(w.manager, "evidence", line.pk, cleared_on="๑ เม.ย. ๖๔", note="ครบ")
    line.refresh_from_db()
    assert (line.evidence_cleared_on, line.evidence_cleared_by) == (dt.date(2021, 4, 1), w.manager)


def test_a_second_press_leaves_no_second_trace(w):
    """Wrong if a double click, or a colleague's press, showed the same day twice in the history."""
    project = build.project(w, plan=(1_000_000,))
    line = project.instalments.get()
    cleared = {"cleared_on": "1 เม.ย. 64", "note": "ครบ"}
    for who in (w.manager, w.manager, w.finance):
        assert post(who, "evidence", line.pk, **cleared).status_code == 302
    traces = InstalmentEvent.objects.filter(pgh_obj=line, evidence_cleared_on__isnull=False)
    assert [trace.evidence_cleared_by for trace in traces] == [w.manager]
    for _ in range(2):
        assert (
            post(w.officer, "record_in_pm", project.pk, recorded_on="5 ก.พ. 64").status_code == 302
        )
    assert ProjectEvent.objects.filter(pgh_obj=project, recorded_on__isnull=False).count() == 1


# Ledger and late


def test_ledger_is_searched_by_document_and_filtered_by_kind_and_day(w):
    """Wrong if an entry could not be found by what is printed on its paper."""
    project = build.project(w, plan=(1_000_000,))
    build.pay(w, project.instalments.get(), 100_000, document_number="ฎ. 77/2564")
    build.pay(w, project.instalments.get(), 1, on=dt.date(2021, 5, 1), document_number="ฎ. 88/2564")
    assert "ฎ. 77/2564" in page(w.analyst, "ledger", q="77/2564")[1]
    late = page(w.analyst, "ledger", since="1 เม.ย. 64")[1]
    assert "ฎ. 88/2564" in late
    assert "ฎ. 77/2564" not in late
    assert "ฎ. 77/2564" not in page(w.analyst, "ledger", kind="return")[1]


def test_ledger_leads_to_an_entry_without_a_document_number(w):
    """Wrong if an entry of an imported sheet, which tells no number, could not be opened."""
    project = build.project(w, plan=(1_000_000,))
    entry = build.pay(w, project.instalments.get(), 100_000, document_number="")
    tree = Tree(page(w.analyst, "ledger")[1])
    links = [link.text for link in tree.all("a") if link["href"] == f"/ledger/{entry.pk}/"]
    assert links == ["ไม่มีเลขที่ รายการวันที่ 25 ก.พ. 64"]
    exported = client_of(w.analyst).get(reverse("finance:ledger"), {"export": "xlsx"})
    content = b"".join(exported.streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    heads, row = list(book.worksheets[0].iter_rows(values_only=True))[:2]
    assert row[heads.index("เลขที่เอกสาร")] is None


def test_late_page_adds_up_by_month_and_quarter(w):
    """Wrong if the tables and the list disagreed: 300,000 and 400,000 due in August 2021."""
    one = build.project(w, plan=(500_000,), baht=500_000)
    build.pay(w, one.instalments.get(), 200_000)
    build.project(w, baht=400_000)
    body = page(w.executive, "late")[1]
    assert "สิงหาคม 2564" in body
    assert "ไตรมาส 4 ปีงบประมาณ 2564" in body
    assert body.count("700,000") >= 3


# Home


def test_home_cards_show_what_waits_for_each_role(w):
    """Wrong if somebody's work did not wait on their home page."""
    draft = build.project(w, "draft", title="ร่างของฉัน")
    build.project(w, "submitted", title="รอคณะพิจารณา")
    build.project(w, "endorsed", title="รออนุมัติ")
    build.project(w, title="รอจ่ายเงิน", plan=(1_000_000,))
    back = build.project(w, "submitted", title="ถูกส่งกลับ")
    programs.send_back_project(actor=w.manager, project=back, reason="แก้งบ", today=build.TODAY)
    home = reverse("home")
    shown = {who: client_of(getattr(w, who)).get(home).content.decode() for who in EVERYBODY}
    assert "ร่างของฉัน" in shown["officer"]
    assert "เหตุผล: แก้งบ" in shown["officer"]
    assert "รอคณะพิจารณา" in shown["manager"]
    assert "รออนุมัติ" in shown["manager"]
    assert "งวดที่ 1" in shown["finance"]
    for who in EVERYBODY:
        assert "เบิกจ่ายล่าช้าเกิน 6 เดือน" in shown[who]
        assert "รอจ่ายเงิน" in shown[who]
    assert draft.title not in shown["manager"]
    assert timezone.localdate() > build.TODAY
    assert Project.objects.count() == 5
