"""The pages of the printed report: none nearly empty, no heading broken inside a word."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pypdfium2
import pytest
from django.db import transaction

from codi.places.models import Province
from programs.models import ProjectLevel
from reports.content import of_edition
from reports.rendering import pdf_of
from tests import north
from tests import world as build
from tests.reports.conftest import AUGUST, MAY, TODAY, draft

MARCH, JULY = dt.date(2021, 3, 1), dt.date(2021, 7, 10)
# Header and footer lie outside of these parts of a page's height, from the bottom.
FOOT, HEAD = 0.1, 0.9
NEARLY_EMPTY = 0.4


def sixty(w: build.World) -> None:
    """Sixty projects with long names in 17 provinces, the first instalment paid, most of the second."""
    for name, code in north.PROVINCES.items():
        build.province(code, name)
    homes = list(Province.objects.order_by("code"))
    for number in range(60):
        home = homes[number % 17]
        place: dict[str, Any] = {"province": home}
        if number % 20 == 0:
            place = {"level": ProjectLevel.REGION, "province": None}
        title = (
            f"โครงการพัฒนาขีดความสามารถผู้นำชุมชน จังหวัด{home.name} ในการขับเคลื่อนแผนพัฒนาระดับพื้นที่ ({number})"
        )
        project = build.project(w, title=title, plan=(700_000, 300_000), **place)
        first, second = project.instalments.order_by("number")
        build.pay(w, first, 700_000)
        if number % 3:
            build.pay(w, second, 300_000, on=dt.date(2021, 7, 7))


def one(w: build.World) -> None:
    """One project of one level."""
    project = build.project(w, plan=(700_000, 300_000))
    build.pay(w, project.instalments.get(number=1), 700_000)
    w.frames[ProjectLevel.REGION].delete()
    w.frames[ProjectLevel.SUBDISTRICT].delete()


WORLDS = {
    "the print": (north.load, (MAY, AUGUST)),
    "first instalment only": (north.load, (MAY,)),
    "sixty projects": (sixty, (MAY, AUGUST)),
    "sixty projects, four days": (sixty, (MARCH, MAY, JULY, AUGUST)),
    "one project": (one, (MAY,)),
    "no project": (lambda _: None, (MAY, AUGUST)),
}


@pytest.fixture(scope="module", params=WORLDS)
def printed(request: Any, django_db_setup: Any, django_db_blocker: Any) -> bytes:
    """The draft of a world, rendered once."""
    fill, days = WORLDS[request.param]
    with django_db_blocker.unblock(), transaction.atomic():
        w = build.world()
        fill(w)
        pdf = pdf_of(of_edition(draft(w, *days), today=TODAY)).pdf
        transaction.set_rollback(True)
    return pdf


def lowest(page: Any) -> float:
    """How far down the text reaches: 0 for the first line, 1 for the foot of the page."""
    height, text = page.get_height(), page.get_textpage()
    bottoms = [text.get_rect(number)[1] / height for number in range(text.count_rects())]
    inside = [bottom for bottom in bottoms if FOOT < bottom < HEAD]
    return (HEAD - min(inside, default=HEAD)) / (HEAD - FOOT)


def test_no_page_is_nearly_empty(printed):
    """Wrong if a table, a last row or the definitions stood alone on a page."""
    filled = [round(lowest(page), 2) for page in pypdfium2.PdfDocument(printed)]
    assert [part for part in filled if part < NEARLY_EMPTY] == [], filled


def test_no_heading_breaks_inside_a_term(printed):
    """Wrong if a narrow heading read ร้อยละเบิก over จ่าย, or ร้อยละคง over เหลือ."""
    text = "\n".join(
        page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(printed)
    )
    halves = ("ร้อยละเบิก", "ร้อยละคง", "ร้อยละกรอบ")
    assert [line for line in text.splitlines() if line.strip().endswith(halves)] == []
