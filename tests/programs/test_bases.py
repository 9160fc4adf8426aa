"""Base figures and targets of regions, and scales of reviews: who sets them, and what is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from codi.errors import Conflict, Refused
from codi.imports import services as imports
from programs.models import QualityScale, RegionBase
from programs.services import bases as services
from tests import world as build

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 8, 13)
THREE = {"A": Decimal("80.01"), "B": Decimal("60.01"), "C": Decimal(0)}


@pytest.fixture
def centre():
    return build.user("administrator", scope_level="nation")


def base(actor, **facts) -> RegionBase:
    given = {
        "kind": "new_councils",
        "region": build.region(),
        "fiscal_year": 2562,
        "stands_on": dt.date(2019, 8, 31),
        "base_count": 77,
        "source": "แผนปี 2562",
    }
    return services.add_base(actor=actor, today=TODAY, **(given | facts))


def test_only_the_centre_sets_bases_and_not_of_a_day_to_come(centre):
    """Wrong if a region set its own target, or a figure of tomorrow stood already."""
    manager = build.user("regional_manager", region=build.region())
    with pytest.raises(Refused):
        base(manager)
    with pytest.raises(Refused, match="ยังมาไม่ถึง"):
        base(centre, stands_on=TODAY + dt.timedelta(days=1))
    first = base(build.user("regional_manager", scope_level="nation"))
    later = base(centre, stands_on=dt.date(2020, 1, 1), base_count=80)
    latest = RegionBase.objects.latest_as_of
    assert [*latest("new_councils", 2562, dt.date(2019, 12, 31))] == [first]
    assert [*latest("new_councils", 2562, TODAY)] == [later]
    facts = {"actor": centre, "base": first, "today": TODAY}
    services.correct_base(expected_version=1, base_count=78, **facts)
    with pytest.raises(Conflict):
        services.correct_base(expected_version=1, base_count=79, **facts)


@pytest.mark.parametrize(
    "bounds",
    [
        {"A": Decimal(80), "B": Decimal(60), "C": Decimal(1)},
        {"A": Decimal(60), "B": Decimal(80), "C": Decimal(0)},
        {"A": Decimal(80), "B": Decimal(80), "C": Decimal(0)},
        {},
    ],
)
def test_a_scale_leaves_no_score_without_a_grade(centre, bounds):
    """Wrong if a scale had a gap, or more points gave a worse grade."""
    with pytest.raises(Refused):
        services.add_scale(
            actor=centre, subject="fund", fiscal_year=2562, source="แบบ", bounds=bounds
        )
    assert not QualityScale.objects.exists()


def test_another_year_may_have_a_fourth_grade(centre, client):
    """Wrong if the year with D changed the years before, or a correction lost a grade."""
    services.add_scale(
        actor=centre, subject="council", fiscal_year=2562, source="แบบ", bounds=THREE
    )
    client.force_login(centre)
    data = {"subject": "council", "fiscal_year": "2564", "source": "แบบใหม่"}
    bounds = {"from_a": "80", "from_b": "60", "from_c": "40", "from_d": "5"}
    address = reverse("programs:scale_new")
    assert "ร้อยละ 0" in client.post(address, data | bounds).content.decode()
    assert client.post(address, data | bounds | {"from_d": "0"}).status_code == 302
    old, new = QualityScale.objects.order_by("fiscal_year")
    assert (old.grade_of(Decimal(30)), new.grade_of(Decimal(30))) == ("C", "D")
    edit = reverse("programs:scale_edit", args=[new.pk])
    shown = client.get(edit)
    assert shown.context["form"].initial["from_c"] == Decimal(40)
    changed = {"source": "แบบใหม่", "version": "1"} | bounds | {"from_c": "35", "from_d": "0"}
    assert client.post(edit, changed).status_code == 302
    new = QualityScale.objects.get(pk=new.pk)
    assert (new.grade_of(Decimal(36)), new.version) == ("C", 2)
    assert client.post(edit, changed | {"from_c": "30"}).status_code == 409
    text = client.get(reverse("programs:scales")).content.decode()
    assert "35.00" in text


def test_a_file_brings_bases_and_takes_them_back_changed(centre):
    """Wrong if a row met another region's figure, or the same file wrote twice."""
    build.region("S", "ภาคใต้", 5)
    base(centre)
    rows = (
        "รายการ,ภาค,ปีงบประมาณ,ข้อมูล ณ วันที่,จำนวน,ที่มา\n"
        "เป้าหมายสภาจัดตั้งใหม่,ภาคเหนือ,2562,31/8/2562,80,แผนปี 2562\n"
        "เป้าหมายสภาจัดตั้งใหม่,ภาคใต้,2562,31/8/2562,57,แผนปี 2562\n"
    )

    def send():
        return imports.upload_file(
            kind="region-bases",
            content=rows.encode("utf-8-sig"),
            file_name="bases.csv",
            actor=centre,
            today=TODAY,
        )

    batch = send()
    assert (batch.new_count, batch.changed_count, batch.error_count) == (1, 1, 0)
    imports.confirm(batch=batch, actor=centre, seen=batch.fingerprint, today=TODAY)
    counts = dict(RegionBase.objects.values_list("region", "base_count"))
    assert counts == {"N": 80, "S": 57}
    again = send()
    assert (again.new_count, again.changed_count, again.same_count) == (0, 0, 2)
