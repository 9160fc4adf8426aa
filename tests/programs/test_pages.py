"""The pages of organisations, meetings and programmes: who sees them, what they hold, what they refuse."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from codi.accounts.models import Role, ScopeLevel
from programs.models import (
    BudgetFrame,
    Committee,
    FundingSource,
    Meeting,
    Organisation,
    OrganisationCertification,
    Programme,
    ProgrammeTarget,
    Resolution,
)
from tests import world as build

pytestmark = pytest.mark.django_db

ROLES = {
    "officer": "O",
    "manager": "M",
    "finance": "F",
    "analyst": "A",
    "executive": "E",
    "administrator": "D",
}
# Page → the roles that may open it; those left out get 403 with the reason, for nobody is it 404.
# The officer, manager and finance officer are of the region, the others of the nation.
OPEN = {
    "project_new": "OM",
    "project_edit": "OM",
    "organisations": "OMFAED",
    "organisation": "OMFAED",
    "organisation_new": "OM",
    "organisation_edit": "OM",
    "certify": "OM",
    "committees": "OMFAED",
    "committee_new": "OM",
    "meetings": "OMFAED",
    "meeting": "OMFAED",
    "meeting_new": "OM",
    "resolution_new": "OM",
    "programmes": "OMFAED",
    "programme": "OMFAED",
    "programme_new": "D",
    "programme_edit": "D",
    "frame_new": "D",
    "target_new": "D",
    "sources": "OMFAED",
    "source_new": "D",
}
READ_ONLY = ("organisation", "meeting")
OUT_OF_SIGHT = (
    "project_edit",
    "organisation",
    "organisation_edit",
    "certify",
    "meeting",
    "meeting_new",
    "resolution_new",
)


@pytest.fixture
def w() -> build.World:
    return build.world()


def record_of(w: build.World, page: str):
    """The record that a page is about."""
    return {
        "project_edit": lambda: build.project(w, "draft"),
        "organisation": lambda: w.organisation,
        "organisation_edit": lambda: w.organisation,
        "certify": lambda: w.organisation,
        "meeting": lambda: w.meeting,
        "meeting_new": lambda: w.committee,
        "resolution_new": lambda: w.meeting,
        "programme": lambda: w.programme,
        "programme_edit": lambda: w.programme,
        "frame_new": lambda: w.programme,
        "target_new": lambda: w.programme,
    }.get(page, lambda: None)()


def address(w: build.World, form: str) -> str:
    record = record_of(w, form)
    return reverse(f"programs:{form}", args=[record.pk] if record else [])


def southerner(role: Role = Role.REGIONAL_OFFICER):
    return build.user(role, region=build.region("S", "ภาคใต้", 5))


@pytest.mark.parametrize("form", OPEN)
def test_who_may_open_a_page(client, w, form):
    """Wrong if a role met a form that is not its own, or was kept from what all may read."""
    url = address(w, form)
    found = ""
    for name, letter in ROLES.items():
        client.force_login(getattr(w, name))
        response = client.get(url)
        assert response.status_code in {200, 403}
        found += letter if response.status_code == 200 else ""
        assert response.status_code == 200 or "เฉพาะ" in response.text
    assert found == OPEN[form]


@pytest.mark.parametrize("form", OPEN)
def test_a_page_needs_a_login(client, w, form):
    """Wrong if anybody could read a page."""
    response = client.get(address(w, form))
    assert response.status_code == 302
    assert reverse("accounts:login") in response["Location"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("form", OUT_OF_SIGHT)
def test_another_region_does_not_exist(client, w, form, method):
    """Wrong if a person could tell that a record of another region is there."""
    url = address(w, form)
    client.force_login(southerner(Role.REGIONAL_MANAGER))
    response = getattr(client, method)(url)
    assert response.status_code == (405 if method == "post" and form in READ_ONLY else 404)


def test_another_province_does_not_exist(client, w):
    """Wrong if an officer of one province read the organisations of another."""
    person = build.user(scope_level=ScopeLevel.PROVINCE, province=build.province("51", "ลำพูน"))
    client.force_login(person)
    assert client.get(address(w, "organisation")).status_code == 404
    assert w.organisation.name not in client.get(reverse("programs:organisations")).text


def test_meeting_page_hides_projects_and_organisations_out_of_sight(client, w):
    """Wrong if the page of a shared meeting showed another province's project."""
    project = build.project(w, "endorsed")
    OrganisationCertification.objects.create(
        organisation=w.organisation, meeting=w.meeting, certified_on=dt.date(2021, 1, 21)
    )
    url = address(w, "meeting")
    client.force_login(w.officer)
    assert project.code in client.get(url).text
    assert w.organisation.name in client.get(url).text
    client.force_login(
        build.user(scope_level=ScopeLevel.PROVINCE, province=build.province("51", "ลำพูน"))
    )
    page = client.get(url).text
    assert project.code not in page
    assert w.organisation.name not in page


