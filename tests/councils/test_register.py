"""The register of councils: services, pages, files out and in."""

from __future__ import annotations

import datetime as dt
import io
import json
from functools import partial
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from codi.accounts.models import Role
from codi.errors import Conflict, Refused
from codi.files.models import DocumentKind
from codi.imports import services as imports
from codi.imports import undoing
from codi.imports.models import ImportBatch
from councils import services
from councils.models import Council, CouncilFile, Member, Term, TermFile
from councils.queries import councils_for_list
from councils.rules import kinds_told_by, most_experts, name_contradicts, name_of_kind, years_later
from tests import world as build
from tests.entry.rows import address, new_row
from tests.entry.rows import row as grid_row
from tests.imports.conftest import saved

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 8, 13)
DAY = dt.date(2020, 11, 2)
LIST = "/councils/"
NOW = dt.datetime(2021, 8, 13, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def manager(time_machine: Any) -> Any:
    time_machine.move_to(NOW, tick=False)
    build.region("NE", "ภาคตะวันออกเฉียงเหนือ", 2)
    return build.user(Role.REGIONAL_MANAGER, region=build.region())


@pytest.fixture
def web(manager: Any) -> Client:
    client = Client()
    client.force_login(manager)
    return client


def file_of(table: Any, subject: Any, document: str, by: Any, number: int = 1) -> Any:
    """The row of a file, without its content."""
    return table.objects.create(
        subject=subject, file_name="a.pdf", format="pdf", byte_count=1, document=document,
        sha256=f"{hash((document, number)) & 0xFFFF:064x}", attached_by=by, attached_at=NOW,
    )  # fmt: skip


def whole(by: Any, **facts: Any) -> Council:
    """A council that lacks nothing for its certification."""
    facts.setdefault("subdistrict", build.subdistrict())
    facts.setdefault("district", build.subdistrict().district)
    council = build.council(**facts)
    build.term(council)
    build.members(council, 1)
    for document in (DocumentKind.JS02, DocumentKind.JS03):
        file_of(CouncilFile, council, document, by)
    return council


def certify(by: Any, council: Council, day: dt.date = TODAY) -> Council:
    return services.certify_council(actor=by, council=council, certified_on=day, today=TODAY)


# Rules


@pytest.mark.parametrize(
    ("name", "kind", "wrong"),
    [
        ("สภาองค์กรชุมชนตำบลศรีภูมิ", "tambon_town", False),
        ("สภาองค์กรชุมชน อบต.ศรีภูมิ", "subdistrict", False),
        ("สภาองค์กรชุมชน อบต.ศรีภูมิ", "tambon_town", True),
        ("สภาองค์กรชุมชนเทศบาลเมืองแม่โจ้", "tambon_town", True),
        ("สภาองค์กรชุมชนเทศบาลแม่โจ้", "city", False),
        ("สภาองค์กรชุมชนเทศบาลแม่โจ้", "subdistrict", True),
        ("สภาองค์กรชุมชนเขตบางเขน", "subdistrict", True),
        ("สภาองค์กรชุมชนตำบลเขตรอุดมศักดิ์", "subdistrict", False),
    ],
)
def test_a_name_tells_its_kind_of_area(name, kind, wrong):
    """Wrong if a name with another authority's word passed unseen, or a plain one was doubted."""
    assert name_contradicts(name, kind) is wrong


@pytest.mark.parametrize(
    ("name", "kind", "right"),
    [
        ("สภาองค์กรชุมชน อบต.ศรีภูมิ", "tambon_town", "สภาองค์กรชุมชน เทศบาลตำบลศรีภูมิ"),
        ("สภาองค์กรชุมชนองค์การบริหารส่วนตำบลปากน้ำ", "town", "สภาองค์กรชุมชนเทศบาลเมืองปากน้ำ"),
        ("สภาองค์กรชุมชนเทศบาลเมืองแม่โจ้", "subdistrict", "สภาองค์กรชุมชนตำบลแม่โจ้"),
        ("สภาองค์กรชุมชนเขตบางเขน", "city", "สภาองค์กรชุมชนเทศบาลนครบางเขน"),
        ("สภาองค์กรชุมชนทต.ช้างเผือก", "town", "สภาองค์กรชุมชนเทศบาลเมืองช้างเผือก"),
        ("สภาองค์กรชุมชนเทศบาลเมืองแม่โจ้", "other", ""),
        ("สภาองค์กรชุมชนตำบลศรีภูมิ", "town", ""),
    ],
)
def test_the_right_name_of_a_kind_is_proposed(name, kind, right):
    """Wrong if a proposal lost a part of the name, or was made where nothing contradicts."""
    assert name_of_kind(name, kind) == right


def test_a_file_with_a_contradicting_name_is_told_and_written_as_it_stands(manager):
    """Wrong if a name of another kind of area passed unseen, or was changed by itself."""
    head = "รหัสสภา,ชื่อสภา,ประเภทพื้นที่,จังหวัด,วันที่จดแจ้งจัดตั้ง"
    build.province()
    rows = [
        f"{40_000 + one},สภาองค์กรชุมชน อบต.ที่{one},เทศบาลตำบล,เชียงใหม่,2/11/2563" for one in range(25)
    ]
    content = "\n".join([head, *rows, "50000,สภาองค์กรชุมชนตำบลดี,อบต.,เชียงใหม่,2/11/2563"])
    send = partial(
        imports.upload_file, kind="councils", content=content.encode("utf-8-sig"),
        file_name="a.csv", actor=manager, today=TODAY,
    )  # fmt: skip
    batch = send()
    assert counts(batch) == (26, 0, 0, 0)
    assert "ชื่อที่ตรงกับประเภทคือ “สภาองค์กรชุมชน เทศบาลตำบลที่0”" in batch.warnings[0]
    assert batch.warnings[-1] == "มีอีก 5 แถวที่ควรตรวจเช่นเดียวกัน"
    assert len(batch.warnings) == 21
    confirmed(manager, batch)
    assert Council.objects.get(code="40000").name == "สภาองค์กรชุมชน อบต.ที่0"
    assert send().warnings == []


def test_four_years_and_a_fifth():
    """Wrong if a term of 29 February had no end, or a fifth was rounded up."""
    assert years_later(dt.date(2020, 2, 29), 4) == dt.date(2024, 2, 29)
    assert years_later(dt.date(2096, 2, 29), 4) == dt.date(2100, 2, 28)
    assert [most_experts(count) for count in (0, 4, 5, 9, 10)] == [0, 0, 1, 1, 2]
    assert kinds_told_by("สภา") == frozenset()


# Certification


def gone(council: Council, part: str) -> None:
    if part in (DocumentKind.JS02, DocumentKind.JS03):
        CouncilFile.objects.filter(document=part).delete()
    if part == "term":
        Term.objects.update(selected_on=dt.date(2017, 8, 13), expires_on=TODAY)
    if part == "member":
        Member.objects.update(left_on=TODAY)
    if part == "place":
        Council.objects.update(subdistrict=None)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("js02", "จส.02"),
        ("js03", "จส.03"),
        ("term", "วาระปัจจุบัน"),
        ("member", "ผู้แทนชุมชน"),
        ("place", "ตำบล"),
    ],
)
def test_nothing_passes_while_a_part_is_missing(manager, web, part, told):
    """Wrong if a council were certified without a form, a term, a member or its tambon."""
    council = whole(manager)
    gone(council, part)
    with pytest.raises(Refused) as refused:
        certify(manager, council)
    (gap,) = refused.value.details
    assert told in gap
    page = reverse("councils:certify", args=[council.pk])
    for answer in (web.get(page), web.post(page, {"certified_on": "13/8/2564"})):
        assert answer.status_code == 200
        assert told in answer.content.decode()
    council.refresh_from_db()
    assert council.certified_on is None


