"""Attacks on editions: at the same moment, behind the back of an issued one, and with hostile text."""

from __future__ import annotations

import base64
import datetime as dt
import io
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from codi.errors import Refused
from codi.jobs.models import Job
from codi.places.models import Region
from finance import services as finance
from finance.models import LedgerEntry
from programs.models import Organisation, ProgrammeTarget, Project
from reports import services
from reports.changes import Reason
from reports.content import of_edition
from reports.models import Edition, EditionFile, EditionGrid, EditionState
from reports.rendering import html_of, pdf_of
from reports.sheets import json_of
from tests import world as build
from tests.reports.conftest import AUGUST, MAY, NOW, TODAY, approved, draft, frozen, issued

BY_LEVEL = "projects.disbursement_by_level"
CLIENTS = 6


@pytest.fixture
def w(db: Any) -> build.World:
    """One project of a million baht, 700,000 paid."""
    world = build.world()
    project = build.project(world, plan=(700_000, 300_000))
    build.pay(world, project.instalments.get(number=1), 700_000)
    return world


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """What each client got, all acting at the same moment on connections of their own."""
    gate = threading.Barrier(CLIENTS)

    def client(number: int) -> Any:
        try:
            connection.ensure_connection()
            gate.wait(timeout=30)
            return act(number)
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(client, range(CLIENTS)))


@pytest.mark.concurrency
@pytest.mark.usefixtures("patient")
@pytest.mark.django_db(transaction=True)
def test_six_issues_at_once_freeze_one(w):
    """Wrong if a draft were frozen twice, with doubled tables or two jobs for its files."""
    edition = approved(w)

    def act(_: int) -> Edition:
        return services.issue(actor=w.manager, edition=Edition.objects.get(pk=edition.pk), now=NOW)

    told = at_once(act)
    assert sum(isinstance(answer, Edition) for answer in told) == 1
    assert sum(isinstance(answer, Refused) for answer in told) == CLIENTS - 1
    assert EditionGrid.objects.count() == 6
    assert Job.objects.filter(payload__issue=True).count() == 1


@pytest.mark.concurrency
@pytest.mark.usefixtures("patient")
@pytest.mark.django_db(transaction=True)
def test_six_deliveries_at_once_store_one_set_of_files(w):
    """Wrong if two workers that made the same files stored two sets, or mixed them."""
    edition = frozen(w)

    def act(number: int) -> Edition:
        files = {"pdf": b"p%d" % number, "xlsx": b"x%d" % number}
        return services.complete_issue(
            edition=Edition.objects.get(pk=edition.pk), files=files, now=NOW
        )

    assert {answer.state for answer in at_once(act)} == {EditionState.ISSUED}
    stored = {file.kind: bytes(file.content) for file in EditionFile.objects.all()}
    assert set(stored) == {"pdf", "xlsx"}
    assert stored["pdf"][1:] == stored["xlsx"][1:]


@pytest.mark.concurrency
@pytest.mark.usefixtures("patient")
@pytest.mark.django_db(transaction=True)
def test_issue_and_send_back_at_once_leave_one_of_them(w):
    """Wrong if an edition were sent back and frozen in one moment."""
    edition = approved(w)

    def act(number: int) -> Edition:
        read = Edition.objects.get(pk=edition.pk)
        if number % 2:
            return services.issue(actor=w.manager, edition=read, now=NOW)
        return services.send_back(actor=w.manager, edition=read, reason="แก้", now=NOW)

    told = at_once(act)
    assert sum(isinstance(answer, Edition) for answer in told) == 1
    edition.refresh_from_db()
    is_frozen = edition.state == EditionState.ISSUING
    assert EditionGrid.objects.exists() is is_frozen
    assert Job.objects.filter(payload__issue=True).exists() is is_frozen