# Organisations


def organisation_facts(**facts: str) -> dict[str, str]:
    return {
        "name": "กลุ่มออมทรัพย์บ้านใหม่",
        "kind": "community",
        "region": "N",
        "province": "50",
        "district": "",
        "subdistrict": "",
        "contact": "นางสมศรี 0810000000",
    } | facts


def test_new_organisation_is_stored_as_typed(client, w):
    """Wrong if a field of the form went astray."""
    place = build.subdistrict()
    client.force_login(w.officer)
    posted = organisation_facts(district=place.district_id, subdistrict=place.code)
    response = client.post(reverse("programs:organisation_new"), posted)
    made = Organisation.objects.get(name="กลุ่มออมทรัพย์บ้านใหม่")
    assert response["Location"] == reverse("programs:organisation", args=[made.pk])
    assert (made.kind, made.region_id, made.province_id) == ("community", "N", "50")
    assert (made.subdistrict, made.contact) == (place, "นางสมศรี 0810000000")


@pytest.mark.parametrize(
    ("field", "value"),
    [("region", "S"), ("province", "90"), ("province", "51"), ("district", "9001"), ("kind", "x")],
)
def test_a_choice_outside_scope_or_place_is_an_error(client, w, field, value):
    """Wrong if a posted key of another region, province or district were taken."""
    build.province("90", "สงขลา", "S")
    build.subdistrict("900101", "บ่อยาง")
    build.region("S")
    person = build.user(scope_level=ScopeLevel.PROVINCE, province=build.province())
    build.province("51", "ลำพูน")
    client.force_login(person)
    response = client.post(
        reverse("programs:organisation_new"), organisation_facts(**{field: value})
    )
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not Organisation.objects.exclude(pk=w.organisation.pk).exists()
    assert "กลุ่มออมทรัพย์บ้านใหม่" in response.text


def test_extra_fields_of_a_post_are_ignored(client, w):
    """Wrong if a form let a person set what only the server sets."""
    client.force_login(w.officer)
    extra = {"version": "77", "search_key": "x", "sort_key": "x", "id": "99999", "pk": "99999"}
    client.post(reverse("programs:organisation_new"), organisation_facts() | extra)
    made = Organisation.objects.exclude(pk=w.organisation.pk).get()
    assert (made.version, made.pk == 99999) == (1, False)
    assert made.search_key == "กลุมออมทรัพย์บานใหม"


def test_double_organisation_is_refused_with_what_to_do(client, w):
    """Wrong if the same organisation could stand in the list twice, or the input were lost."""
    client.force_login(w.officer)
    facts = organisation_facts(name="เครือข่าย องค์กรชุมชน จังหวัดเชียงใหม่")
    response = client.post(reverse("programs:organisation_new"), facts)
    assert "มีองค์กรชื่อนี้ในพื้นที่เดียวกันแล้ว" in response.text
    assert "เครือข่าย องค์กรชุมชน จังหวัดเชียงใหม่" in response.text
    assert Organisation.objects.count() == 1


