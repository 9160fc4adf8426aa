"""The frame of every page, the home page, errors and downloads."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.db import OperationalError

from codi.accounts.models import Role, ScopeLevel
from codi.ui import home, navigation, views
from codi.ui.downloads import disposition, file_name
from tests import world as build
from tests.ui.page import Tree


@pytest.mark.django_db
def test_navigation_shows_what_a_person_may_open(client):
    """Wrong if a menu led people to pages that refuse them."""
    client.force_login(build.user())
    assert "/users/" not in client.get("/").text
    client.force_login(build.user(Role.ADMINISTRATOR, scope_level=ScopeLevel.NATION))
    links = Tree(client.get("/users/").text).all("a", "site-nav__link")
    assert [link["href"] for link in links if "aria-current" in link.attributes] == ["/users/"]


@pytest.mark.django_db
def test_entry_of_a_room_that_is_not_there_is_left_out(client, monkeypatch):
    """Wrong if one missing address broke every page."""
    monkeypatch.setattr(navigation, "_items", dict(navigation._items))
    navigation.register(navigation.NavItem("ไม่มีห้องนี้", "no:where", "house", lambda user: True))
    client.force_login(build.user())
    response = client.get("/")
    assert response.status_code == 200
    assert "ไม่มีห้องนี้" not in response.text


@pytest.mark.django_db
def test_home_shows_the_cards_of_the_role(client, monkeypatch):
    """Wrong if a card stood on another role's page, or an empty card stayed silent."""
    monkeypatch.setattr(home, "_cards", {})

    @home.home_card("regional_officer")
    def waiting(user, *, today):
        items = [home.HomeItem("โครงการ ก", "/x/")]
        return home.HomeCard("รอดำเนินการ", "ไม่มีงานค้าง", count=1200, items=items)

    @home.home_card("executive")
    def issued(user, *, today):
        return home.HomeCard("ออกแล้ว", "ยังไม่มีรายงานที่ออก")

    client.force_login(build.user())
    text = client.get("/").text
    assert "โครงการ ก" in text
    assert "1,200" in text
    assert "ออกแล้ว" not in text
    client.force_login(build.user(Role.EXECUTIVE))
    assert "ยังไม่มีรายงานที่ออก" in client.get("/").text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/", "/users/", "/users/new/", "/me/", "/me/password/", "/nowhere/"]
)
def test_pages_load_nothing_inline_or_from_elsewhere(client, address):
    """Wrong if the security policy would block part of a page."""
    client.force_login(build.user(Role.ADMINISTRATOR, scope_level=ScopeLevel.NATION))
    tree = Tree(client.get(address).text)
    assert not [item for item in tree.elements if "style" in item.attributes]
    assert not tree.all("style")
    loaded = [script.attributes.get("src", "inline") for script in tree.all("script")]
    loaded += tree.values("link", "href")
    assert [source for source in loaded if not source.startswith("/static/")] == []
    assert tree.values("html", "lang") == ["th"]
    assert len(tree.all("h1")) == 1


def test_first_load_is_small():
    """Wrong if sheets, scripts and fonts of a first page passed 150 kB."""
    page = (settings.BASE_DIR / "templates" / "base.html").read_text()
    wanted = [*re.findall(r"{% static '([^']+)' %}", page), "vendor/fonts/Sarabun-SemiBold.woff2"]
    sizes = {}
    for name in wanted:
        content = Path(finders.find(name)).read_bytes()
        sizes[name] = len(content if name.endswith("woff2") else gzip.compress(content))
    assert sum(sizes.values()) < 140_000, sizes


@pytest.mark.django_db
def test_missing_page_speaks_thai(client):
    """Wrong if a wrong link ended in an English page without a way on."""
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "ไม่พบหน้าหรือรายการนี้" in response.text
    assert re.search(r"รหัสอ้างอิง 404-[0-9A-F]{8}", response.text)


@pytest.mark.django_db
def test_an_address_of_a_button_speaks_thai_when_opened(client):
    """Wrong if logging in again after pressing a button ended in the browser's own English page."""
    client.force_login(build.user())
    response = client.get("/notices/read/")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "หน้านี้เปิดโดยตรงไม่ได้" in response.text


@pytest.mark.django_db
def test_refused_act_gives_its_reason(rf):
    """Wrong if a person were told no without being told why."""
    request = rf.get("/")
    request.user = build.user()
    page = views.forbidden(request, PermissionDenied("ผู้บันทึกอนุมัติเองไม่ได้"))
    assert page.status_code == 403
    assert "ผู้บันทึกอนุมัติเองไม่ได้" in page.content.decode()


def test_fault_page_needs_nothing_and_tells_nothing(rf):
    """Wrong if the page of a fault needed the database, or showed what broke."""
    page = views.server_error(rf.get("/"))
    text = page.content.decode()
    assert page.status_code == 500
    assert "Traceback" not in text
    assert "รหัสอ้างอิง 500-" in text


def test_lost_database_is_a_503(rf):
    """Wrong if a restart of the database looked like a fault that needs a programmer."""
    try:
        raise OperationalError("server closed the connection")
    except OperationalError:
        page = views.server_error(rf.get("/"))
    assert (page.status_code, page["Retry-After"]) == (503, "60")
    assert "ไม่พร้อมใช้งานชั่วคราว" in page.content.decode()


@pytest.mark.django_db
def test_stale_form_is_explained(client):
    """Wrong if a page left open showed an English refusal."""
    strict = type(client)(enforce_csrf_checks=True)
    response = strict.post("/login/", {"username": "x"})
    assert response.status_code == 403
    assert "เปิดค้างไว้นานเกินไป" in response.text


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("รายงาน", "ภาคเหนือ", "31 พ.ค. 64"), "รายงาน ภาคเหนือ 31 พ.ค. 64.pdf"),
        (("../../etc/passwd",), "etc passwd.pdf"),
        (("รายงาน\r\nX-Evil: 1",), "รายงาน X-Evil 1.pdf"),
        (("ก\u202egpj.exe",), "ก gpj.exe.pdf"),
        (("",), "file.pdf"),
    ],
)
def test_file_names_are_thai_and_safe(parts, name):
    """Wrong if a name could climb folders, add a header or hide its extension."""
    made = file_name(*parts, extension="pdf")
    assert made == name
    header = disposition(made)
    assert header.isascii()
    assert "\n" not in header
