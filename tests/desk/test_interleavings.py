"""Fifty-two ways in which people write one project at once, through every door: nothing is lost.

Each writer opens the project, then all save in some order. A value counts as lost when it is neither
stored at the end nor was shown to the person who wrote over it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from codi.accounts.models import User
from codi.errors import Conflict, Refused
from codi.history.queries import changes_of
from codi.imports import services as imports
from codi.writing import change
from programs import services
from programs.models import Project
from tests import world as build
from tests.api.conftest import Program
from tests.entry.rows import answers, client_of, row

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 8, 13)
FIELDS = ("title", "objectives", "target_people_count")
COLUMNS = {
    "code": "รหัสโครงการ",
    "province": "จังหวัด",
    "title": "ชื่อโครงการ",
    "organisation": "องค์กรที่เสนอ",
    "objectives": "วัตถุประสงค์",
    "target_people_count": "เป้าหมาย (คน)",
}


@pytest.fixture(autouse=True)
def _media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


class Writer:
    """A person who opens a project and later writes one value; ``seen`` is what the door showed."""

    def __init__(self, person: User, project: Project, field: str, value: str) -> None:
        self.person, self.pk = person, project.pk
        self.field, self.value = field, value
        self.seen: list[str] = []

    def stored(self) -> Project:
        return Project.objects.select_related("organisation", "province").get(pk=self.pk)

    def open(self) -> None:
        raise NotImplementedError

    def save(self) -> None:
        raise NotImplementedError


class ByForm(Writer):
    """The page: a conflict is solved field by field, the own value for the own field."""

    def open(self) -> None:
        self.url = reverse("programs:project_edit", args=[self.pk])
        self.client = Client()
        self.client.force_login(self.person)
        form = self.client.get(self.url).context["form"]
        shown = {name: form[name].value() for name in form.fields}
        self.typed = {name: value for name, value in shown.items() if value is not None}

    def save(self) -> None:
        answer = self.client.post(self.url, self.typed | {self.field: self.value})
        while answer.status_code == 409:
            answer = self.client.post(self.url, self._choices(answer))
        assert answer.status_code == 302, answer.text

    def _choices(self, answer: Any) -> dict[str, Any]:
        form, rows = answer.context["form"], answer.context["differences"]
        self.seen += [one.stored for one in rows]
        page = {name: form[name].value() or "" for name in form.fields}
        for one in rows:
            stored = self.stored()
            page[f"pick-{one.name}"] = "mine" if one.name == self.field else "stored"
            page[f"stored-{one.name}"] = str(getattr(stored, one.name) or "")
        return page | {"decide": [one.name for one in rows]}


class ByService(Writer):
    """A program with a version in its hand."""

    def open(self) -> None:
        self.version = self.stored().version

    def save(self) -> None:
        value: Any = int(self.value) if self.field == "target_people_count" else self.value
        while True:
            try:
                services.update_project(
                    actor=self.person,
                    project=self.stored(),
                    expected_version=self.version,
                    **{self.field: value},
                )
            except Conflict as conflict:
                self.seen += [now for _label, now, _wanted in conflict.differences]
                self.version = conflict.record.version
            else:
                return


class ByImport(Writer):
    """A file: shown in its preview, refused when something moved since, shown anew."""

    def open(self) -> None:
        stored = self.stored()
        row = {name: str(getattr(stored, name) or "") for name in COLUMNS}
        row[self.field] = self.value
        text = io.StringIO()
        writer = csv.DictWriter(text, list(COLUMNS.values()))
        writer.writeheader()
        writer.writerow({COLUMNS[name]: value for name, value in row.items()})
        self.batch = imports.upload_file(
            kind="projects",
            content=text.getvalue().encode("utf-8-sig"),
            file_name="a.csv",
            actor=self.person,
            today=TODAY,
        )
        assert self.batch.error_count == 0, self.batch.preview
        self.seen.append(str(getattr(stored, self.field)))

    def save(self) -> None:
        while True:
            try:
                imports.confirm(batch=self.batch, actor=self.person, today=TODAY)
            except Refused as refused:
                if refused.code != "imports-stale":
                    raise
                self.open()
            else:
                return


class ByGrid(Writer):
    """The entry grid: a cell that both changed is asked about, the own value is chosen."""

    def open(self) -> None:
        stored = self.stored()
        self.client = client_of(self.person)
        was = str(getattr(stored, self.field) or "")
        self.sent = row(stored, was={self.field: was}, **{self.field: self.value})

    def save(self) -> None:
        (told,) = answers(self.client, "projects", [self.sent])
        while told["state"] == "conflict":
            other = told["cells"][self.field]["other"]
            self.seen.append(other)
            self.sent |= {"version": told["version"], "was": {self.field: other}}
            (told,) = answers(self.client, "projects", [self.sent])
        assert told["state"] == "saved", told


class ByApi(Writer):
    """A program: 412 when its tag is old; it reads again and then writes its one field."""

    def open(self) -> None:
        self.program, self.path = Program(self.person), f"projects/{self.pk}/"
        self._read()

    def _read(self) -> None:
        answer = self.program.get(self.path)
        self.tag = answer["ETag"]
        self.seen.append(str(answer.json()[self.field]))

    def save(self) -> None:
        value: Any = int(self.value) if self.field == "target_people_count" else self.value
        answer = self.program.patch(self.path, {self.field: value}, If_Match=self.tag)
        while answer.status_code == 412:
            self._read()
            answer = self.program.patch(self.path, {self.field: value}, If_Match=self.tag)
        assert answer.status_code == 200, answer.content


DOORS: dict[str, type[Writer]] = {
    "form": ByForm,
    "import": ByImport,
    "grid": ByGrid,
    "api": ByApi,
    "service": ByService,
}
PEOPLE = ("form", "import", "grid", "api")
PAIRS = [
    *itertools.product(PEOPLE, repeat=2),
    *(pair for other in ("form", "import") for pair in ((other, "service"), ("service", other))),
]
TRIPLES = list(itertools.permutations(("form", "import", "api")))
CASES = [
    *((doors, same) for doors in PAIRS for same in (False, True)),
    *((doors, same) for doors in TRIPLES for same in (False, True)),
]


def test_there_are_fifty_two():
    """Wrong if the table below shrank unseen: 20 pairs, 6 triples; other fields and the same."""
    assert len(CASES) == 52


@pytest.mark.parametrize(("doors", "same"), CASES, ids=lambda part: str(part))
def test_nothing_is_lost(doors, same):
    """Wrong if one door wrote over another's value without showing it."""
    w = build.world()
    project = build.project(w, "draft", objectives="เดิม", target_people_count=1)
    people = (w.officer, w.manager, build.user())
    writers = [
        DOORS[door](
            people[number],
            project,
            "title" if same else FIELDS[number],
            str(100 + number) if not same and number == 2 else f"ค่าของคนที่ {number + 1}",
        )
        for number, door in enumerate(doors)
    ]
    for writer in writers:
        writer.open()
    for writer in writers:
        writer.save()
    project.refresh_from_db()
    told = [field.new for one in changes_of(Project, project.pk) for field in one.fields]
    for writer in writers:
        assert writer.value in told
    if same:
        assert project.title == writers[-1].value
        for earlier, later in itertools.pairwise(writers):
            assert earlier.value in later.seen
    else:
        assert [str(getattr(project, one.field)) for one in writers] == [
            one.value for one in writers
        ]