def test_two_editors_meet_on_the_page_of_a_conflict(client, w):
    """Wrong if the second editor overwrote the first without seeing it."""
    client.force_login(w.officer)
    url = reverse("programs:organisation_edit", args=[w.organisation.pk])
    version = client.get(url).context["form"]["version"].value()
    mine = organisation_facts(version=str(version), name="ชื่อของฉัน")
    theirs = organisation_facts(version=str(version), name="ชื่อของเขา")
    assert client.post(url, theirs).status_code == 302
    response = client.post(url, mine)
    assert response.status_code == 409
    assert "ชื่อของเขา" in response.text
    assert "ชื่อของฉัน" in response.text
    w.organisation.refresh_from_db()
    assert w.organisation.name == "ชื่อของเขา"
    again = response.context["form"].data.dict()
    assert client.post(url, again).status_code == 302
    w.organisation.refresh_from_db()
    assert w.organisation.name == "ชื่อของฉัน"


def test_narrowing_a_place_keeps_what_was_typed_and_writes_nothing(client, w):
    """Wrong if choosing a province without script lost the rest of the form."""
    place = build.subdistrict()
    client.force_login(w.officer)
    typed = organisation_facts(name="ชื่อที่พิมพ์ค้างไว้", choose="place")
    response = client.post(reverse("programs:organisation_new"), typed)
    assert "ชื่อที่พิมพ์ค้างไว้" in response.text
    assert f'value="{place.district_id}"' in response.text
    assert "error-summary" not in response.text
    assert Organisation.objects.count() == 1


def test_htmx_gets_the_places_alone(client, w):
    """Wrong if narrowing a place sent the whole page."""
    client.force_login(w.officer)
    response = client.post(
        reverse("programs:organisation_new"),
        organisation_facts(choose="place"),
        headers={"HX-Request": "true", "HX-Target": "places"},
    )
    assert response.text.lstrip().startswith("<legend>")
    assert "<html" not in response.text


def test_certification_is_recorded_and_shown(client, w):
    """Wrong if the state of an organisation did not follow the committee's result."""
    client.force_login(w.officer)
    url = reverse("programs:certify", args=[w.organisation.pk])
    facts = {
        "meeting": w.meeting.pk,
        "is_certified": "true",
        "certified_on": "๒๑ ม.ค. ๖๔",
        "valid_until": "30/9/2580",
        "note": "",
    }
    assert client.post(url, facts).status_code == 302
    stored = w.organisation.certifications.get()
    assert (stored.certified_on, stored.valid_until) == (dt.date(2021, 1, 21), dt.date(2037, 9, 30))
    page = client.get(w.organisation.get_absolute_url()).text
    assert "รับรองแล้ว" in page
    assert "30 กันยายน 2580" in page


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("certified_on", "1/1/2599", "ต้องไม่หลังวันนี้"),
        ("certified_on", "19/1/2564", "ต้องไม่ก่อนวันประชุม"),
        ("valid_until", "20/1/2564", "ต้องไม่ก่อนวันที่มีผล"),
        ("is_certified", "false", "กรุณาบันทึกเหตุผล"),
        ("meeting", "other", "เลือกจากรายการที่ให้ไว้"),
    ],
)
def test_wrong_certification_says_what_to_do(client, w, field, value, text):
    """Wrong if a result without reason, in a wrong order or of another region's meeting came in."""
    south = Committee.objects.create(name="คณะภาคใต้", region=build.region("S", "ภาคใต้", 5))
    other = Meeting.objects.create(
        committee=south,
        number=1,
        fiscal_year=2564,
        starts_on=dt.date(2021, 1, 5),
        ends_on=dt.date(2021, 1, 5),
    )
    facts = {
        "meeting": w.meeting.pk,
        "is_certified": "true",
        "certified_on": "21/1/2564",
        "valid_until": "",
        "note": "",
    }
    facts[field] = other.pk if value == "other" else value
    client.force_login(w.officer)
    response = client.post(reverse("programs:certify", args=[w.organisation.pk]), facts)
    assert response.status_code == 200
    assert text in response.text
    assert not OrganisationCertification.objects.exists()


