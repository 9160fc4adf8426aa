"""The panel on pages, what comes in through it, and how content is sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from codi.accounts.models import User
from codi.files import KINDS
from programs.models import ProjectFile
from tests import world as build
from tests.files import samples
from tests.files.conftest import attached
from tests.files.test_services import subjects
from tests.ui.page import Tree

pytestmark = pytest.mark.django_db


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    client.get("/")
    return client


def sent(name: str, content: bytes, declared: str = "application/octet-stream") -> Any:
    return SimpleUploadedFile(name, content, content_type=declared)


def post(client: Client, subject: Any, *files: Any, kind: str = "project", **more: Any) -> Any:
    address = reverse("files:attach", args=[kind, subject.pk])
    data = {"uploads": list(files), "document": more.pop("document", "other"), "description": "ก"}
    return client.post(address, data, **more)


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def content_url(file: Any, query: str = "") -> str:
    return reverse("files:content", args=["project", file.pk]) + query


def test_several_files_at_once_are_judged_each_by_itself(w, media):
    """Wrong if one bad file kept the good ones out, or nobody were told which one and why."""
    project = build.project(w)
    client = client_of(w.officer)
    answer = post(
        client,
        project,
        sent("ดี.pdf", samples.pdf()),
        sent("ร้าย.exe", b"MZ"),
        sent("เสีย.jpg", b"\xff\xd8\xff"),
    )
    assert answer.status_code == 200
    tree = Tree(answer.content.decode())
    said = " ".join(tree.texts("ul", "field__error"))
    assert "ร้าย.exe: ไฟล์ชนิดนี้แนบไม่ได้" in said
    assert "เสีย.jpg: ไฟล์เสียหรือไม่ครบ" in said
    assert "แนบแล้ว 1 ไฟล์: ดี.pdf" in answer.content.decode()
    assert tree.texts("a", "file-row__name") == ["ดี.pdf"]
    assert ProjectFile.objects.get().attached_by == w.officer
    answer = post(client, project, sent("ดี 2.pdf", samples.pdf(2)))
    assert answer.status_code == 302
    assert answer["Location"] == project.get_absolute_url()


def test_a_script_that_sends_one_file_hears_what_became_of_it(w):
    """Wrong if the progress of a file ended without saying that it was refused."""
    project = build.project(w)
    client = client_of(w.officer)
    answer = post(
        client, project, sent("a.pdf", samples.pdf()), headers={"accept": "application/json"}
    )
    assert (answer.status_code, answer.json()) == (200, {"errors": []})
    answer = post(client, project, sent("a.exe", b"MZ"), headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert "a.exe" in answer.json()["errors"][0]
    answer = post(client, project, headers={"accept": "application/json"})
    assert answer.json() == {"errors": ["ยังไม่ได้เลือกไฟล์"]}


def test_a_request_without_bounds_is_refused_before_it_is_kept(w, settings, media):
    """Wrong if one request could fill the disk before anybody looked at it."""
    settings.UPLOADS_OF_REQUEST_BYTE_COUNT = 2000
    project = build.project(w)
    client = client_of(w.officer)
    answer = post(client, project, sent("a.pdf", samples.pdf() + b"\n" * 2000))
    assert answer.status_code == 413
    assert post(client, project, sent("a.pdf", samples.pdf())).status_code in (200, 302)


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def test_content_is_sent_so_that_no_browser_carries_it_out(w, media):
    """Wrong if a file could run as a page of ours, be kept by a proxy, or lose its Thai name."""
    project = build.project(w)
    client = client_of(w.analyst)
    for name, content in (
        ("ผล.pdf", samples.pdf()),
        ("ผล.docx", samples.docx()),
        ("ผล.png", samples.png()),
    ):
        file = attached(w, project, content, name)
        answer = client.get(content_url(file))
        assert answer.status_code == 200
        assert body(answer) == (media / "attachments" / file.stored_name).read_bytes()
        assert {key: answer[key] for key in HEADERS} == HEADERS
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["Content-Type"] == file.content_type
        ending = name[2:]
        assert answer["Content-Disposition"] == (
            f"attachment; filename=\"download{ending}\"; filename*=UTF-8''%E0%B8%9C%E0%B8%A5{ending}"
        )


def test_only_pictures_and_pdf_are_shown_inside_a_page(w):
    """Wrong if an office file opened in the browser, or a picture could run as a page."""
    project = build.project(w)
    client = client_of(w.officer)
    kinds = {}
    for name, content in (
        ("a.pdf", samples.pdf()),
        ("a.xlsx", samples.xlsx()),
        ("a.jpg", samples.jpeg()),
    ):
        file = attached(w, project, content, name)
        answer = client.get(content_url(file, "?inline=1"))
        kinds[name] = answer["Content-Disposition"].partition(";")[0]
        policy = answer["Content-Security-Policy"]
        assert ("sandbox" in policy) == (name != "a.pdf")
        assert "default-src 'none'" in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert kinds == {"a.pdf": "inline", "a.xlsx": "attachment", "a.jpg": "inline"}


def test_a_copied_address_is_worth_nothing_after_logging_out(w):
    """Wrong if the address of a file were its own key."""
    file = attached(w, build.project(w))
    addresses = [
        reverse(f"files:{name}", args=["project", file.pk])
        for name in ("content", "preview", "detail")
    ]
    client = client_of(w.officer)
    answers = [client.get(address) for address in addresses]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    # What the browser kept would outlive the session.
    assert {answer["Cache-Control"] for answer in answers[:2]} == {"private, no-store"}
    client.post(reverse("accounts:logout"))
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("accounts:login"))
    for guess in (
        f"/media/attachments/{file.stored_name}",
        f"/static/../media/attachments/{file.stored_name}",
    ):
        assert client_of(w.officer).get(guess).status_code == 404


def test_every_address_of_every_kind_of_file_asks_for_the_rights_of_its_record(w):
    """Wrong if the files of some kind of record were open to those who do not see the record."""
    build.region("NE", "ภาคตะวันออกเฉียงเหนือ", 2)
    stranger = build.user("regional_officer", region=build.region("NE"))
    outside, inside, nation = client_of(stranger), client_of(w.finance), client_of(w.analyst)
    asked = 0
    for key, subject in subjects(w).items():
        file = attached(w, subject, document=KINDS[key].documents[0])
        addresses = [
            reverse(f"files:{name}", args=[key, file.pk])
            for name in ("detail", "content", "preview")
        ]
        addresses.append(reverse("files:record", args=[key, subject.pk]))
        for address in addresses:
            assert inside.get(address).status_code == 200, address
            assert nation.get(address).status_code == 200, address
            assert outside.get(address).status_code == 404, address
            asked += 1
        for name in ("replace", "remove", "restore"):
            address = reverse(f"files:{name}", args=[key, file.pk])
            assert outside.post(address).status_code == 404
            assert nation.post(address).status_code == 403
        for other in set(KINDS) - {key}:
            assert nation.get(reverse("files:content", args=[other, file.pk])).status_code == 404
        assert nation.get(f"/files/nothing/{file.pk}/").status_code == 404
    assert asked == 4 * len(KINDS)


def test_a_removed_file_is_not_sent(w):
    """Wrong if what was taken off a record could still be fetched by its address."""
    project = build.project(w)
    file = attached(w, project)
    client = client_of(w.officer)
    removal = client.post(reverse("files:remove", args=["project", file.pk]), {"reason": "แนบผิด"})
    assert removal["Location"] == file.get_absolute_url()
    assert client.get(content_url(file)).status_code == 404
    assert client.get(reverse("files:preview", args=["project", file.pk])).status_code == 404
    page = client.get(file.get_absolute_url()).content.decode()
    assert "แนบผิด" in page
    assert "นำกลับ" in page
    client.post(reverse("files:restore", args=["project", file.pk]))
    assert client.get(content_url(file)).status_code == 200


def test_a_new_version_leads_to_the_old_one_and_back(w):
    """Wrong if somebody who reads one version did not learn of the other."""
    project = build.project(w)
    old = attached(w, project, name="ร่าง.pdf")
    client = client_of(w.officer)
    answer = client.post(
        reverse("files:replace", args=["project", old.pk]),
        {"file": sent("จริง.pdf", samples.pdf(2)), "document": "report"},
    )
    new = ProjectFile.objects.get(replaces=old)
    assert answer["Location"] == new.get_absolute_url()
    assert old.get_absolute_url() in client.get(new.get_absolute_url()).content.decode()
    assert new.get_absolute_url() in client.get(old.get_absolute_url()).content.decode()
    assert client.get(content_url(old)).status_code == 200
    refused = client.post(
        reverse("files:replace", args=["project", new.pk]),
        {"file": sent("a.exe", b"MZ"), "document": "report"},
    )
    assert "ไฟล์ชนิดนี้แนบไม่ได้" in refused.content.decode()


def test_the_panel_says_why_somebody_may_not_attach(w):
    """Wrong if the door were missing without a word, or open to those who may not use it."""
    project = build.project(w)
    page = client_of(w.analyst).get(project.get_absolute_url()).content.decode()
    assert "ทำได้เฉพาะเจ้าหน้าที่สำนักงานภาค" in page
    assert "data-files-form" not in page
    assert (
        "data-files-form" in client_of(w.officer).get(project.get_absolute_url()).content.decode()
    )


@pytest.mark.parametrize("count", [1, 3, 12])
def test_the_panel_asks_the_same_queries_for_any_number_of_files(
    w, count, django_assert_num_queries
):
    """Wrong if each file of a list asked the database by itself; two ask for unread news."""
    project = build.project(w, plan=(600_000, 400_000))
    instalment = project.instalments.get(number=1)
    template = attached(w, instalment)
    for number in range(1, count):
        template.pk = None
        template._state.adding = True
        template.id = type(template)._meta.pk.get_default()
        template.sha256 = f"{number:064x}"
        template.save()
    client = client_of(w.officer)
    address = reverse("files:record", args=["instalment", instalment.pk])
    client.get(address)
    with django_assert_num_queries(8):
        page = client.get(address).content.decode()
    assert len(Tree(page).texts("a", "file-row__name")) == count


def test_the_web_server_may_send_the_bytes(w, settings):
    """Wrong if X-Accel-Redirect came without the check of rights, or told the name of the sender."""
    settings.ATTACHMENTS_ACCEL = "/attachments-inside/"
    file = attached(w, build.project(w))
    answer = client_of(w.officer).get(content_url(file))
    assert answer["X-Accel-Redirect"] == f"/attachments-inside/{file.pk}.pdf"
    assert answer.content == b""
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Client().get(content_url(file)).status_code == 302


def test_a_row_whose_file_is_lost_is_no_fault_page(w, media):
    """Wrong if a lost file ended in an error page without words."""
    file = attached(w, build.project(w))
    (media / "attachments" / file.stored_name).unlink()
    assert client_of(w.officer).get(content_url(file)).status_code == 404