def test_control_without_the_version_the_first_value_is_gone():
    """The danger is real: if this lost nothing, the table above would prove nothing."""
    w = build.world()
    project = build.project(w, "draft")
    first, second = (Project.objects.get(pk=project.pk) for _ in range(2))
    first.title = "ค่าของคนที่ 1"
    first.save(update_fields=["title"])
    second.title = "ค่าของคนที่ 2"
    second.save(update_fields=["title"])
    project.refresh_from_db()
    assert project.title == "ค่าของคนที่ 2"
    services.update_project(
        actor=w.officer, project=project, expected_version=None, title="ค่าของคนที่ 3"
    )
    project.refresh_from_db()
    assert project.title == "ค่าของคนที่ 3"


def test_a_record_read_without_a_lock_is_not_written_over():
    """Wrong if a service that forgot its lock could undo what somebody wrote since."""
    w = build.world()
    project = build.project(w, "draft")
    first, second = (Project.objects.get(pk=project.pk) for _ in range(2))
    change(first, {"title": "ค่าของคนที่ 1"})
    with pytest.raises(Conflict) as refused:
        change(second, {"objectives": "ค่าของคนที่ 2"})
    assert (refused.value.expected_version, refused.value.record.version) == (1, 2)
    project.refresh_from_db()
    assert (project.title, project.objectives, project.version) == ("ค่าของคนที่ 1", "", 2)
