"""A failed check blocks the issue unless two people let it pass by name, and that is printed."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from codi.accounts.models import Role
from codi.errors import Refused
from reports import services
from reports.content import of_edition
from reports.models import EditionCheck, EditionState
from reports.rendering import html_of
from tests import world as build
from tests.reports.conftest import MAY, NOW, TODAY, approved, draft

pytestmark = pytest.mark.django_db
CODE = "frame:projects.disbursement_by_level@2021-05-31"


@pytest.fixture
def w() -> build.World:
    """A project approved before its frame was allocated: as of May there is no frame."""
    world = build.world()
    for frame in world.frames.values():
        frame.allocated_on = dt.date(2021, 7, 1)
        frame.save()
    build.project(world)
    return world


def ask(w, edition, until=TODAY, reason="กรอบงบจัดสรรหลังอนุมัติตามหนังสือ พอช. 12/2564"):
    return services.ask_waiver(
        actor=w.officer,
        edition=edition,
        code=CODE,
        reason=reason,
        valid_until=until,
        today=TODAY,
    )


def allow(actor, check):
    return services.allow_waiver(actor=actor, check=check, seen=check.request_fingerprint, now=NOW)


def test_a_failed_check_blocks_the_issue(w):
    """Wrong if an edition with a broken rule went out without a word."""
    edition = approved(w, draft(w, MAY))
    with pytest.raises(Refused) as refused:
        services.issue(actor=w.manager, edition=edition, now=NOW)
    assert refused.value.code == "checks_failed"
    assert "งบที่อนุมัติไม่เกินกรอบงบ" in refused.value.details[0]
    edition.refresh_from_db()
    assert edition.state == EditionState.APPROVED


def test_a_waiver_by_two_people_lets_it_pass_and_is_printed(w):
    """Wrong if a waiver did not help, or was not printed with its names and reason."""
    edition = approved(w, draft(w, MAY))
    check = ask(w, edition)
    allow(w.manager, check)
    edition = services.issue(actor=w.manager, edition=edition, now=NOW)
    printed = html_of(of_edition(edition, today=TODAY))
    assert f"ผ่อนผันโดย {w.manager} ตามคำขอของ {w.officer}" in printed
    assert "หนังสือ พอช. 12/2564" in printed


def test_nobody_allows_the_own_request(w):
    """Wrong if one person could waive a check alone, by service or by SQL."""
    edition = services.submit(actor=w.manager, edition=draft(w, MAY, actor=w.manager), now=NOW)
    check = services.ask_waiver(
        actor=w.manager,
        edition=edition,
        code=CODE,
        reason="เหตุผล",
        valid_until=TODAY,
        today=TODAY,
    )
    with pytest.raises(Refused, match="อนุญาตให้ตนเองไม่ได้"):
        allow(w.manager, check)
    with pytest.raises(IntegrityError, match="reports_check_two_people"):
        EditionCheck.objects.filter(pk=check.pk).update(allowed_by=w.manager, allowed_at=NOW)


def test_a_waiver_ends_with_its_day_and_with_its_failure(w):
    """Wrong if a waiver outlived its day, or covered another failure than the one it was given for."""
    edition = approved(w, draft(w, MAY))
    allow(w.manager, ask(w, edition))
    late = NOW + dt.timedelta(days=2)
    with pytest.raises(Refused, match="รายการตรวจที่ไม่ผ่าน"):
        services.issue(actor=w.manager, edition=edition, now=late)
    build.project(w, baht=5_000, title="อีกโครงการหนึ่ง")
    with pytest.raises(Refused, match="รายการตรวจที่ไม่ผ่าน"):
        services.issue(actor=w.manager, edition=edition, now=NOW)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("reports_check_request_whole", {"reason": "เหตุผล"}),
        ("reports_check_permission_whole", {"allowed_at": NOW}),
        ("reports_check_failure_explained", {"message": " "}),
    ],
)
def test_half_a_waiver_is_no_waiver(w, name, values):
    """Wrong if a waiver could lack its reason, its day or a name."""
    edition = services.submit(actor=w.officer, edition=draft(w, MAY), now=NOW)
    failed = edition.checks.filter(is_ok=False)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        failed.update(**values)


def test_asking_and_allowing_by_page(client, w):
    """Wrong if the pages were broken, skipped the second person, or let pass what nobody read."""
    edition = services.submit(actor=w.officer, edition=draft(w, MAY), now=NOW)
    client.force_login(w.officer)
    address = reverse("reports:ask_waiver", args=[edition.pk])
    assert "งบที่อนุมัติไม่เกินกรอบงบ" in client.get(f"{address}?code={CODE}").content.decode()
    answer = client.post(address, {"code": CODE, "reason": "เหตุผล", "valid_until": "31/12/2599"})
    assert answer.status_code == 302
    check = edition.checks.get(code=CODE)
    allow = reverse("reports:allow_waiver", args=[check.pk])
    assert client.get(allow).status_code == 403
    client.force_login(build.user(Role.EXECUTIVE))
    assert (
        "พิจารณาอนุญาต" in client.get(reverse("reports:detail", args=[edition.pk])).content.decode()
    )
    form = client.get(allow).context["form"]
    again = {"code": CODE, "valid_until": dt.date(2030, 1, 1), "today": TODAY}
    services.ask_waiver(actor=w.officer, edition=edition, reason="คำอื่นที่ไม่มีใครอ่าน", **again)
    told = client.post(allow, sent(form), follow=True).content.decode()
    check.refresh_from_db()
    assert check.allowed_by is None
    assert "คำขอผ่อนผันนี้เปลี่ยนไปหลังจากที่ท่านเปิดดู" in told
    assert "คำอื่นที่ไม่มีใครอ่าน" in told
    # The control: nothing else stood in the way.
    answer = client.post(allow, sent(client.get(allow).context["form"]))
    assert answer.url == reverse("reports:detail", args=[edition.pk])
    check.refresh_from_db()
    assert check.allowed_by is not None


def sent(form):
    """What a browser sends of a form of hidden fields."""
    return {"one_time_key": uuid.uuid4(), "fingerprint": form["fingerprint"].value()}