def test_a_complete_council_is_certified_once_and_its_forms_stay(manager, web):
    """Wrong if the day, person or basis were lost, or a form could be taken off afterwards."""
    council = whole(manager)
    with pytest.raises(Refused):
        certify(manager, council, TODAY + dt.timedelta(days=1))
    page = reverse("councils:certify", args=[council.pk])
    assert web.post(page, {"certified_on": "13/8/2564"}).status_code == 302
    council.refresh_from_db()
    found = (council.certified_on, council.certified_by, council.certification_basis)
    assert found == (TODAY, manager, "gates")
    assert council.certification_gaps == []
    assert web.get(page).status_code == 403
    form = CouncilFile.objects.get(document="js02")
    taken = web.post(reverse("files:remove", args=["council", form.pk]), {"reason": "ผิด"})
    assert taken.status_code == 403


def test_a_district_of_the_capital_needs_no_tambon(manager):
    """Wrong if a council of an เขต could never be certified."""
    home = build.subdistrict()
    council = whole(manager, kind="district", subdistrict=None, district=home.district)
    assert certify(manager, council).certified_on == TODAY


# The register


def test_a_council_is_registered_with_the_next_number(manager, web):
    """Wrong if a number came twice, or a doubtful name went in without being asked about."""
    build.council(code="30999")
    build.council(code="ก-1")
    facts = {
        "name": "สภาองค์กรชุมชนเทศบาลตำบลศรีภูมิ", "kind": "subdistrict", "region": "N",
        "province": "50", "registered_on": "2/11/2563",
    }  # fmt: skip
    page = reverse("councils:council_new")
    asked = web.post(page, facts)
    assert asked.status_code == 200
    assert "ไม่ตรงกับประเภทพื้นที่" in asked.content.decode()
    done = web.post(page, facts | {"is_right_kind": "on"})
    council = Council.objects.get(name=facts["name"])
    assert done["Location"] == council.get_absolute_url()
    assert (council.code, council.registered_on) == ("31000", DAY)
    assert "ชื่อไม่ตรงประเภทพื้นที่" in web.get(council.get_absolute_url()).content.decode()
    again = web.post(page, facts | {"kind": "tambon_town", "code": "31000"})
    assert "มีสภารหัสนี้แล้ว" in again.content.decode()


