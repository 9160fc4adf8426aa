"""No row without a file and no file without a row: full disks, killed uploads, a bucket instead of a folder."""

from __future__ import annotations

import datetime as dt
import io
import os
import resource
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from moto.server import ThreadedMotoServer

from codi.errors import Refused
from codi.files import reconciling, services
from codi.files.models import Attachment
from codi.files.store import FolderStore, store
from programs.models import ProjectFile
from tests import world as build
from tests.files import samples
from tests.files.conftest import NOW, attached
from tests.files.test_pages import body, client_of, content_url
from tests.files.test_services import names_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file of this process may grow beyond 12 kB: what the kernel answers on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def big_picture() -> bytes:
    """A picture of more than 12 kB in its own bytes and after being drawn anew."""
    from PIL import Image

    made = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(made, "PNG")
    return made.getvalue()


def test_a_full_disk_is_told_and_leaves_neither_row_nor_file(w, media, full_disk):
    """Wrong if a full disk ended in an error page, in a row without content, or in half a file."""
    project = build.project(w)
    content = big_picture()
    assert len(content) > 12_000
    with pytest.raises(Refused) as caught:
        attached(w, project, content, "a.png")
    assert caught.value.code == "files-full"
    assert "ที่เก็บไฟล์ของระบบเต็ม" in caught.value.message
    assert not ProjectFile.objects.exists()
    assert names_in(media) == set()
    assert attached(w, project, samples.png(size=(8, 8)), "b.png").is_present


def test_a_disk_that_fills_while_content_is_kept_leaves_nothing(media, tmp_path, full_disk):
    """Wrong if the folder kept half a file under any name."""
    source = tmp_path / "source"
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    source.write_bytes(b"x" * 50_000)
    resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, resource.RLIM_INFINITY))
    with pytest.raises(OSError, match="File too large"):
        FolderStore(media / "attachments").put("a.pdf", source)
    assert names_in(media) == set()


def test_a_row_that_cannot_be_written_takes_its_content_back(w, media, monkeypatch):
    """Wrong if a fault after the content was stored left it there: a fault at each step of the row."""
    project = build.project(w)

    def fault(*_: Any, **__: Any) -> None:
        raise RuntimeError("a fault")

    for step in ("_require_room", "_locked_subject", "require"):
        with monkeypatch.context() as patched:
            patched.setattr(services, step, fault)
            with pytest.raises(RuntimeError):
                attached(w, project)
        assert names_in(media) == set()
        assert not ProjectFile.objects.exists()


def test_an_undone_transaction_leaves_a_file_that_is_found(w, media):
    """Wrong if content whose row was undone from outside stayed unnoticed for ever."""
    project = build.project(w)
    with transaction.atomic():
        attached(w, project)
        transaction.set_rollback(True)
    later = timezone.now() + dt.timedelta(hours=1, minutes=1)
    found = reconciling.compare(now=later)
    assert (found.row_count, found.file_count, len(found.orphans)) == (0, 2, 2)
    assert reconciling.compare(now=timezone.now()).orphans == []


def rows(w: Any, count: int) -> list[Attachment]:
    """Rows with content, written in bulk."""
    project = build.project(w)
    made = ProjectFile.objects.bulk_create(
        ProjectFile(
            subject=project,
            file_name=f"{number}.pdf",
            format="pdf",
            byte_count=5,
            sha256=f"{number:064x}",
            document="other",
            attached_by=w.officer,
            attached_at=NOW,
        )
        for number in range(count)
    )
    folder = Path(django_settings.MEDIA_ROOT) / "attachments"
    folder.mkdir(parents=True, exist_ok=True)
    for row in made:
        (folder / row.stored_name).write_bytes(b"%PDF-")
    return list(made)


