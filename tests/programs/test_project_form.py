"""The form of a project: what it stores, what it refuses, and that nothing typed is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from codi.accounts.models import ScopeLevel
from programs import services
from programs.models import Organisation, Programme, Project
from tests import world as build

pytestmark = pytest.mark.django_db

NEW = "programs:project_new"
TITLE = "โครงการพัฒนาศักยภาพผู้นำชุมชนท้องถิ่น"


@pytest.fixture
def w() -> build.World:
    return build.world()


@pytest.fixture
def officer(client, w):
    """The officer, logged in."""
    client.force_login(w.officer)
    return w.officer


def facts(w: build.World, **changes: object) -> dict[str, object]:
    return {
        "programme": w.programme.pk,
        "level": "province",
        "region": "N",
        "province": "50",
        "title": TITLE,
        "organisation": w.organisation.pk,
        "objectives": "เพื่อพัฒนา\nผู้นำ",
        "target_people_count": "๑,๒๐๐",
        "target_subdistrict_count": "25",
        "target_household_count": "",
        "requested_baht": "1,500,000.50 บาท",
    } | changes


def test_draft_is_stored_as_typed(client, w, officer):
    """Wrong if a field of the form went astray."""
    response = client.post(reverse(NEW), facts(w))
    made = Project.objects.get()
    assert response["Location"] == f"/projects/{made.pk}/"
    assert (made.code, made.fiscal_year, made.status) == ("NL2564-0001", 2564, "draft")
    assert (made.title, made.organisation, made.created_by) == (TITLE, w.organisation, officer)
    assert (made.level, made.region_id, made.province_id) == ("province", "N", "50")
    assert made.objectives == "เพื่อพัฒนา\nผู้นำ"
    assert (made.target_people_count, made.target_subdistrict_count) == (1200, 25)
    assert made.target_household_count is None
    assert made.requested_baht == Decimal("1500000.50")


def test_subdistrict_project_needs_its_whole_place(client, w, officer):
    """Wrong if a place too wide for the level were taken, or the right one refused."""
    place = build.subdistrict()
    posted = facts(w, level="subdistrict", district=place.district_id)
    response = client.post(reverse(NEW), posted)
    assert "ยังไม่ได้เลือกตำบล/แขวง" in response.text
    assert not Project.objects.exists()
    client.post(reverse(NEW), posted | {"subdistrict": place.code})
    assert Project.objects.get().subdistrict == place


def test_place_left_over_from_a_narrower_level_does_no_harm(client, w, officer):
    """Wrong if a district chosen before the level changed were stored or refused."""
    place = build.subdistrict()
    client.post(reverse(NEW), facts(w, district=place.district_id, subdistrict=place.code))
    assert Project.objects.get().district is None


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("title", "  ", "ยังไม่ได้กรอกชื่อโครงการ"),
        ("programme", "", "ยังไม่ได้เลือกโครงการหลัก"),
        ("programme", "plan", "เลือกจากรายการที่ให้ไว้"),
        ("level", "nation", "เลือกจากรายการที่ให้ไว้"),
        ("province", "90", "เลือกจากรายการที่ให้ไว้"),
        ("region", "S", "เลือกจากรายการที่ให้ไว้"),
        ("organisation", "southern", "เลือกจากรายการที่ให้ไว้"),
        ("organisation", "1; DROP", "เลือกจากรายการที่ให้ไว้"),
        ("requested_baht", "1.234", "1.234"),
        ("requested_baht", "0", "ต้องไม่น้อยกว่า 0.01"),
        ("requested_baht", "9999999999999", "ต้องไม่เกิน"),
        ("target_people_count", "12.5", "จำนวนเต็ม"),
        ("target_people_count", "-1", "ต้องไม่น้อยกว่า"),
        ("title", "ก" * 501, "ยาวเกิน 500"),
    ],
)
def test_wrong_field_says_what_to_do_and_keeps_the_rest(client, w, officer, field, value, text):
    """Wrong if one wrong field lost what was typed, or something out of scope were taken."""
    build.province("90", "สงขลา", "S")
    south = Organisation.objects.create(name="ภาคใต้", kind="network", region=build.region("S"))
    plan = Programme.objects.create(code="P64", name="แผน", kind="1_plan", fiscal_year=2564)
    value = {"southern": south.pk, "plan": plan.pk}.get(value, value)
    response = client.post(reverse(NEW), facts(w, **{field: value}))
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert text in response.text
    assert 'id="error-summary"' in response.text
    assert "เพื่อพัฒนา\nผู้นำ" in response.text
    assert field == "target_people_count" or "๑,๒๐๐" in response.text
    assert not Project.objects.exists()


def test_amount_is_said_back_in_words(client, w, officer):
    """Wrong if a nought too many would go unseen."""
    response = client.post(reverse(NEW), facts(w, title=""))
    assert "หนึ่งล้านห้าแสนบาทห้าสิบสตางค์" in response.text
    words = client.get(reverse("ui:echo_baht"), {"requested_baht": "15,635,880"}).text
    assert words == "สิบห้าล้านหกแสนสามหมื่นห้าพันแปดร้อยแปดสิบบาทถ้วน"


def test_extra_fields_of_a_post_are_ignored(client, w, officer):
    """Wrong if a form let a person set what only the server sets."""
    extra = {
        "status": "approved",
        "approved_baht": "1",
        "approved_on": "2021-01-01",
        "approved_by": w.manager.pk,
        "created_by": w.manager.pk,
        "origin": "import",
        "code": "X-1",
        "fiscal_year": "2569",
        "submitted_on": "2021-01-01",
        "endorsed_meeting": w.meeting.pk,
        "version": "9",
        "id": "77777",
    }
    client.post(reverse(NEW), facts(w) | extra)
    made = Project.objects.get()
    assert (made.status, made.origin, made.created_by) == ("draft", "form", officer)
    assert (made.code, made.fiscal_year, made.version) == ("NL2564-0001", 2564, 1)
    assert (made.approved_baht, made.approved_on, made.approved_by) == (None, None, None)
    assert (made.submitted_on, made.endorsed_meeting) == (None, None)
    assert made.pk != 77777


def test_choices_hold_only_what_is_in_scope(client, w, officer):
    """Wrong if a form's choices showed what the person may not see."""
    build.province("90", "สงขลา", "S")
    Organisation.objects.create(name="เครือข่ายสงขลา", kind="network", region=build.region("S"))
    page = client.get(reverse(NEW)).text
    assert "เครือข่ายองค์กรชุมชนจังหวัดเชียงใหม่" in page
    assert "สงขลา" not in page
    assert "ระดับชาติ" not in page


