import datetime as dt, os, pathlib, pytest
from decimal import Decimal
from tests import north, world as build
from tests.reports.conftest import *
from reports.content import of_edition
from reports import services
from reports.rendering import pdf_of, html_of
from reports.models import EditionText
from programs.models import ProjectLevel

OUT = pathlib.Path("/tmp/rep")
ONLY = os.environ.get("ONLY", "").split(",")
pytestmark = pytest.mark.django_db


def want(n):
    return ONLY == [""] or n in ONLY


def out(name, edition):
    c = of_edition(edition, today=TODAY)
    OUT.joinpath(name + ".html").write_text(html_of(c))
    r = pdf_of(c)
    OUT.joinpath(name + ".pdf").write_bytes(r.pdf)
    print(name, r.pages, round(r.seconds, 1))


def texts(w, e):
    for slot, t in (
        ("approach", "แนวทางการดำเนินงานระดับภาค"),
        ("results", "ผลสำเร็จ\n\n1. ก\n2. ข"),
        ("problems", "1. ปัญหาแรก\n2. ปัญหาที่สอง"),
        ("suggestions", "1. เสนอให้ทำ"),
    ):
        services.update_text(actor=w.officer, edition=e, slot=slot, text=t)


def sixty(w, levels=None, plan2=True):
    for code, name in ((c, n) for n, c in north.PROVINCES.items()):
        build.province(code, name)
    codes = sorted(north.PROVINCES.values())
    from programs.models import ProjectLevel

    for i in range(int(os.environ.get("COUNT", "60"))):
        from codi.places.models import Province

        p = Province.objects.get(pk=codes[i % 17])
        facts = dict(
            province=p,
            title=f"โครงการพัฒนาขีดความสามารถผู้นำชุมชน จังหวัด{p.name} ในการขับเคลื่อนแผนพัฒนาระดับพื้นที่สู่ชุมชนเข้มแข็ง (ระยะที่ {i})",
        )
        if not levels and i % 20 == 0:
            facts.update(level=ProjectLevel.REGION, province=None)
        pr = build.project(w, plan=(700_000, 300_000), **facts)
        build.pay(w, pr.instalments.get(number=1), 700_000, on=dt.date(2021, 2, 25))
        if plan2 and i % 3:
            build.pay(w, pr.instalments.get(number=2), 300_000, on=dt.date(2021, 7, 7))


@pytest.mark.parametrize(
    "name,days",
    [
        ("north", (MAY, AUGUST)),
        ("northmay", (MAY,)),
        ("northmar", (dt.date(2021, 3, 1),)),
        ("northfour", (dt.date(2021, 3, 1), MAY, dt.date(2021, 7, 10), AUGUST)),
        ("northaug", (AUGUST,)),
    ],
)
def test_north(loaded, name, days):
    if want(name):
        out(name, draft(loaded, *days))


def test_north_texts(loaded):
    if not want("northtext"):
        return
    e = draft(loaded, MAY, AUGUST)
    texts(loaded, e)
    out("northtext", e)


@pytest.mark.parametrize(
    "name,days",
    [
        ("sixty", (MAY, AUGUST)),
        ("sixtyfour", (dt.date(2021, 3, 1), MAY, dt.date(2021, 7, 10), AUGUST)),
        ("sixtymay", (MAY,)),
    ],
)
def test_sixty(db, name, days):
    if want(name):
        w = build.world()
        sixty(w)
        out(name, draft(w, *days))


def test_one_level(db):
    if not want("onelevel"):
        return
    w = build.world()
    w.frames[ProjectLevel.REGION].delete()
    w.frames[ProjectLevel.SUBDISTRICT].delete()
    p = build.project(w, plan=(700_000, 300_000))
    build.pay(w, p.instalments.get(number=1), 700_000)
    out("onelevel", draft(w, MAY))


def test_empty(db):
    if not want("empty"):
        return
    w = build.world()
    out("empty", draft(w, MAY, AUGUST))


def test_replaced(loaded):
    if not want("replaced"):
        return
    from finance import services as finance
    from finance.models import LedgerEntry
    import uuid

    first = issued(loaded, draft(loaded, MAY))
    for entry in LedgerEntry.objects.filter(effective_on__lte=MAY).order_by("pk")[:2]:
        finance.reverse_entry(
            actor=loaded.finance,
            entry=entry,
            effective_on=entry.effective_on,
            note="ผิดโครงการ",
            request_key=uuid.uuid4(),
            today=TODAY,
        )
    new = services.replace_edition(
        actor=loaded.officer,
        edition=first,
        as_of_dates=[MAY, AUGUST],
        request_key=uuid.uuid4(),
        now=NOW,
        today=TODAY,
    )
    out("replaced", frozen(loaded, new))
