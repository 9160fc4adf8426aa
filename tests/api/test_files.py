"""Files by program: the same judging, states and headers as on the pages."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from programs.models import ProjectFile
from tests import world as build
from tests.api.conftest import Program, body_of
from tests.files.samples import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    """A store of this test's own."""
    settings.MEDIA_ROOT = tmp_path


def upload(content: bytes, name: str = "สัญญา.pdf", kind: str = "application/pdf"):
    return SimpleUploadedFile(name, content, kind)


def test_a_file_is_attached_replaced_taken_off_and_brought_back(w):
    """Wrong if a file needed a browser, or a step of its life lost its rule on the way."""
    project = build.project(w, "approved")
    officer, address = Program(w.officer), f"projects/{project.pk}/files/"
    facts = {"document": "agreement", "description": "ลงนามแล้ว"}
    sent = officer.send(address, facts | {"file": upload(pdf())}, key="k1")
    assert sent.status_code == 201, sent.content
    file = body_of(sent)
    assert (file["subject"], file["state"], file["document"]) == (
        project.pk,
        "present",
        "agreement",
    )
    assert file["sha256"] == hashlib.sha256(pdf()).hexdigest()
    again = officer.send(address, facts | {"file": upload(pdf())}, key="k1")
    assert again.content == sent.content
    other = officer.send(address, facts | {"file": upload(pdf(2))}, key="k1")
    assert other.status_code == 422
    one = f"project-files/{file['id']}/"
    got = officer.get(f"{one}content/")
    assert b"".join(got.streaming_content) == pdf()
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Disposition"].startswith("attachment; ")
    assert "sandbox" in got["Content-Security-Policy"]
    newer = officer.send(f"{one}replace/", facts | {"file": upload(pdf(2))})
    assert (newer.status_code, body_of(newer)["replaces"]) == (201, file["id"])
    assert body_of(officer.get(one))["state"] == "replaced"
    latest = f"project-files/{body_of(newer)['id']}/"
    off = officer.post(f"{latest}remove/", {"reason": "แนบผิดโครงการ"})
    assert (off.status_code, body_of(off)["state"]) == (200, "removed")
    assert officer.get(f"{latest}content/").status_code == 404
    assert body_of(officer.post(f"{latest}restore/"))["state"] == "present"
    listed = body_of(officer.get("project-files/", {"subject": project.pk, "state": "present"}))
    assert [row["id"] for row in listed["results"]] == [body_of(newer)["id"]]
    assert Program(w.analyst).send(address, facts | {"file": upload(pdf())}).status_code == 403
    assert ProjectFile.objects.count() == 2


def test_what_is_no_file_or_no_such_file_is_told(w, settings):
    """Wrong if a wrong part of a form were a fault, guessed, or kept."""
    project = build.project(w, "approved")
    officer, address = Program(w.officer), f"projects/{project.pk}/files/"
    good = {"document": "agreement"}
    for body, status, field in (
        (good, 400, "file"),
        (good | {"file": "text"}, 400, "file"),
        ({"file": upload(pdf())}, 400, "document"),
        ({"file": upload(pdf()), "document": "minutes"}, 400, "document"),
        (good | {"file": upload(pdf()), "state": "purged"}, 400, "state"),
        (good | {"file": [upload(pdf()), upload(pdf(2))]}, 400, "file"),
        (good | {"file": upload(b"MZ", "a.exe", "application/x-msdownload")}, 409, ""),
    ):
        answer = officer.send(address, body)
        told = body_of(answer)
        assert (answer.status_code, told["errors"][0]["field"]) == (status, field), told
    assert officer.post(address, good).status_code == 415
    settings.UPLOADS_OF_REQUEST_BYTE_COUNT = 1000
    large = officer.send(address, good | {"file": upload(pdf() + b"%" * 2000)})
    assert (large.status_code, body_of(large)["code"]) == (413, "too-large")
    assert not ProjectFile.objects.exists()


def test_a_store_that_is_down_is_no_last_word(w, settings, tmp_path):
    """Wrong if a fault of ours read as a rule of the data, or the key kept it when it was over."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.write_text("no folder")
    officer, project = Program(w.officer), build.project(w, "approved")
    sheet = "ชื่อองค์กร,ประเภทองค์กร,จังหวัด\nกลุ่มใหม่,อื่น ๆ,เชียงใหม่".encode()

    def send(place: str):
        if place == "files-store":
            facts = {"document": "agreement", "file": upload(pdf())}
            return officer.send(f"projects/{project.pk}/files/", facts, key=place)
        facts = {"kind": "organisations", "file": upload(sheet, "a.csv", "text/csv")}
        return officer.send("import-batches/", facts, key=place)

    for place in ("files-store", "imports-disk"):
        answer = send(place)
        assert (answer.status_code, body_of(answer)["code"]) == (503, place)
        assert body_of(answer)["type"].endswith("#problem-unavailable")
        assert int(answer["Retry-After"]) > 0
    settings.MEDIA_ROOT.unlink()
    for place in ("files-store", "imports-disk"):
        assert send(place).status_code == 201