def test_a_change_over_somebody_elses_is_told(manager):
    """Wrong if the second of two people wrote over the first."""
    council = build.council()
    change = {"actor": manager, "council": council, "expected_version": 1, "today": TODAY}
    services.update_council(**change, name="สภาใหม่")
    with pytest.raises(Conflict):
        services.update_council(**change, name="สภาอื่น")
    with pytest.raises(Refused):
        services.update_council(
            **change | {"expected_version": 2},
            region=build.region("NE"),
            province=build.province("40", "ขอนแก่น", "NE"),
        )


def test_a_withdrawn_council_keeps_its_days_and_can_come_back(manager, web):
    """Wrong if it were deleted, vanished from earlier counts, or took changes."""
    council = build.council()
    page = reverse("councils:council_withdraw", args=[council.pk])
    assert web.post(page, {"reason": " "}).status_code == 200
    web.post(page, {"reason": "บันทึกซ้ำ"})
    council.refresh_from_db()
    assert (council.withdrawn_on, council.withdrawal_reason) == (TODAY, "บันทึกซ้ำ")
    days = (DAY, TODAY - dt.timedelta(days=1), TODAY)
    assert [Council.objects.established_as_of(day).count() for day in days] == [1, 1, 0]
    assert "บันทึกซ้ำ" in web.get(council.get_absolute_url()).content.decode()
    with pytest.raises(Refused):
        services.open_term(actor=manager, council=council, selected_on=DAY, today=TODAY)
    assert web.post(reverse("councils:council_reinstate", args=[council.pk])).status_code == 302
    assert Council.objects.established_as_of(TODAY).count() == 1


def test_filters_choose_by_term_forms_certification_and_quarter(manager, web):
    """Wrong if a filter let others through, or lost one."""
    ready = whole(manager, name="ก ครบ", registered_on=dt.date(2020, 10, 1))
    certify(manager, ready)
    old = build.council("ข ครบวาระ", registered_on=dt.date(2017, 1, 5))
    build.term(old, dt.date(2017, 1, 5))
    renewed = build.council("ค ทบทวน", registered_on=dt.date(2017, 1, 5))
    build.term(renewed, dt.date(2017, 1, 5), renewed_on=dt.date(2021, 2, 1))
    file_of(CouncilFile, renewed, "js02", manager)
    out = build.council("ง ถอน", withdrawn_on=TODAY, withdrawal_reason="ซ้ำ")

    def names(**query: str) -> str:
        answer = web.get(LIST, query)
        return "".join(row.record.name[0] for row in answer.context["table"].rows)

    assert names() == "กขคง"
    assert [names(term=state) for state in ("current", "expired", "renewed", "none")] == list(
        "กขคง"
    )
    assert [names(forms=which) for which in ("whole", "missing", "js02", "js03")] == [
        "ก", "ขคง", "ขง", "ขคง",
    ]  # fmt: skip
    assert (names(certified="yes"), names(certified="no")) == ("ก", "ขคง")
    assert (names(registered="2564"), names(registered="2564", quarter="1")) == ("กง", "กง")
    assert (names(registered="2560"), names(quarter="2")) == ("ขค", "ขค")
    assert (names(standing="out"), names(q=out.code)) == ("ง", "ง")
    assert names(region="NE") == ""
    told = {row.record.name[0]: row.record.forms for row in web.get(LIST).context["table"].rows}
    assert told == {"ก": "whole", "ข": "none", "ค": "js03", "ง": "none"}


