"""The drill: a backup of a working product, a new server, and everything there again.

Whether the content is the same is asked of PostgreSQL itself, table by table, and not of our own
manifest; whether the product lives is asked by logging in, and by using it while its database is
restarted.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
import tarfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings as given
from django.db import connection
from django.utils import timezone

from codi.api.models import Reach
from codi.api.services import create_token
from codi.backup import attachments
from codi.backup.manifest import Manifest, hash_of
from codi.backup.programs import BackupError, unseal
from codi.backup.restoring import restore
from codi.backup.taking import take
from codi.embedded import APP, DATABASE, OWNER, ensure, stop
from codi.files.store import store
from codi.health.checks import FRESH_S
from codi.jobs import services as jobs
from codi.notices.models import Mail
from codi.settings.database import socket_url
from programs.models import Project
from reports.services.rendering_jobs import RENDER
from tests import north
from tests import world as build
from tests.backup.conftest import asking
from tests.files.conftest import attached

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
PORT = 8749
SOON_S = 5.0
LATENCIES = "django_http_requests_latency_seconds_by_view_method_count"
DIGEST = "SELECT count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM {} t"


@pytest.fixture
def files(tmp_path: Path, settings: Any) -> Path:
    """Ten files as uploads and results lie, one half-written."""
    settings.MEDIA_ROOT, settings.ATTACHMENTS_URL = tmp_path / "media", ""
    for number in range(10):
        folder = settings.MEDIA_ROOT / ("jobs" if number % 2 else "imports")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.bin").write_bytes(os.urandom(5000))
    passing = settings.MEDIA_ROOT / "jobs" / "tmp" / "run"
    passing.mkdir(parents=True)
    (passing / "half.pdf").write_bytes(b"half")
    return settings.MEDIA_ROOT


@pytest.fixture
def buckets(bucket_address: str, settings: Any) -> Iterator[tuple[str, str]]:
    """Two empty places of one server that speaks S3."""
    both = (bucket_address, bucket_address.replace("/codi-files", "/codi-restored"))
    settings.ATTACHMENTS_URL = both[1]
    store()._storage.bucket.create()  # type: ignore[attr-defined]
    settings.ATTACHMENTS_URL = ""
    yield both
    for settings.ATTACHMENTS_URL in both:
        for found in list(store().files()):
            store().delete(found.name)


def environment(root: Path, media: Path, user: str) -> dict[str, str]:
    """What a process of the restored product is told."""
    socket = str(ensure(root))
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.backup.drill_settings",
        "DATABASE_URL": socket_url(user=APP, folder=socket, name=DATABASE),
        "DATABASE_OWNER_URL": socket_url(user=user, folder=socket, name=DATABASE),
        "MEDIA_ROOT": str(media),
    }


def manage(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        env=env,
        cwd=given.BASE_DIR,
        capture_output=True,
        text=True,
    )


def contents(session: Any) -> dict[str, tuple[int, str]]:
    """Count and digest of all rows of every table, by PostgreSQL itself."""
    found = {}
    with session.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(DIGEST.format(f'"{table}"'))
            found[table] = cursor.fetchone()
    return found


@contextmanager
def served(env: dict[str, str]) -> Iterator[str]:
    """The restored product, in a web server of its own."""
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "codi.wsgi",
            "--workers",
            "2",
            "--threads",
            "4",
            "--bind",
            f"127.0.0.1:{PORT}",
        ],
        env={**env, "PROMETHEUS_MULTIPROC_DIR": f"{env['MEDIA_ROOT']}-counters"},
        cwd=given.BASE_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{PORT}"
    try:
        for _ in range(600):
            with suppress(OSError):
                urllib.request.urlopen(f"{address}/health/live", timeout=2)
                break
            time.sleep(0.05)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def status_of(visitor: urllib.request.OpenerDirector, address: str) -> tuple[int, str]:
    """Status and text of an address, errors as well."""
    try:
        with visitor.open(address, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def log_in(address: str, username: str) -> urllib.request.OpenerDirector:
    """A visitor who went through the login page."""
    visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = visitor.open(f"{address}/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    form = {"username": username, "password": "ทดสอบ-รหัสผ่าน-1", "csrfmiddlewaretoken": token[1]}
    answer = visitor.open(f"{address}/login/", urllib.parse.urlencode(form).encode())
    assert urllib.parse.urlsplit(answer.url).path == "/"
    return visitor


# What a restore puts to rest is told by test_settling.py; migrate makes content types anew.
SETTLED = {
    "django_session", "api_apitoken", "api_apitokenevent", "jobs_job", "notices_mail", "notices_notice",
    "pghistory_context", "auth_permission", "django_content_type",
}  # fmt: skip


def in_the_making(w: build.World) -> None:
    """A living token, a mail and a job that wait, and two files of a record in the bucket."""
    now = timezone.now()
    today = timezone.localdate(now)
    create_token(
        actor=w.officer, name="งาน", reach=Reach.READ, now=now, today=today,
        expires_on=today + dt.timedelta(days=30),
    )  # fmt: skip
    Mail.objects.create(recipient=w.officer, created_at=now, due_at=now)
    jobs.request(RENDER, key="waits", payload={}, requested_by=w.officer)
    attached(w, Project.objects.order_by("pk")[0])


@pytest.mark.django_db(transaction=True)
def test_everything_is_there_again_on_a_new_server(
    files: Path, cluster: Path, tmp_path: Path, buckets: tuple[str, str], settings: Any
):
    """Wrong if a backup lost a row, a satang, a file, a trigger or a right, or nobody could log in."""
    w = build.world()
    north.load(w)
    settings.ATTACHMENTS_URL, other_bucket = buckets
    in_the_making(w)
    made = take(tmp_path / "backups", now=NOW)
    assert made.name == "codi-20261121T090000Z"
    manifest = Manifest.read(made)
    assert (len(manifest.files), manifest.attachment_count) == (12, 2)
    assert manifest.sums_baht["finance_ledgerentry.amount_baht"] == "15635880.00"
    media = tmp_path / "restored"
    env = environment(cluster, media, OWNER) | {"ATTACHMENTS_URL": other_bucket}
    with asking(ensure(cluster), DATABASE) as ask:  # as a later day left it: she was disabled
        ask("CREATE TABLE accounts_user (username text, password text, is_active bool)")
        ask("INSERT INTO accounts_user VALUES (%s, '', false)", w.officer.username)
    done = manage("restore", str(made), "--force", env=env)
    assert done.returncode == 0, done.stderr
    assert f"ให้ระงับใหม่ก่อนเปิดให้ใช้งาน: {w.officer.username}\n" in done.stdout
    assert re.match(
        r"restored \d+ rows and 12 files; database [\d.]+ s files [\d.]+ s\n"
        r"ยกเลิกโทเคน API 1 รายการ .* พักอีเมล 1 ฉบับ หยุดงานเบื้องหลัง 1 งาน\n"
        r"ตรวจก่อนเปิดให้ใช้งาน\n- ข้อมูลเป็นของเวลา 21 พฤศจิกายน 2569 16:00 น\.",
        done.stdout,
    )
    _same_content_and_rights(cluster)
    assert {
        path.relative_to(media).as_posix(): hash_of(path)
        for path in media.rglob("*")
        if path.is_file()
    } == {name: kept for name, kept in manifest.files.items() if "attachments" not in name}
    was = contents_of_store()
    settings.ATTACHMENTS_URL = other_bucket
    assert contents_of_store() == was
    assert len(was) == 2

    with served(environment(cluster, media, APP)) as address:
        visitor = log_in(address, w.officer.username)
        assert status_of(visitor, f"{address}/projects/")[0] == 200
        served_count = 1 + _restart_under_load(visitor, address, cluster)
        # The web processes count together, before the restart and after it.
        counted = status_of(urllib.request.build_opener(), f"{address}/metrics")[1]
        told = re.search(rf'{LATENCIES}{{method="GET",view="finance:projects"}} (\d+)', counted)
        assert told
        assert int(told[1]) >= served_count
        assert 'codi_jobs{state="queued"} 0.0' in counted


def contents_of_store() -> dict[str, bytes]:
    """Every attached file of the store that the settings name."""
    found = {}
    for file in store().files():
        with closing(store().open(file.name)) as content:
            found[file.name] = content.read()
    return found


def _same_content_and_rights(cluster: Path) -> None:
    """The new server holds what the old one does, with its triggers and the rights of the roles."""
    restored = psycopg2.connect(host=str(ensure(cluster)), user=OWNER, dbname=DATABASE)
    restored.autocommit = True
    was, now = contents(connection), contents(restored)
    assert now["programs_project"][0] == 18
    assert was["django_session"][0] >= now["django_session"][0] == 0
    assert {name: rows for name, rows in now.items() if name not in SETTLED} == {
        name: rows for name, rows in was.items() if name not in SETTLED
    }
    with restored.cursor() as cursor, pytest.raises(psycopg2.Error, match="Cannot update"):
        cursor.execute("UPDATE programs_projectevent SET title = 'x'")
    with restored.cursor() as cursor, pytest.raises(psycopg2.Error):
        cursor.execute("UPDATE finance_ledgerentry SET amount_baht = 1")
    restored.close()
    app = psycopg2.connect(host=str(ensure(cluster)), user=APP, dbname=DATABASE)
    for statement in ("DELETE FROM finance_ledgerentry", "TRUNCATE programs_projectevent"):
        with app.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(statement)
        app.rollback()
    app.close()


def _restart_under_load(visitor: urllib.request.OpenerDirector, address: str, cluster: Path) -> int:
    """300 requests over a restart of the database: served or honestly refused, and soon well again.

    Returns how often the list of projects was served.
    """
    answers: list[tuple[float, str, int, str]] = []
    left = iter(range(300))
    pages = ("/projects/", "/committees/", "/notices/", "/bin/", "/me/")

    def ask() -> None:
        for number in left:
            page = pages[number % len(pages)]
            status, text = status_of(visitor, f"{address}{page}")
            answers.append((time.monotonic(), page, status, text))
            if status != 200:
                time.sleep(0.1)  # a person who is told to wait does

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    while len(answers) < 40:
        time.sleep(0.01)
    stop(cluster)
    probe = urllib.request.build_opener()
    assert status_of(probe, f"{address}/health/live") == (200, "alive\n")
    dead_at = time.monotonic()
    while status_of(probe, f"{address}/health/ready")[0] != 503:
        assert time.monotonic() - dead_at < FRESH_S + SOON_S
    ensure(cluster)
    up_at = time.monotonic()
    for thread in threads:
        thread.join()
    after = [status_of(visitor, f"{address}/projects/")[0] for _ in range(20)]
    assert after == [200] * 20
    refused = [found for found in answers if found[2] != 200]
    assert {status for _, _, status, _ in refused} == {503}
    assert max(at for at, *_ in refused) - up_at < SOON_S
    assert any(at > up_at and status == 200 for at, _, status, _ in answers)
    for _, _, _, text in refused:
        assert re.search(r"รหัสอ้างอิง 503-[0-9A-F]{8}", text)
        assert "Traceback" not in text
    return 20 + sum(page == "/projects/" and status == 200 for _, page, status, _ in answers)


@pytest.mark.django_db
def test_a_backup_that_was_sealed_or_changed(files: Path, tmp_path: Path):
    """Wrong if a stolen backup could be read, a wrong key were a fault, or a changed byte came in."""
    key, wrong = tmp_path / "key", tmp_path / "wrong"
    key.write_text("คำผ่านของการสำรอง")
    wrong.write_text("อีกคำหนึ่ง")
    made = take(tmp_path / "backups", now=NOW, passphrase_file=key)
    assert sorted(path.name for path in made.iterdir()) == [
        "database.dump.gpg", "manifest.json", "media.tar.gpg",
    ]  # fmt: skip
    assert b"accounts_user" not in (made / "database.dump.gpg").read_bytes()
    plain = unseal(made / "database.dump.gpg", key, tmp_path)
    assert b"accounts_user" in plain.read_bytes()  # the control
    with pytest.raises(BackupError, match="encrypted"):
        restore(made, force=True)
    with pytest.raises(BackupError, match="gpg failed"):
        restore(made, force=True, passphrase_file=wrong)
    with pytest.raises(BackupError, match="not empty"):
        restore(made, force=False, passphrase_file=key)
    part = made / "media.tar.gpg"
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    with pytest.raises(BackupError, match="changed since"):
        restore(made, force=True, passphrase_file=key)
    part.unlink()
    with pytest.raises(BackupError, match="not a whole backup"):
        restore(made, force=True, passphrase_file=key)


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["no passphrase", "no bucket"])
def test_a_backup_that_is_cut_off_leaves_nothing_that_looks_like_one(
    files: Path, tmp_path: Path, settings: Any, fault: str, monkeypatch: Any
):
    """Wrong if half a backup, or one without its attached files, could be taken for a whole one."""
    unreadable = files / "imports" / "link.bin"
    unreadable.symlink_to(tmp_path)
    missing = tmp_path / "missing" if fault == "no passphrase" else None
    words = "passphrase"
    if fault == "no bucket":
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        settings.ATTACHMENTS_URL = "s3://key:secret@127.0.0.1:9/codi-files?tls=no"
        words = "อ่านไฟล์แนบจากถังเก็บ S3 .* ไม่สำเร็จ"
    with pytest.raises(BackupError, match=words):
        take(tmp_path / "backups", now=NOW, passphrase_file=missing)
    assert list((tmp_path / "backups").iterdir()) == []


@pytest.mark.django_db
def test_files_of_a_bucket_are_left_out_only_when_somebody_says_so(
    files: Path, tmp_path: Path, buckets: tuple[str, str], settings: Any
):
    """Wrong if a bucket with a backup of its own were copied again, or left out without a word."""
    settings.ATTACHMENTS_URL = buckets[0]
    store().put("a.pdf", files / "imports" / "0.bin")
    made = take(tmp_path / "backups", now=NOW, attachments_elsewhere=True)
    manifest = Manifest.read(made)
    assert (manifest.attachment_count, manifest.attachments_elsewhere_count) == (0, 1)
    assert len(manifest.files) == 10
    assert attachments.is_one("attachments/a.pdf")
    assert not attachments.is_one("attachments/put-away/a.pdf")


@pytest.mark.django_db
def test_files_of_a_bucket_come_back_into_a_folder(
    files: Path, tmp_path: Path, buckets: tuple[str, str], settings: Any
):
    """Wrong if who leaves a bucket could not restore without it, or a large file were held in memory."""
    settings.ATTACHMENTS_URL = buckets[0]
    big = tmp_path / "big"
    big.write_bytes(os.urandom(3 * attachments.BLOCK + 1))
    store().put("big.pdf", big)
    with tarfile.open(tmp_path / "media.tar", "w") as archive:
        hashes = attachments.pack(archive)
    assert hashes == {"attachments/big.pdf": hash_of(big)}
    with tarfile.open(tmp_path / "media.tar") as archive:
        archive.extractall(tmp_path / "folder", filter="data")
    assert hash_of(tmp_path / "folder" / "attachments" / "big.pdf") == hash_of(big)
    with pytest.raises(BackupError, match="ไม่ว่าง"):
        attachments.refuse_full()
