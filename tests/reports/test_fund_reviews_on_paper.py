"""The quarterly report's section on reviewed funds: five findings in one chart, or one sentence."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from reports import outlines
from reports.content import live
from reports.rendering import charts_of, html_of
from reports.subjects import Subject
from tests import world as build
from tests.welfare.rows import scale, stored_fund
from welfare.models import FundReview

pytestmark = pytest.mark.django_db
DAY = dt.date(2021, 6, 30)
FINDINGS = ({"grade": "A"}, {"grade": "B"}, {"grade": "C"}, {"grade": "D"}, {"is_stopped": True})


def report():
    """The third quarter of 2564 of the country."""
    subject = Subject(region=None, fiscal_year=2564, quarter=3)
    return live(outlines.get("quarterly"), subject, (DAY,))


def table_numbers(html):
    """The numbers of the printed tables, in their order."""
    return [int(number) for number in re.findall(r"ตารางที่ (\d+)", html)]


def test_every_finding_of_a_review_has_its_bar():
    """Wrong if grades A to D and the stopped funds together were more than a chart can draw."""
    w = build.world()
    for finding in FINDINGS:
        FundReview.objects.create(
            fund=stored_fund(w), fiscal_year=2564, reviewed_on=DAY, scale=scale(), **finding
        )
    content = report()
    drawn = charts_of(content)["welfare.quality-20210630.svg"].decode()
    assert "หยุดดำเนินการ 1" in drawn
    html = html_of(content)
    assert "ระดับความเสี่ยงของกองทุนสวัสดิการชุมชนจากการสอบทาน" in re.sub("<[^>]+>", "", html)
    numbers = table_numbers(html)
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_year_without_reviews_prints_no_empty_tables():
    """Wrong if a page of dashes stood in the report, or its tables took numbers."""
    stored_fund(build.world())
    html = html_of(report())
    assert "ยังไม่มีการสอบทานคุณภาพกองทุนในปีงบประมาณนี้" in html
    numbers = table_numbers(html)
    assert numbers == list(range(1, len(numbers) + 1))
    titles = re.findall(r"ตารางที่ \d+ ([^<]+)", html)
    assert not [title for title in titles if "จากการสอบทาน" in title and "กองทุน" in title]