# Committees and meetings


def test_meeting_number_is_suggested_and_stored(client, w):
    """Wrong if the next meeting of a year did not follow the last."""
    client.force_login(w.manager)
    url = reverse("programs:meeting_new", args=[w.committee.pk])
    assert client.get(url).context["form"]["number"].value() == "1"
    facts = {"number": "๓", "fiscal_year": "2564", "starts_on": "1 ก.พ. 64", "ends_on": ""}
    response = client.post(url, facts | {"committee": "0", "region": "S"})
    made = Meeting.objects.get(number=3)
    assert response["Location"] == made.get_absolute_url()
    assert (made.committee, made.starts_on) == (w.committee, dt.date(2021, 2, 1))
    assert made.ends_on == made.starts_on


def test_same_meeting_twice_is_refused(client, w):
    """Wrong if number and year could name two meetings of one committee."""
    client.force_login(w.manager)
    facts = {"number": "2", "fiscal_year": "2564", "starts_on": "1 ก.พ. 64"}
    response = client.post(reverse("programs:meeting_new", args=[w.committee.pk]), facts)
    assert "มีการประชุมครั้งที่นี้ของคณะเดียวกันในปีเดียวกันแล้ว" in response.text
    assert Meeting.objects.count() == 1


def test_resolution_is_numbered_in_turn(client, w):
    """Wrong if a resolution lost its lines, or the next number were not offered."""
    client.force_login(w.officer)
    url = reverse("programs:resolution_new", args=[w.meeting.pk])
    facts = {"number": "1", "kind": "approved", "text": "เห็นชอบ\nตามเสนอ"}
    assert client.post(url, facts).status_code == 302
    assert Resolution.objects.get().text == "เห็นชอบ\nตามเสนอ"
    assert client.get(url).context["form"]["number"].value() == "2"


def test_meeting_of_a_national_committee_is_read_only_in_a_region(client, w):
    """Wrong if a region could write the minutes of the nation."""
    national = Committee.objects.create(name="คณะกรรมการส่วนกลาง")
    client.force_login(w.manager)
    assert "คณะกรรมการส่วนกลาง" in client.get(reverse("programs:committees")).text
    response = client.get(reverse("programs:meeting_new", args=[national.pk]))
    assert response.status_code == 403
    assert "เฉพาะคณะของภาคท่าน" in response.text


def test_committee_of_another_region_cannot_be_made(client, w):
    """Wrong if a posted region outside the scope were taken."""
    south = build.region("S", "ภาคใต้", 5)
    client.force_login(w.manager)
    url = reverse("programs:committee_new")
    assert client.post(url, {"name": "คณะใหม่", "region": south.pk}).status_code == 200
    assert client.post(url, {"name": "คณะใหม่", "region": ""}).status_code == 200
    assert Committee.objects.count() == 1
    assert client.post(url, {"name": "คณะใหม่", "region": "N"}).status_code == 302
    assert Committee.objects.get(name="คณะใหม่").region_id == "N"


# Programmes


def test_programme_page_sums_the_frames_in_sight(client, w):
    """Wrong if the sum held frames of another region."""
    BudgetFrame.objects.create(
        programme=w.programme,
        region=build.region("S", "ภาคใต้", 5),
        level="region",
        allocated_baht=Decimal("1234567.50"),
        allocated_on=dt.date(2020, 10, 1),
    )
    url = address(w, "programme")
    client.force_login(w.officer)
    assert "300,000,000" in client.get(url).text
    assert "1,234,567.50" not in client.get(url).text
    client.force_login(w.analyst)
    assert "301,234,567.50" in client.get(url).text