def test_officer_of_a_province_draws_up_in_that_province_only(client, w):
    """Wrong if an officer of a province could reach another, or the region's money."""
    lamphun = build.province("51", "ลำพูน")
    client.force_login(build.user(scope_level=ScopeLevel.PROVINCE, province=lamphun))
    page = client.get(reverse(NEW)).text
    assert "ระดับภาค" not in page
    assert "เชียงใหม่" not in page
    assert client.post(reverse(NEW), facts(w)).status_code == 200
    assert not Project.objects.exists()
    client.post(reverse(NEW), facts(w, province="51", organisation=""))
    assert Project.objects.get().province == lamphun


def test_organisation_search_narrows_by_part_of_a_word(client, w, officer):
    """Wrong if an organisation could not be found by a part of its name without tone marks."""
    for name in ("กลุ่มแม่บ้านดอยสะเก็ด", "สหกรณ์บ้านมั่นคง"):
        Organisation.objects.create(
            name=name, kind="community", region=build.region(), province=build.province()
        )
    posted = facts(w, organisation_search="แมบาน", organisation="", choose="organisation")
    headers = {"HX-Request": "true", "HX-Target": "organisation-choice"}
    fragment = client.post(reverse(NEW), posted, headers=headers).text
    assert "กลุ่มแม่บ้านดอยสะเก็ด" in fragment
    assert "สหกรณ์บ้านมั่นคง" not in fragment
    assert TITLE not in fragment
    page = client.post(reverse(NEW), posted).text
    assert "กลุ่มแม่บ้านดอยสะเก็ด" in page
    assert TITLE in page
    assert not Project.objects.exists()


def test_chosen_organisation_stays_when_the_search_leaves_it_out(client, w, officer):
    """Wrong if searching again silently dropped the organisation already chosen."""
    posted = facts(w, organisation_search="ไม่มีชื่อนี้", choose="organisation")
    page = client.post(reverse(NEW), posted).text
    assert f'value="{w.organisation.pk}" selected' in page


def test_level_decides_which_places_are_asked(client, w, officer):
    """Wrong if a level showed places that it does not have."""
    asked = {}
    for level in ("region", "province", "district", "subdistrict"):
        posted = facts(w, level=level, choose="place")
        form = client.post(reverse(NEW), posted).context["form"]
        asked[level] = [field.name for field in form.place_fields()]
    assert asked == {
        "region": ["region"],
        "province": ["region", "province"],
        "district": ["region", "province", "district"],
        "subdistrict": ["region", "province", "district", "subdistrict"],
    }


