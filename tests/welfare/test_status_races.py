"""Ten officers of one region save what funds report while a file of the region is written.

Every write that was acknowledged counts the version of its report up by one, so the versions tell
whether anything was lost, and the number of reports whether anything was doubled.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from codi.errors import Conflict, Refused
from codi.fiscal import Quarter
from codi.imports import services as imports
from codi.writing import LOCK_WAIT_SECONDS
from tests import world as build
from tests.finance.test_races import at_once
from tests.imports.conftest import xlsx
from welfare.models import FundStatus, WelfareFund
from welfare.services import save_status

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
OFFICERS, OWN, IN_FILE, TRIES = 10, 5, 150, 20
TODAY = dt.date(2021, 8, 13)
QUARTER = Quarter.of(TODAY)


def funds(count: int, letter: str) -> list[WelfareFund]:
    """Funds of Chiang Mai, without a report of the quarter."""
    place = build.province()
    rows = [
        WelfareFund(
            code=f"{letter}-{number:04d}",
            name=f"กองทุน {letter}{number}",
            province=place,
            region=place.region,
            founded_on=dt.date(2010, 5, 1),
        )
        for number in range(count)
    ]
    for row in rows:
        row.fill_keys()
    return WelfareFund.objects.bulk_create(rows)


class Saves:
    """What was acknowledged and what was told, by fund; how long the slowest save took."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.kept: Counter[int] = Counter()
        self.refused: list[str] = []
        self.slowest = 0.0

    def save(self, actor: Any, fund: WelfareFund, seen: int, members: int) -> bool:
        """One save of the entry table; False when somebody else was faster and that was told."""
        begun = time.monotonic()
        try:
            save_status(
                actor=actor,
                fund=fund,
                quarter=QUARTER,
                expected_version=seen,
                today=TODAY,
                member_count=members,
            )
        except Conflict:
            return False
        except Refused as refused:
            with self.lock:
                self.refused.append(refused.code)
            return False
        finally:
            with self.lock:
                self.slowest = max(self.slowest, time.monotonic() - begun)
        with self.lock:
            self.kept[fund.pk] += 1
        return True

    def add_one(self, actor: Any, fund: WelfareFund) -> bool:
        """Count one member more than is on record, as often as it takes to be the first."""
        for _ in range(200):
            now = FundStatus.objects.filter(fund=fund).first()
            seen, members = (now.version, now.member_count) if now else (0, 0)
            if self.save(actor, fund, seen, members + 1):
                return True
        return False


def written_by_file(officer: Any, rows: list[WelfareFund]) -> Counter[int]:
    """Send and confirm the file, again when its preview is no longer true; writes by fund."""
    heads = ["รหัสกองทุน", "ปีงบประมาณ", "ไตรมาส", "วันที่รายงาน", "สมาชิกทั้งหมด (คน)"]
    year, number = str(QUARTER.fiscal_year.number), str(QUARTER.number)
    content = xlsx(heads, *([row.code, year, number, "10 ส.ค. 64", "700"] for row in rows))
    for _ in range(5):
        batch = imports.upload_file(
            kind="fund-statuses", content=content, file_name="a.xlsx", actor=officer, today=TODAY
        )
        try:
            imports.confirm(batch=batch, actor=officer, today=TODAY)
        except Refused:
            continue
        return Counter(row.pk for row in rows)
    raise AssertionError("the file was never written")


def test_nothing_is_lost_or_doubled_while_a_file_is_written(tmp_path: Path, settings: Any):
    """Wrong if a save went under, a fund had two reports, or somebody waited longer than 3 s."""
    settings.MEDIA_ROOT = tmp_path
    officers = [build.user(region=build.region()) for _ in range(OFFICERS + 1)]
    own, shared, listed = funds(OFFICERS * OWN, "O"), funds(1, "S")[0], funds(IN_FILE, "F")
    contested = own[:: OWN * 2]
    saves = Saves()
    by_file: list[Counter[int]] = []

    def act(number: int) -> bool:
        if number == OFFICERS:
            by_file.append(written_by_file(officers[number], [*listed, *contested]))
            return True
        mine = own[number * OWN : (number + 1) * OWN]
        answers = [saves.save(officers[number], fund, 0, 100) for fund in mine]
        return saves.add_one(officers[number], shared) and any(answers)

    assert at_once(act, OFFICERS + 1) == OFFICERS + 1
    assert saves.refused == []
    assert saves.slowest < LOCK_WAIT_SECONDS
    counted = saves.kept + by_file[0]
    reports = dict(FundStatus.objects.values_list("fund", "version"))
    assert FundStatus.objects.count() == len(reports) == len(counted)
    assert reports == dict(counted)
    assert FundStatus.objects.get(fund=shared).member_count == OFFICERS


def test_control_without_lock_and_version_saves_go_under():
    """Wrong if the race above were none: reading, adding and saving loses what others saved."""
    fund = funds(1, "S")[0]

    def add_plainly(number: int) -> bool:
        status = FundStatus.objects.get(fund=fund)
        time.sleep(0.005)
        status.member_count += 1
        status.save()
        return True

    lost = False
    for _ in range(TRIES):
        FundStatus.objects.update_or_create(
            fund=fund,
            fiscal_year=QUARTER.fiscal_year.number,
            quarter=QUARTER.number,
            defaults={"reported_on": TODAY, "member_count": 0},
        )
        at_once(add_plainly, OFFICERS)
        lost = FundStatus.objects.filter(fund=fund, member_count__lt=OFFICERS).exists()
        if lost:
            break
    assert lost