# What differs between two answers of the same page: the token of its forms.
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"|hx-headers=\'[^\']+\'|nonce="[^"]+"')


def everything_shown(client: Client, edition: Edition) -> dict[str, bytes]:
    """Page, files, chart and JSON of an edition as bytes."""
    addresses = {
        "page": reverse("reports:detail", args=[edition.pk]),
        "pdf": reverse("reports:file", args=[edition.pk, "pdf"]),
        "xlsx": reverse("reports:file", args=[edition.pk, "xlsx"]),
        "chart": reverse("reports:chart", args=[edition.pk, "projects.disbursement_by_province"])
        + "?as_of=2021-08-05",
    }
    shown = {}
    for name, address in addresses.items():
        answer = client.get(address)
        assert answer.status_code == 200, name
        body = b"".join(answer) if answer.streaming else answer.content
        shown[name] = TOKEN.sub(b"", body)
    content = of_edition(Edition.objects.get(pk=edition.pk), today=TODAY)
    return {**shown, "json": json_of(content).encode(), "print": html_of(content).encode()}


def test_an_issued_edition_knows_nothing_of_later_names(client, w):
    """Wrong if a rename or another target reached an edition that was issued before."""
    ProgrammeTarget.objects.create(
        programme=w.programme, measure="people", target_count=12850, basis="แผน", set_on=MAY
    )
    edition = issued(w, real=True)
    client.force_login(w.analyst)
    before = everything_shown(client, edition)
    Organisation.objects.update(name="องค์กรชื่อใหม่")
    Project.objects.update(title="โครงการชื่อใหม่")
    ProgrammeTarget.objects.update(target_count=1)
    w.programme.name, w.programme.objectives = "โครงการหลักชื่อใหม่", "เป้าหมายใหม่"
    w.programme.save()
    frame = w.frames["province"]
    frame.allocated_baht = 50_000_000
    frame.save()
    Region.objects.filter(pk=edition.region_id).update(name="ภาคชื่อใหม่", short_name="ใหม่")
    after = everything_shown(client, edition)
    assert [name for name in before if before[name] != after[name]] == []


@pytest.fixture
def trap() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that counts what is asked of it."""
    hits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", hits
    server.shutdown()
    server.server_close()


def hostile(http: str) -> list[str]:
    """Markup that would load something, attach a file, or hide what follows."""
    nested = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{http}/n.png"/></svg>'
    return [
        f'ก<img src="{http}/a.png">',
        f'ข<link rel=attachment href="file:///etc/hostname"><link rel=stylesheet href="{http}/b.css">',
        f"ค</th></td></table><style>@import url({http}/c.css);*{{display:none}}</style>",
        f'ง"><a href="{http}/d" rel=attachment>ท่านได้รับเงิน</a><base href="{http}/">',
        f'จ<img src="data:image/svg+xml;base64,{base64.b64encode(nested.encode()).decode()}">',
        "ฉ<!-- ๑๒๓ {{ facts }} {% include 'x' %} --> &amp; ]]>",
    ]


def test_hostile_text_is_printed_as_text_and_loads_nothing(w, trap, settings):
    """Wrong if a title, an organisation or a staff text became part of the printed document."""
    http, hits = trap
    marks = hostile(http)
    w.programme.name = f"โครงการหลัก {marks[0]}"[:200]
    w.programme.save()
    w.organisation.name = marks[3]
    w.organisation.save()
    project = build.project(w, title=marks[2], plan=(1_000,))
    build.pay(w, project.instalments.get(number=1), 1_000)
    edition = draft(w)
    for slot, text in zip(
        ("approach", "results", "problems", "suggestions"),
        (marks[0], marks[1], f"1. {marks[4]}", f"{marks[5]}\n\n{marks[2]}"),
        strict=True,
    ):
        services.update_text(actor=w.officer, edition=edition, slot=slot, text=text)
    edition = issued(w, edition, real=True)
    pdf = PdfReader(io.BytesIO(bytes(edition.files.get(kind="pdf").content)))
    text = re.sub(r"\s+", "", "".join(page.extract_text() for page in pdf.pages))
    for mark in (*marks[:4], marks[5]):
        assert re.sub(r"\s+", "", mark) in text, mark
    assert hits == []
    assert not pdf.attachments
    links = [
        note.get_object()["/A"]["/URI"]
        for page in pdf.pages
        for note in page.get("/Annots", ())
        if "/URI" in note.get_object().get("/A", {})
    ]
    assert links
    assert {link.startswith(settings.SITE_URL.rstrip("/") + "/reports/") for link in links} == {
        True
    }


@pytest.mark.parametrize("bring", [draft, approved, frozen])
def test_only_an_issued_edition_is_replaced(w, bring):
    """Wrong if a draft got a second edition in its place, or a frozen one before its files."""
    edition = bring(w)
    with pytest.raises(Refused):
        replaced(w, edition)
    assert Edition.objects.count() == 1


def replaced(w: build.World, edition: Edition, **facts: Any) -> Edition:
    """A draft in place of an edition."""
    facts.setdefault("actor", w.officer)
    return services.replace_edition(
        edition=edition,
        as_of_dates=(MAY, AUGUST),
        request_key=uuid.uuid4(),
        now=NOW,
        today=TODAY,
        **facts,
    )


def test_the_new_edition_names_every_table_that_moved(w):
    """Wrong if the print of a new edition left a moved table out, or the old edition moved too."""
    first = issued(w, draft(w, MAY), real=True)
    kept = bytes(first.files.get(kind="pdf").content)
    entry = LedgerEntry.objects.get()
    finance.reverse_entry(
        actor=w.finance,
        entry=entry,
        effective_on=entry.effective_on,
        note="ผิดโครงการ",
        request_key=uuid.uuid4(),
        today=TODAY,
    )
    build.pay(w, entry.instalment, 100_000, on=dt.date(2021, 7, 7))
    second = frozen(w, replaced(w, first))
    changes = second.facts["edition"]["changes"]
    # July's payment is no reason for what a table of May says.
    assert {m["why"] for m in changes if m["as_of"] == "2021-05-31"} == {Reason.CORRECTION.value}
    shown = html_of(of_edition(second, today=TODAY))
    section = shown[shown.index('id="changes"') : shown.index('id="checks"')]
    tables = {move["table"] for move in changes}
    assert len(tables) > 3
    assert [title for title in tables if title not in section] == []
    assert f"{len(changes)} ช่อง ใน" in section
    first.refresh_from_db()
    assert first.state == EditionState.ISSUED
    assert (
        bytes(first.files.get(kind="pdf").content)
        == kept
        == pdf_of(of_edition(first, today=TODAY)).pdf
    )


def test_a_replaced_edition_says_so_and_is_replaced_once(client, w):
    """Wrong if readers of an old edition were not led to the new one, or two took its place."""
    first = issued(w)
    other = replaced(w, first)
    second = issued(w, replaced(w, first))
    client.force_login(w.analyst)
    page = client.get(reverse("reports:detail", args=[first.pk])).content.decode()
    assert "มีฉบับที่ 3 ออกแทนแล้ว" in page
    assert reverse("reports:detail", args=[second.pk]) in page
    with pytest.raises(Refused, match="มีฉบับที่ 3 ออกแทนแล้ว"):
        replaced(w, first)
    with pytest.raises(Refused, match="มีฉบับที่ 3 ออกแทนแล้ว"):
        services.issue(actor=w.manager, edition=approved(w, other), now=NOW)
    assert replaced(w, second, actor=w.analyst).replaces == second


def test_the_database_itself_keeps_the_line_of_editions_single(w):
    """Wrong if two replacements that were issued in one moment both took the same place."""
    first = issued(w)
    other = approved(w, replaced(w, first))
    frozen(w, replaced(w, first))
    with (
        pytest.raises(IntegrityError, match="reports_edition_replaced_once"),
        transaction.atomic(),
    ):
        Edition.objects.filter(pk=other.pk).update(
            state="issuing",
            facts={"title": "ก"},
            issued_by=w.manager,
            frozen_at=NOW,
            program_version="1",
            template_version="1",
        )