def test_a_thousand_files_are_compared_and_every_difference_is_found(
    w, media, capsys, django_assert_num_queries
):
    """Wrong if a lost or a stray file among many went unseen, or a good one were taken for stray."""
    made = rows(w, 1000)
    folder = media / "attachments"
    # One query for each kind of record that takes files.
    with django_assert_num_queries(8):
        call_command("check_files", "--put-away")
    assert "ตรวจ 1,000 แถว 1,000 ไฟล์" in capsys.readouterr().out
    lost = [made[number] for number in (0, 500, 999)]
    for row in lost:
        (folder / row.stored_name).unlink()
    strays = [f"{uuid.uuid4()}.pdf" for _ in range(5)] + [f".{uuid.uuid4()}.pdf.part"]
    for name in strays:
        (folder / name).write_bytes(b"stray")
        os.utime(folder / name, (time.time() - 7200,) * 2)
    (folder / "being-written.pdf").write_bytes(b"new")
    with pytest.raises(CommandError):
        call_command("check_files", "--put-away")
    told = capsys.readouterr()
    assert sorted(line.split()[2] for line in told.err.splitlines()) == sorted(
        str(row.pk) for row in lost
    )
    assert "ย้ายออก 6 ไฟล์" in told.out
    assert {entry.name for entry in (folder / "put-away").iterdir()} == set(strays)
    assert len([entry for entry in folder.iterdir() if entry.is_file()]) == 998


def test_content_that_was_changed_is_found(w, media, capsys):
    """Wrong if somebody who can write to the disk could change what was attached unseen."""
    good, bad = attached(w, build.project(w)), attached(w, w.organisation, document="photo")
    call_command("check_files", "--hashes")
    with (media / "attachments" / bad.stored_name).open("r+b") as stream:
        stream.write(b"%PDX-")
    with pytest.raises(CommandError):
        call_command("check_files", "--hashes")
    told = capsys.readouterr().err
    assert str(bad.pk) in told
    assert str(good.pk) not in told


# One start of Django for all of them: each upload runs in a child that is killed in the middle.
KILLED = """
import io, os, signal, sys, time, datetime as dt
database, media, actor, project, source = sys.argv[1:]
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = database
settings.MEDIA_ROOT = media
django.setup()
from codi.accounts.models import User
from codi.files import services
from programs.models import Project
template = open(source, "rb").read()

def upload_for_ever(start):
    person, subject = User.objects.get(pk=actor), Project.objects.get(pk=project)
    for number in range(start, start + 10_000):
        content = io.BytesIO(template.replace(b"COUNT", b"%05d" % number))
        services.attach(actor=person, subject=subject, now=dt.datetime.now(dt.UTC),
            upload=services.Upload(content, "a.pdf"))

for number, pause in enumerate((0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0, 1.15)):
    child = os.fork()
    if not child:
        upload_for_ever(number * 10_000)
    time.sleep(pause)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
"""


@pytest.mark.django_db(transaction=True)
def test_killed_uploads_leave_no_row_without_its_file(w, media, tmp_path, settings):
    """Wrong if a process killed at any moment left a row without content, or strays nobody finds."""
    project = build.project(w)
    source = tmp_path / "source.pdf"
    source.write_bytes(samples.bare_pdf("/Marker (COUNT)"))
    given = (settings.DATABASES["default"]["NAME"], media, w.officer.pk, project.pk, source)
    subprocess.run(
        [sys.executable, "-c", KILLED, *map(str, given)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "codi.settings.test"},
        cwd=settings.BASE_DIR,
        check=True,
    )
    found = reconciling.compare(now=timezone.now() + dt.timedelta(hours=2), hashes=True)
    assert found.is_whole
    assert found.row_count > 0
    reconciling.put_away(found.orphans)
    again = reconciling.compare(now=timezone.now() + dt.timedelta(hours=2))
    assert (again.row_count * 2, again.orphans) == (again.file_count, [])


@pytest.fixture(scope="module")
def bucket_address() -> Iterator[str]:
    """A server that speaks S3, on this machine alone."""
    import boto3

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _host, port = server.get_host_and_port()
    boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id="key",
        aws_secret_access_key="secret/with+signs",
        region_name="us-east-1",
    ).create_bucket(Bucket="codi-files")
    yield f"s3://key:secret%2Fwith%2Bsigns@127.0.0.1:{port}/codi-files?tls=no"
    server.stop()