def test_near_equal_title_is_asked_about_and_then_stored(client, w, officer):
    """Wrong if a double came in unseen, or a true second project were refused."""
    first = build.project(w, "draft", title=TITLE)
    near = facts(w, title="โครงการพัฒนาศักยภาพผู้นำชุมชนท้องถิน")
    response = client.post(reverse(NEW), near)
    assert response.status_code == 200
    assert first.code in response.text
    assert "ถ้าเป็นคนละโครงการ" in response.text
    assert Project.objects.count() == 1
    assert f'name="seen" value="{first.pk}"' in response.text
    distinct = near | {"is_distinct": "on", "seen": str(first.pk)}
    assert client.post(reverse(NEW), distinct).status_code == 302
    assert Project.objects.count() == 2
    assert client.post(reverse(NEW), distinct).status_code == 200
    assert Project.objects.count() == 2


@pytest.mark.parametrize(
    "other",
    [
        {"title": "โครงการฟื้นฟูป่าชุมชนและแหล่งน้ำ"},
        {"level": "region", "province": ""},
        {"province": "51"},
    ],
)
def test_other_title_or_place_is_no_double(client, w, officer, other):
    """Wrong if every second project of a programme were asked about."""
    build.province("51", "ลำพูน")
    build.project(w, "draft", title=TITLE)
    assert client.post(reverse(NEW), facts(w, **other)).status_code == 302
    assert Project.objects.count() == 2


def test_edit_shows_and_changes_what_is_stored(client, w, officer):
    """Wrong if opening and saving a project changed what nobody touched."""
    project = build.project(w, "draft")
    url = reverse("programs:project_edit", args=[project.pk])
    form = client.get(url).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    assert shown["requested_baht"] == "1,000,000"
    posted = {name: value for name, value in shown.items() if value is not None}
    assert client.post(url, posted).status_code == 302
    again = Project.objects.get()
    assert (again.version, again.title) == (project.version, project.title)
    client.post(url, posted | {"requested_baht": "750,000"})
    again.refresh_from_db()
    assert (again.requested_baht, again.version) == (Decimal(750_000), project.version + 1)


@pytest.mark.parametrize("step", ["submitted", "endorsed", "approved", "closed"])
def test_submitted_project_is_not_edited(client, w, officer, step):
    """Wrong if the facts could change under the committee."""
    project = build.project(w, step)
    url = reverse("programs:project_edit", args=[project.pk])
    response = client.post(url, facts(w, title="ชื่อใหม่"))
    assert response.status_code == 403
    assert "โครงการอยู่ในสถานะ" in response.text
    project.refresh_from_db()
    assert project.title != "ชื่อใหม่"


def test_conflict_shows_both_values_per_field(client, w, officer):
    """Wrong if the second editor overwrote the first without seeing it."""
    project = build.project(w, "draft")
    url = reverse("programs:project_edit", args=[project.pk])
    services.update_project(
        actor=w.manager,
        project=project,
        expected_version=project.version,
        title="ชื่อของผู้จัดการ",
        requested_baht=Decimal(900_000),
    )
    mine = facts(w, version=str(project.version), title="ชื่อของฉัน", requested_baht="800,000")
    response = client.post(url, mine)
    assert response.status_code == 409
    rows = {label: (now, wanted) for label, now, wanted in response.context["conflict"].differences}
    assert rows["ชื่อโครงการ"] == ("ชื่อของผู้จัดการ", "ชื่อของฉัน")
    assert rows["งบประมาณที่ขอ (บาท)"] == ("900,000", "800,000")
    project.refresh_from_db()
    assert (project.title, project.requested_baht) == ("ชื่อของผู้จัดการ", Decimal(900_000))
    again = response.context["form"].data.dict()
    back = client.post(url, again | {"choose": "again"})
    assert "ชื่อของฉัน" in back.text
    assert client.post(url, again).status_code == 302
    project.refresh_from_db()
    assert (project.title, project.requested_baht) == ("ชื่อของฉัน", Decimal(800_000))


def test_project_made_late_in_a_conflict_is_not_overwritten_twice(client, w, officer):
    """Wrong if confirming a conflict hid a third change made meanwhile."""
    project = build.project(w, "draft")
    url = reverse("programs:project_edit", args=[project.pk])
    client.post(url, facts(w, version=str(project.version), title="หนึ่ง"))
    seen = client.post(url, facts(w, version=str(project.version), title="สอง"))
    client.post(url, facts(w, version=str(project.version + 1), title="สาม"))
    again = client.post(url, seen.context["form"].data.dict())
    assert again.status_code == 409
    project.refresh_from_db()
    assert project.title == "สาม"
