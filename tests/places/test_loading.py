"""A wrong or doubled code ties money to the wrong place."""

import csv
import datetime as dt
import io
import json
from pathlib import Path

import geothai
import pytest
from django.core.management import call_command
from django.db import transaction

from codi.places.models import District, PlaceAlias, Province, Region, Subdistrict
from codi.places.services import load_places
from codi.thai.normalise import search_key
from codi.thai.sorting import sort_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
MODELS = (Region, Province, District, Subdistrict, PlaceAlias)


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """What the command of an empty database said; undone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        said = io.StringIO()
        call_command("load_places", stdout=said)
        yield said.getvalue()
        transaction.set_rollback(True)


def listed(name):
    """Rows of a list of the package, read without our code."""
    return json.loads((Path(geothai.__file__).parent / "_data" / f"{name}.json").read_text("utf-8"))


def everything():
    return [list(model.objects.order_by("pk").values()) for model in MODELS]


def test_every_listed_code_is_stored_with_its_name_and_end():
    """A place would be missing, under another code, or live on after its end."""
    ended = {row[0]: (row[1], dt.date.fromisoformat(row[3])) for row in listed("abolished")}
    for model, name, length in (
        (Province, "provinces", 2),
        (District, "districts", 4),
        (Subdistrict, "subdistricts", 6),
    ):
        expected = {row[0]: (row[1], None) for row in listed(name)}
        expected |= {code: facts for code, facts in ended.items() if len(code) == length}
        stored = model.objects.values_list("code", "name", "valid_until")
        if model is Subdistrict:
            # Two slips of the list itself, mended like all stored text.
            expected["570714"] = ("แทอดไทย", expected["570714"][1])
            expected["570715"] = ("แม่สลองใน", expected["570715"][1])
        assert {code: (name, until) for code, name, until in stored} == expected
    assert Province.objects.count() == 77
    assert District.objects.current().count() == 928
    assert Subdistrict.objects.current().count() == 7436


def test_regions_hold_the_provinces_of_the_institute():
    """A province would be reported under another region: 13, 13, 20, 14 and 17 provinces."""
    counts = {r.code: r.provinces.count() for r in Region.objects.order_by("position")}
    assert list(counts.items()) == [("BKE", 13), ("CW", 13), ("NE", 20), ("S", 14), ("N", 17)]
    north = set(Region.objects.get(code="N").provinces.values_list("name", flat=True))
    assert north == {
        *("เชียงใหม่", "ลำพูน", "ลำปาง", "แม่ฮ่องสอน", "น่าน", "เชียงราย", "พะเยา", "แพร่", "พิษณุโลก"),
        *("อุตรดิตถ์", "เพชรบูรณ์", "สุโขทัย", "ตาก", "นครสวรรค์", "อุทัยธานี", "กำแพงเพชร", "พิจิตร"),
    }


def test_every_place_lies_in_the_place_of_its_code():
    """A district would hang on another province than its code says."""
    assert all(d.code[:2] == d.province_id for d in District.objects.all())
    assert all(s.code[:4] == s.district_id for s in Subdistrict.objects.all())


def test_loading_twice_changes_nothing_and_mends_what_differs(loaded, django_assert_num_queries):
    """make run would double the places, or leave a damaged row as it is."""
    first = everything()
    with django_assert_num_queries(7):
        assert [part.written_count for part in load_places()] == [0, 0, 0, 0, 0]
    assert everything() == first
    Province.objects.filter(code="50").update(name="ผิด", search_key="ผิด")
    assert [part.written_count for part in load_places()] == [0, 1, 0, 0, 0]
    assert everything() == first
    assert "จังหวัด: 77 รายการ เขียน 77 รายการ" in loaded


def test_keys_follow_the_name():
    """Search and order would go by an old name."""
    place = Subdistrict.objects.get(code="500101")
    assert (place.search_key, place.sort_key) == (search_key(place.name), sort_key(place.name))
    place.name = "เเม่นํ้า"
    place.save(update_fields=["name"])
    place.refresh_from_db()
    assert (place.name, place.search_key) == ("แม่น้ำ", search_key("แม่น้ำ"))
    assert place.sort_key == sort_key("แม่น้ำ")


def test_every_alias_has_its_own_key_and_lies_in_the_file():
    """A spelling of the documents would not be loaded."""
    with (Path("codi/places/data/aliases.csv")).open(encoding="utf-8") as file:
        keys = {search_key(row["text"]) for row in csv.DictReader(file)}
    assert set(PlaceAlias.objects.values_list("key", flat=True)) == keys


def test_search_by_part_of_a_name_uses_the_trigram_index():
    """A search in half a million names would read them all."""
    found = Subdistrict.objects.matching("ฝ่ายคํา")
    assert {place.name for place in found} == {
        row[1]
        for name in ("subdistricts", "abolished")
        for row in listed(name)
        if "ฝายคำ" in row[1] and len(row[0]) == 6
    }
    assert "places_subdistrict_search" in {index.name for index in Subdistrict._meta.indexes}
