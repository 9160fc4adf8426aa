"""Long exports as jobs: what the person sees, one at a time, for nobody else."""

from __future__ import annotations

import io
import uuid
from typing import Any

import openpyxl
import pytest
from django.test import Client

from codi.accounts.models import ScopeLevel, User
from codi.errors import Refused
from codi.jobs import exports, runner
from codi.jobs.models import Job, State
from codi.jobs.permissions import can_download

pytestmark = pytest.mark.django_db
LIST = "/organisations/"


@pytest.fixture
def rows(north: Any, south: Any) -> None:
    from programs.models import Organisation, OrganisationKind

    for region, names in ((north, ("ก", "ข", "ค")), (south, ("ใต้",))):
        for name in names:
            Organisation.objects.create(
                name=f"องค์กร {name}", kind=OrganisationKind.NETWORK, region=region
            )


def ask(person: User, address: str = LIST, key: str = "") -> Job:
    return exports.request_export(address=address, key=key or uuid.uuid4().hex, actor=person)


def done(job: Job) -> Job:
    runner.run(job.pk, worker="w")
    job.refresh_from_db()
    assert job.state == State.DONE, job.failure
    return job


def names(job: Job) -> list[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(job.file.read_bytes()))["ข้อมูล"]
    return [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_the_file_holds_what_the_page_shows_this_person(officer: User, rows: None) -> None:
    """Wrong if a job saw more than its person, forgot the filter, or turned the order."""
    job = done(ask(officer, f"{LIST}?sort=-name"))
    assert names(job) == ["องค์กร ค", "องค์กร ข", "องค์กร ก"]
    assert job.percent == 100
    assert job.file_name.endswith(".xlsx")
    assert "องค์กร" in job.title
    assert names(done(ask(officer, f"{LIST}?q=%E0%B8%82"))) == ["องค์กร ข"]


def test_rights_are_those_of_the_moment_of_writing(officer: User, south: Any, rows: None) -> None:
    """Wrong if somebody moved to another region still got the rows of the old one."""
    job = ask(officer)
    User.objects.filter(pk=officer.pk).update(region=south)
    assert names(done(job)) == ["องค์กร ใต้"]


def test_one_at_a_time_and_a_double_click_is_one(officer: User, manager: User, rows: None) -> None:
    """Wrong if one person filled the queue, or two clicks made two files."""
    job = ask(officer, key="a")
    assert ask(officer, key="a").pk == job.pk
    with pytest.raises(Refused) as caught:
        ask(officer, key="b")
    assert caught.value.code == "export-one-at-a-time"
    assert "กรุณารอให้เสร็จ" in caught.value.message
    assert ask(manager, key="c").pk != job.pk
    done(job)
    assert ask(officer, key="b").pk != job.pk


@pytest.mark.parametrize(
    "address",
    ["", "/", "/nowhere/", "/jobs/export/", "https://evil.example/organisations/", "//evil/x"],
)
def test_only_a_list_of_ours_can_be_asked_for(officer: User, address: str) -> None:
    """Wrong if the worker opened what is no list, or an address of somebody else."""
    with pytest.raises(Refused) as caught:
        ask(officer, address)
    assert caught.value.code == exports.NO_LIST


def test_a_list_out_of_right_is_refused(officer: User, client: Client) -> None:
    """Wrong if the job were a way round the rights of the page."""
    with pytest.raises(Refused):
        ask(officer, "/users/")
    client.force_login(officer)
    answer = client.post("/jobs/export/", {"address": "/users/", "one_time_key": "k"})
    assert answer.status_code == 403


def test_the_file_is_for_who_asked_and_as_long_as_the_rights_stand(
    officer: User, manager: User, analyst: User, rows: None
) -> None:
    """Wrong if a colleague, or the same person with other rights, got the list of somebody."""
    job = done(ask(officer))
    assert can_download(officer, job)
    assert not can_download(manager, job)
    assert not can_download(analyst, job)
    officer.scope_level, officer.role = ScopeLevel.REGION, "regional_manager"
    assert "ส่งออกใหม่" in can_download(officer, job).reason


def test_from_the_button_to_the_page_of_the_job(
    officer: User, client: Client, rows: None, settings: Any
) -> None:
    """Wrong if the button led nowhere, or a refusal were an error page."""
    settings.EXPORT_DIRECT_ROW_COUNT = 2
    client.force_login(officer)
    page = client.get(f"{LIST}?q=%E0%B8%AD%E0%B8%87")
    form = {"address": page.context["list_address"], "one_time_key": page.context["export_key"]}
    answer = client.post("/jobs/export/", form)
    job = Job.objects.get()
    assert answer.url == f"/jobs/{job.pk}/"  # type: ignore[attr-defined]
    assert job.payload["address"] == f"{LIST}?q=%E0%B8%AD%E0%B8%87"
    second = client.post("/jobs/export/", form | {"one_time_key": "x"}, follow=True)
    assert second.redirect_chain[0][0] == form["address"]
    assert "กรุณารอให้เสร็จ" in second.content.decode()
    assert client.post("/jobs/export/", {}).url == "/jobs/"  # type: ignore[attr-defined]