@pytest.fixture
def bucket(bucket_address: str, settings) -> Iterator[str]:
    """The store of this test, emptied afterwards."""
    settings.ATTACHMENTS_URL = bucket_address
    yield bucket_address
    for found in list(store().files()):
        store().delete(found.name)


def test_one_setting_keeps_everything_in_a_bucket(w, media, bucket, capsys):
    """Wrong if a bucket took, sent, compared or purged files in another way than a folder."""
    project = build.project(w)
    file = attached(w, project)
    assert names_in(media) == set()
    assert {found.name for found in store().files()} == set(file.stored_names)
    client = client_of(w.officer)
    answer = client.get(content_url(file))
    assert body(answer)[:5] == b"%PDF-"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/files/project/{file.pk}/preview/").status_code == 200
    call_command("check_files", "--hashes")
    assert "ตรวจ 1 แถว 2 ไฟล์" in capsys.readouterr().out
    services.remove(actor=w.officer, attachment=file, reason="ผิด", now=NOW)
    assert services.purge(now=NOW + dt.timedelta(days=30)) == 1
    assert list(store().files()) == []


def test_a_stray_object_is_put_away_and_a_lost_one_is_told(w, bucket):
    """Wrong if the bucket filled with what no row knows, or a lost object ended in an error page."""
    file = attached(w, build.project(w))
    store().put("stray.pdf", Path(__file__))
    later = timezone.now() + dt.timedelta(hours=2)
    found = reconciling.compare(now=later)
    assert [one.name for one in found.orphans] == ["stray.pdf"]
    assert found.is_whole
    assert reconciling.put_away(found.orphans) == 1
    assert reconciling.compare(now=later).orphans == []
    store().delete(file.stored_name)
    assert [row.pk for row in reconciling.compare(now=later).missing] == [file.pk]
    assert client_of(w.officer).get(content_url(file)).status_code == 404


def test_a_bucket_out_of_reach_refuses_with_words(w, settings):
    """Wrong if a store that is down ended in an error page or a row without content."""
    settings.ATTACHMENTS_URL = "s3://key:secret@127.0.0.1:9/codi-files?tls=no"
    with pytest.raises(Refused) as caught:
        attached(w, build.project(w))
    assert caught.value.code == "files-store"
    assert not ProjectFile.objects.exists()


def test_a_signed_address_works_for_five_minutes_at_most(w, bucket, settings):
    """Wrong if an address outlived the rights of whoever asked, or was given without them."""
    import urllib.request
    from urllib.parse import parse_qs, urlsplit

    settings.ATTACHMENTS_SIGNED_SECONDS = 86_400
    file = attached(w, build.project(w), name="ผล.pdf")
    answer = client_of(w.officer).get(content_url(file))
    assert answer.status_code == 302
    assert answer["Cache-Control"] == "private, no-store"
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert int(query["X-Amz-Expires"][0]) == 300
    assert query["response-content-disposition"][0].startswith("attachment; ")
    with urllib.request.urlopen(answer["Location"]) as fetched:
        assert fetched.read(5) == b"%PDF-"
    shown = client_of(w.officer).get(content_url(file, "?inline=1"))
    assert (shown.status_code, shown["Content-Disposition"][:6]) == (200, "inline")
    build.region("NE", "ภาคตะวันออกเฉียงเหนือ", 2)
    stranger = client_of(build.user("regional_officer", region=build.region("NE")))
    assert stranger.get(content_url(file)).status_code == 404


@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_one_content_under_many_names(place, media, tmp_path, request):
    """Wrong if a name lacked the content, a second try failed, or taking one off took the others."""
    if place == "bucket":
        request.getfixturevalue("bucket")
    source = tmp_path / "source"
    source.write_bytes(b"%PDF- the same")
    names = ["a.pdf", "b.pdf", "c.pdf"]
    store().put_copies([], source)
    for _ in range(2):
        store().put_copies(names, source)
    store().delete("a.pdf")
    assert {found.name for found in store().files()} == {"b.pdf", "c.pdf"}
    with store().open("c.pdf") as content:
        assert content.read() == b"%PDF- the same"
