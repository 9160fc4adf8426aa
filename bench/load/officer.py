"""What an officer does all day, for locust: look at lists, open a project, save, upload.

One more person keeps one report running. Every save that the product acknowledged is written down
by its title or number; :mod:`bench.load.__main__` looks each of them up afterwards.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import random
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from locust import HttpUser, between, events, task

PASSWORD = os.environ["LOAD_PASSWORD"]
PAUSE_S = float(os.environ["LOAD_PAUSE_S"])
ACKNOWLEDGED: dict[str, list[Any]] = {"projects": [], "edits": [], "batches": []}
SEARCHES = ("ผู้นำ", "เชียงใหม่", "ลำปาง", "เยาวชน", "พัฒนา", "NL2564", "")
_officers = itertools.count(1)
_number = itertools.count(1)


class Form(HTMLParser):
    """The values of the first form that is sent by POST inside ``main``."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._in_main = self._inside = self._done = False
        self._select = self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the value of a field."""
        facts = dict(attrs)
        name, value = facts.get("name") or "", facts.get("value") or ""
        self._in_main = self._in_main or tag == "main"
        if tag == "form" and self._in_main and not self._done:
            self._inside = facts.get("method") == "post"
        if not self._inside:
            return
        kind = facts.get("type", "text")
        if tag == "input" and name and kind not in ("file", "submit"):
            if kind not in ("checkbox", "radio") or "checked" in facts:
                self.values[name] = value
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in facts or self._select not in self.values:
                self.values[self._select] = value
        elif tag == "textarea":
            self._area = name
            self.values[name] = ""

    def handle_data(self, data: str) -> None:
        """The text of a long field."""
        if self._area:
            self.values[self._area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        """Leave a field or the form."""
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""
        elif tag == "form" and self._inside:
            self._inside, self._done = False, True


class Person(HttpUser):
    """Somebody who logs in as people do."""

    abstract = True
    username = ""

    def on_start(self) -> None:
        """Log in through the page."""
        values = self.form("/login/", "log in: page")
        answer = self.send(
            "/login/", "log in", {**values, "username": self.username, "password": PASSWORD}
        )
        if not answer:
            raise RuntimeError(f"{self.username} could not log in")

    def form(self, address: str, name: str) -> dict[str, str]:
        """Open a page and read its form."""
        return Form(self.client.get(address, name=name).text).values

    def send(self, address: str, name: str, values: dict[str, str], **more: Any) -> str:
        """Send a form; the address it led to, or nothing when it was refused."""
        with self.client.post(
            address,
            data=values,
            name=name,
            allow_redirects=False,
            catch_response=True,
            headers={"Referer": f"{self.host}{address}"},
            **more,
        ) as answer:
            if answer.status_code == 302:
                return str(answer.headers["Location"])
            said = re.findall(r"error-summary.*?</ul>", answer.text or "", re.S)
            answer.failure(f"{answer.status_code}: {re.sub('<[^>]+>', ' ', ''.join(said))[:200]}")
            return ""


class Officer(Person):
    """An officer of the North: looks five times for each save."""

    weight = 50
    wait_time = between(PAUSE_S / 2, PAUSE_S * 1.5)

    def on_start(self) -> None:
        """Each officer is another person."""
        self.username = f"load-{next(_officers):02}"
        self.mine: list[str] = []
        super().on_start()

    @task(6)
    def look_at_lists(self) -> None:
        """Search, sort and page, as the address bar holds it."""
        address = random.choice(
            ("/projects/", "/projects/?sort=-approved", "/ledger/", "/organisations/")
        )
        word = random.choice(SEARCHES)
        mark = "&" if "?" in address else "?"
        self.client.get(f"{address}{mark}q={word}", name=f"list {address.split('?')[0]}")

    @task(2)
    def open_a_project(self) -> None:
        """A project of one's own, else the list."""
        if self.mine:
            self.client.get(random.choice(self.mine), name="project")

    @task(2)
    def draw_up_a_project(self) -> None:
        """Fill in the form and save a draft."""
        title = f"โครงการทดสอบภาระ {self.username} ฉบับที่ {next(_number)} {random.getrandbits(48):x}"
        values = self.form("/projects/new/", "form of a project")
        values |= {
            "title": title,
            "level": "province",
            "province": "50",
            "requested_baht": "๑๐๐,๐๐๐",
            "is_distinct": "on",
        }
        values["programme"] = values.get("programme") or os.environ["LOAD_PROGRAMME"]
        if led := self.send("/projects/new/", "save: new project", values):
            self.mine.append(led)
            ACKNOWLEDGED["projects"].append(title)

    @task(2)
    def correct_a_project(self) -> None:
        """Change what one saved before."""
        if not self.mine:
            return
        address = f"{random.choice(self.mine)}edit/"
        values = self.form(address, "form of an edit")
        note = f"วัตถุประสงค์ {next(_number)}"
        values |= {"objectives": note, "is_distinct": "on"}
        if self.send(address, "save: edit", values):
            ACKNOWLEDGED["edits"].append([int(address.split("/")[2]), note])

    @task(1)
    def upload_a_file(self) -> None:
        """Send a file of five new projects and look at its preview."""
        values = self.form("/imports/new/", "form of an upload")
        text = io.StringIO()
        lines = csv.writer(text)
        lines.writerow(["programme", "province", "title", "organisation", "requested_baht"])
        for _ in range(5):
            title = f"จากไฟล์ {random.getrandbits(64):x}"
            lines.writerow(["NL2564", "เชียงใหม่", title, "เครือข่ายองค์กรชุมชน", "1000"])
        file = ("projects.csv", text.getvalue().encode("utf-8-sig"), "text/csv")
        values["kind"] = "projects"
        if led := self.send("/imports/new/", "upload", values, files={"file": file}):
            ACKNOWLEDGED["batches"].append(int(led.split("/")[2]))
            self.client.get(led, name="preview")


class Reporter(Person):
    """A manager who keeps one report running."""

    fixed_count = 1
    wait_time = between(2, 4)
    username = "manager"
    report = ""

    @task
    def keep_a_report_running(self) -> None:
        """Ask for the report again when the last one is finished."""
        if not self.report:
            values = self.form("/reports/new/", "form of a report")
            values |= {"programme": os.environ["LOAD_PROGRAMME"], "region": "N"}
            values["as_of_1"] = "31/5/2564"
            self.report = self.send("/reports/new/", "save: new report", values)
            return
        page = self.client.get(self.report, name="report").text
        if f"{self.report}progress/" not in page:
            values = self.form(f"{self.report}render/", "form of a report")
            self.send(f"{self.report}render/", "report again", values)


@events.test_stop.add_listener  # type: ignore[untyped-decorator]
def write_down(environment: Any, **_: Any) -> None:
    """Keep what was acknowledged for the count at the end."""
    Path(os.environ["LOAD_ACKNOWLEDGED"]).write_text(json.dumps(ACKNOWLEDGED, ensure_ascii=False))