@pytest.mark.parametrize("count", [1, 3, 30])
def test_list_and_page_ask_a_constant_number_of_queries(
    manager, web, count, django_assert_num_queries
):
    """Wrong if a row of the list, or a member or term of a page, cost a query of its own."""
    for _ in range(count):
        council = build.council()
    build.members(council, count)
    for year in range(count):
        build.term(council, dt.date(1990 + year, 1, 1))
    with django_assert_num_queries(12):
        assert web.get(LIST).status_code == 200
    with django_assert_num_queries(18):
        assert web.get(council.get_absolute_url()).status_code == 200


# Terms and members


def test_an_expired_term_is_renewed_with_its_documents_into_the_next(manager, web):
    """Wrong if a term that runs, or one without documents, were renewed, or the next one was lost."""
    council = build.council(registered_on=dt.date(2017, 1, 5))
    over = build.term(council, dt.date(2017, 1, 5))
    renew = {"actor": manager, "term": over, "renewed_on": dt.date(2021, 2, 1), "today": TODAY}
    with pytest.raises(Refused) as refused:
        services.renew_term(**renew)
    assert refused.value.code == "no_documents"
    file_of(TermFile, over, DocumentKind.RENEWAL, manager)
    page = reverse("councils:term_renew", args=[over.pk])
    assert web.post(page, {"renewed_on": "1/2/2564"}).status_code == 302
    over.refresh_from_db()
    following = Term.objects.get(selected_on=dt.date(2021, 2, 1))
    assert over.renewed_on == following.selected_on
    assert following.expires_on == dt.date(2025, 2, 1)
    file_of(TermFile, following, DocumentKind.RENEWAL, manager)
    with pytest.raises(Refused) as refused:
        services.renew_term(**renew | {"term": following, "renewed_on": TODAY})
    assert refused.value.code == "not_expired"
    row = councils_for_list(manager, TODAY).get(pk=council.pk)
    assert (row.term_state, row.term_expires_on) == ("current", following.expires_on)


def test_terms_do_not_overlap_and_a_wrong_one_is_withdrawn(manager, web):
    """Wrong if a council had two terms at once, or a wrong entry could not be put right."""
    council = build.council()
    wrong = services.open_term(actor=manager, council=council, selected_on=DAY, today=TODAY)
    facts = {"actor": manager, "council": council, "selected_on": TODAY, "today": TODAY}
    with pytest.raises(Refused) as refused:
        services.open_term(**facts)
    assert refused.value.code == "overlap"
    web.post(reverse("councils:term_withdraw", args=[wrong.pk]), {"reason": "ผิดวัน"})
    wrong.refresh_from_db()
    assert (wrong.withdrawn_on, wrong.withdrawal_reason) == (TODAY, "ผิดวัน")
    assert services.open_term(**facts).expires_on == dt.date(2025, 8, 13)
    assert list(Term.objects.counted_as_of(TODAY).values_list("selected_on", flat=True)) == [TODAY]


def test_members_join_change_and_leave(manager, web):
    """Wrong if a fifth could be passed by joining, changing or coming back, or leaving was refused."""
    council = build.council()
    people = build.members(council, 5)
    page = reverse("councils:member_new", args=[council.pk])
    facts = {"name": " ครู  สมศรี ", "kind": "expert", "selected_on": "2/11/2563"}
    assert web.post(page, facts).status_code == 302
    expert = Member.objects.get(kind="expert")
    assert expert.name == "ครู สมศรี"
    assert "หนึ่งในห้า" in web.post(page, facts | {"name": "อีกคน"}).content.decode()
    with pytest.raises(Refused) as refused:
        services.update_member(
            actor=manager, member=people[0], expected_version=1, today=TODAY, kind="expert"
        )
    assert refused.value.code == "councils_member_expert_share"
    end = reverse("councils:member_end", args=[people[0].pk])
    assert web.post(end, {"left_on": "13/8/2564"}).status_code == 302
    assert Member.objects.serving_as_of(TODAY).count() == 5
    assert "เกินหนึ่งในห้า" in web.get(council.get_absolute_url()).content.decode()


def test_members_are_typed_in_a_table(manager, web):
    """Wrong if the table lost a row, or changed a member of another council."""
    council, other = build.council(), build.council()
    (known,) = build.members(council, 1)
    (foreign,) = build.members(other, 1)
    body = {
        "rows": [
            grid_row(known, {"name": known.name}, name="ชื่อใหม่"),
            new_row(name="คนใหม่", kind="ผู้แทนชุมชน", selected_on="2/11/2563"),
        ]
    }
    sheet = address("council-members", council, rows=True)
    assert web.get(address("council-members", council)).status_code == 200
    answer = web.post(sheet, json.dumps(body), content_type="application/json")
    assert answer.status_code == 200
    assert set(council.members.values_list("name", flat=True)) == {"ชื่อใหม่", "คนใหม่"}
    strange = {"rows": [grid_row(foreign, {"name": foreign.name}, name="แก้ข้ามสภา")]}
    web.post(sheet, json.dumps(strange), content_type="application/json")
    foreign.refresh_from_db()
    assert foreign.name != "แก้ข้ามสภา"