def test_programme_frame_target_and_source_are_stored(client, w):
    """Wrong if the tree of a year could not be built from the pages."""
    client.force_login(w.administrator)
    client.post(reverse("programs:source_new"), {"code": "GOV", "name": "งบประมาณแผ่นดิน"})
    source = FundingSource.objects.get()
    facts = {
        "code": "PL2564",
        "name": "แผนงานพัฒนา",
        "kind": "1_plan",
        "fiscal_year": "2564",
        "parent": "",
        "position": "1",
        "funding_source": source.pk,
        "objectives": "",
    }
    client.post(reverse("programs:programme_new"), facts)
    plan = Programme.objects.get(code="PL2564")
    assert (plan.kind, plan.funding_source) == ("1_plan", source)
    frame = {
        "region": "N",
        "level": "district",
        "allocated_baht": "๑,๕๐๐,๐๐๐",
        "allocated_on": "1 ต.ค. 63",
    }
    url = reverse("programs:frame_new", args=[w.programme.pk])
    assert "หนึ่งล้านห้าแสนบาทถ้วน" in client.post(url, frame).text
    assert not BudgetFrame.objects.filter(level="district").exists()
    client.post(url, frame | {"confirmed": "1"})
    assert BudgetFrame.objects.get(level="district").allocated_baht == Decimal(1_500_000)
    target = {
        "region": "N",
        "measure": "people",
        "target_count": "๙๒๐",
        "basis": "แผนปี 2564",
        "set_on": "1/10/2563",
    }
    response = client.post(reverse("programs:target_new", args=[w.programme.pk]), target)
    assert response.status_code == 302
    assert ProgrammeTarget.objects.get().target_count == 920


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"code": "NL2564"}, "มีแผนงานรหัสนี้แล้ว"),
        ({"code": "แผน"}, "รหัสใช้ได้เฉพาะ"),
        ({"kind": "3_activity"}, "กรุณาเลือกโครงการหลัก"),
        ({"kind": "2_programme", "parent": "main"}, "ต้องอยู่ชั้นสูงกว่า"),
        ({"kind": "3_activity", "parent": "main", "fiscal_year": "2565"}, "เป็นของปีงบประมาณ 2564"),
    ],
)
def test_wrong_programme_says_what_to_do(client, w, facts, text):
    """Wrong if a broken rule of the tree ended in an error page or lost the input."""
    good = {
        "code": "PL2564",
        "name": "แผน",
        "kind": "1_plan",
        "fiscal_year": "2564",
        "position": "1",
    }
    if facts.get("parent") == "main":
        facts = facts | {"parent": w.programme.pk}
    client.force_login(w.administrator)
    response = client.post(reverse("programs:programme_new"), good | facts)
    assert response.status_code == 200
    assert text in response.text
    assert Programme.objects.count() == 1


def test_frame_of_the_centre_has_no_region(client, w):
    """Wrong if the centre's frame could be given to a region."""
    client.force_login(w.administrator)
    url = reverse("programs:frame_new", args=[w.programme.pk])
    frame = {"level": "nation", "region": "N", "allocated_baht": "1", "allocated_on": "1/10/63"}
    assert "กรอบงบส่วนกลางใช้กับระดับชาติเท่านั้น" in client.post(url, frame).text
    assert not BudgetFrame.objects.filter(level="nation").exists()


def test_tree_shows_the_chosen_year_only(client, w):
    """Wrong if programmes of two years stood in one tree."""
    Programme.objects.create(code="NL2565", name="โครงการปีถัดไป", fiscal_year=2565)
    Programme.objects.create(
        code="NL2564.1", name="กิจกรรมย่อย", kind="3_activity", fiscal_year=2564, parent=w.programme
    )
    client.force_login(w.officer)
    url = reverse("programs:programmes")
    assert "NL2565" in client.get(url).text
    page = client.get(url, {"fiscal_year": "2564"}).text
    assert "กิจกรรมย่อย" in page
    assert "NL2565" not in page
    assert client.get(url, {"fiscal_year": "x'"}).status_code == 200
