"""The rules of places hold in the database, whoever writes."""

import datetime as dt

import pytest

from codi.constraints import as_refusals
from codi.errors import Refused
from codi.places.models import District, PlaceAlias, Province, Region, Subdistrict
from tests import world

pytestmark = pytest.mark.django_db
EARLY, LATE = dt.date(2011, 3, 23), dt.date(2011, 3, 31)


def place(model, code, **facts):
    """An unsaved place of any kind with the parents it needs."""
    parents = {
        Region: lambda: {"short_name": code, "position": 90 + len(Region.objects.all())},
        Province: lambda: {"region": world.region()},
        District: lambda: {"province": world.province()},
        Subdistrict: lambda: {"district": world.subdistrict().district},
    }
    return model(code=code, name=f"ที่ {code}", **parents[model](), **facts)


KINDS = pytest.mark.parametrize("model", [Region, Province, District, Subdistrict])


def refusal(row):
    with pytest.raises(Refused) as caught, as_refusals():
        row.save()
    return caught.value


@KINDS
def test_days_must_be_in_order(model):
    """A place would end before it began."""
    for start, end in ((None, None), (EARLY, None), (None, EARLY), (EARLY, LATE)):
        place(
            model, f"9{(start and 1) or 0}{(end and 1) or 0}", valid_from=start, valid_until=end
        ).save()
    for end in (EARLY, LATE - dt.timedelta(days=8)):
        error = refusal(place(model, "99", valid_from=EARLY, valid_until=end))
        assert error.code == f"places_{model.__name__.lower()}_days_in_order"
        assert "วันที่ยกเลิก" in error.message


@KINDS
def test_only_an_abolished_place_has_an_heir(model):
    """A living place would pass its records on."""
    heir = place(model, "91")
    heir.save()
    for facts in ({"successor": heir}, {"split_into": ["91", "92"]}):
        assert (
            refusal(place(model, "99", **facts)).code
            == f"places_{model.__name__.lower()}_heir_of_abolished"
        )
        place(model, "98", valid_until=LATE, **facts).save()
    both = place(model, "97", valid_until=LATE, successor=heir, split_into=["91", "92"])
    assert refusal(both).code == f"places_{model.__name__.lower()}_one_kind_of_heir"


def test_an_alias_names_exactly_one_place():
    """A spelling would mean a region and a province at once, or nothing."""
    region, province = world.region(), world.province()
    PlaceAlias.objects.create(text="ล้านนา", region=region)
    PlaceAlias.objects.create(text="เวียงพิงค์", province=province)
    for facts in ({}, {"region": region, "province": province}):
        assert refusal(PlaceAlias(text="อื่น", **facts)).code == "places_alias_names_one_place"


def test_an_alias_is_found_by_the_key_of_its_text():
    """The spelling would be stored and never found."""
    alias = PlaceAlias.objects.create(text=" เวียง พิงค์ ", province=world.province())
    assert (alias.text, alias.key) == ("เวียง พิงค์", "เวียงพิงค์")


@pytest.mark.parametrize(
    ("level", "regions", "provinces"),
    [
        ("nation", {"N", "S"}, {"50", "51", "90"}),
        ("region", {"N"}, {"50", "51"}),
        ("province", {"N"}, {"50"}),
    ],
)
def test_choices_of_places_follow_the_scope(level, regions, provinces):
    """A form would offer the provinces of another region."""
    north, south = world.region(), world.region("S", "ภาคใต้", 2)
    home = world.province()
    world.province("51", "ลำพูน")
    world.province("90", "สงขลา", "S")
    facts = {
        "nation": {},
        "region": {"region": north},
        "province": {"region": north, "province": home},
    }
    user = world.user(scope_level=level, **facts[level])
    assert {r.code for r in Region.objects.visible_to(user)} == regions
    assert {p.code for p in Province.objects.visible_to(user)} == provinces
    assert {p.code for p in Province.objects.in_region(south)} == {"90"}


def test_a_place_exists_from_its_first_day_to_the_day_before_its_end():
    """The day a code ends would count for both the old place and the new."""
    home = world.subdistrict().district
    old = Subdistrict.objects.create(
        code="500197", name="เก่า", district=home, valid_from=EARLY, valid_until=LATE
    )
    one = dt.timedelta(days=1)
    for day, there in ((EARLY - one, False), (EARLY, True), (LATE - one, True), (LATE, False)):
        assert Subdistrict.objects.current_on(day).filter(code="500197").exists() == there
        assert old.existed_on(day) == there