# Files out and in


def taken_out(web: Client, kind: str) -> Any:
    answer: Any = web.get(reverse("imports:rows", args=[kind]))
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def sent(by: Any, kind: str, book: Any) -> ImportBatch:
    return imports.upload_file(
        kind=kind, content=saved(book), file_name="a.xlsx", actor=by, today=TODAY
    )


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.new_count, batch.changed_count, batch.same_count, batch.error_count


def confirmed(by: Any, batch: ImportBatch) -> ImportBatch:
    return imports.confirm(batch=batch, actor=by, today=TODAY)


def test_councils_go_out_come_back_and_are_taken_back(manager, web):
    """Wrong if an unedited file changed something, a code was doubled, or an undo deleted."""
    council = build.council(code="30307")
    build.council(code="40001", province=build.province("40", "ขอนแก่น", "NE"))
    book = taken_out(web, "councils")
    assert counts(sent(manager, "councils", book)) == (0, 0, 1, 0)
    sheet = book["ข้อมูล"]
    place = ["ภาคเหนือ", "เชียงใหม่", None, None]
    sheet["C2"].value = "สภาองค์กรชุมชน อบต.ศรีภูมิ"
    sheet.append([None, "30308", "สภาองค์กรชุมชนตำบลใหม่", "อบต.", *place, "2/11/2563"])
    sheet.append([None, "40001", "สภาของภาคอื่น", "อบต.", *place, "2/11/2563"])
    sheet.append([None, "30309", "สภาในอนาคต", "อบต.", *place, "2/11/2570"])
    batch = sent(manager, "councils", book)
    assert counts(batch) == (1, 1, 0, 2)
    sheet.delete_rows(4, 2)
    batch = confirmed(manager, sent(manager, "councils", book))
    council.refresh_from_db()
    new = Council.objects.get(code="30308")
    assert council.name == "สภาองค์กรชุมชน อบต.ศรีภูมิ"
    assert (new.kind, new.province.name, new.registered_on) == ("subdistrict", "เชียงใหม่", DAY)
    undoing.undo(batch=batch, actor=manager, reason="ส่งผิดไฟล์", today=TODAY)
    new.refresh_from_db()
    council.refresh_from_db()
    assert (new.withdrawn_on, new.withdrawal_reason) == (TODAY, "ส่งผิดไฟล์")
    assert council.name == "สภาองค์กรชุมชนตำบลศรีภูมิ"


def test_members_and_terms_are_told_by_the_code_of_their_council(manager, web):
    """Wrong if a file reached another region's council, broke the fifth, or doubled a member."""
    council = build.council(code="30307")
    build.council(code="40001", province=build.province("40", "ขอนแก่น", "NE"))
    build.members(council, 5)
    book = taken_out(web, "council-members")
    assert counts(sent(manager, "council-members", book)) == (0, 0, 5, 0)
    sheet = book["ข้อมูล"]
    assert {row[2].value for row in sheet.iter_rows(min_row=2)} == {"30307"}
    sheet.append([None, "ครูสมศรี", "30307", "ผู้ทรงคุณวุฒิ", "2/11/2563", None])
    sheet.append([None, "คนนอก", "40001", "ผู้แทนชุมชน", "2/11/2563", None])
    assert counts(sent(manager, "council-members", book)) == (1, 0, 5, 1)
    sheet.delete_rows(8)
    batch = confirmed(manager, sent(manager, "council-members", book))
    assert council.members.filter(kind="expert").count() == 1
    undoing.undo(batch=batch, actor=manager, reason="ผิดไฟล์", today=TODAY)
    assert council.members.count() == 5
    sheet.append([None, "ครูสมหมาย", "30307", "ผู้ทรงคุณวุฒิ", "2/11/2563", None])
    with pytest.raises(Refused):
        confirmed(manager, sent(manager, "council-members", book))
    assert council.members.count() == 5

    terms = taken_out(web, "council-terms")
    terms["ข้อมูล"].append([None, "30307", "5/1/2560", None])
    confirmed(manager, sent(manager, "council-terms", terms))
    assert council.terms.get().expires_on == dt.date(2021, 1, 5)
    terms["ข้อมูล"].append([None, "30307", "5/1/2561", None])
    with pytest.raises(Refused):
        confirmed(manager, sent(manager, "council-terms", terms))
    assert timezone.localdate() == TODAY
