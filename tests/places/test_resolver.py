"""A name taken for another place sends a project to the wrong region, unseen."""

import datetime as dt
import json
from pathlib import Path

import geothai
import pytest
from django.test import TestCase

from codi.places.models import District, Province, Subdistrict
from codi.places.resolver import (
    Gazetteer,
    PlaceError,
    resolve_district,
    resolve_province,
    resolve_region,
    resolve_subdistrict,
)
from codi.places.services import load_places

TODAY = dt.date(2026, 11, 21)

# Spellings as the five documents print them.
REGIONS = {
    "BKE": [
        "กรุงเทพฯ ปริมณฑล และตะวันออก",
        "กรุงเทพฯปริมณฑลและ ตะวันออก",
        "ภาคกรุงเทพฯ ปริมณฑลและตะวันออก",
        "ภาคกรุงเทพ ปริมณฑลและตะวันออก",
        "ภาคกรุงเทพปริมณฑลและตะวันออก",
        "ภาคกรุงเทพมหานครและตะวันออก",
        "กรุงเทพฯ และตะวันออก",
        "กทม.ปริมณฑลและตะวันออก",
        "กทม. ปริมณฑล และตะวันออก",
        "กทม.และ ตะวันออก",
        "ภาคกทม.ปริมณฑลและตะวันออก",
        "ภาคกรุงเทพฯ ปริมาณและตะวันออก",
        "กรุงเทพฯ ปริมณฑล และตะวันออกเฉียง",
        "BKE",
    ],
    "CW": ["กลางและตะวันตก", "ภาคกลางและตะวันตก", "ภาคกลาง", "ภาคกลางและตะวันออก", "cw"],
    "NE": ["อีสาน", "ภาคอีสาน", "ตะวันออก เฉียงเหนือ", "ภาคตะวันออกเฉียงเหนือ", "NE"],
    "S": ["ใต้", "ภาคใต้", "สำนักงานภาคใต้", "S"],
    "N": ["เหนือ", "ภาคเหนือ", "สำนักงานภาคเหนือ", "ภาค เหนือ", " ภาคเหนือ\u200b", "N"],
}


def refused(call, *args, **kwargs):
    with pytest.raises(PlaceError) as caught:
        call(*args, **kwargs)
    return caught.value


class ResolverTests(TestCase):
    """A class, so that the ten thousand places are loaded once for all tests."""

    @classmethod
    def setUpTestData(cls):
        load_places()

    def test_every_spelling_of_a_region_in_the_documents(self):
        """A table of the documents would not import."""
        found = {
            (code, text): resolve_region(text).code for code in REGIONS for text in REGIONS[code]
        }
        assert {text: code for (_, text), code in found.items()} == {
            text: code for code, texts in REGIONS.items() for text in texts
        }

    def test_what_is_no_region_is_refused(self):
        """งบภาค is a level of projects, and รวม a total row: neither is a region."""
        for text in ["งบภาค", "ภาค", "ส่วนกลาง", "รวม", "", "กรุงเทพฯ"]:
            assert "ภาค" in refused(resolve_region, text).message

    def test_provinces_in_the_spellings_of_people(self):
        """A province would be refused for the word before it, a blank or a slip of the scanner."""
        spellings = {
            "50": [
                "จังหวัดเชียงใหม่",
                "จ.เชียงใหม่",
                "จ. เชียงใหม่",
                "เชียงใหม่",
                "เชียง ใหม่",
                "50",
                "๕๐",
                "เชียงใหม่\u200b",
            ],
            "10": ["กทม.", "กทม", "กรุงเทพฯ", "กรุงเทพ", "กรุงเทพมหานคร"],
            "14": ["อยุธยา", "จ.พระนครศรีอยุธยา"],
            "41": ["อุตรธานี", "อุดรธานี"],
            "65": ["พิชณุโลก", "พิษณุโลก"],
            "58": ["เเม่ฮ่องสอน", "แม่ฮองสอน"],
            "52": ["ลํ\u0e32ปาง", "ลําปาง"],
            "53": ["อุตรดิตถ", "อุตรดิตถ์"],
        }
        gazetteer = Gazetteer.load()
        for code, texts in spellings.items():
            assert {gazetteer.province(text).code for text in texts} == {code}

    def test_all_province_names_resolve_to_their_codes(self):
        """A province would resolve to another; many look-ups would ask the database each time."""
        with self.assertNumQueries(3):
            gazetteer = Gazetteer.load()
            for province in geothai.provinces():
                assert gazetteer.province(province.name_th).code == province.code
                assert gazetteer.province(f"จังหวัด{province.name_th}").code == province.code

    def test_a_misspelt_province_is_asked_about(self):
        """The importer could not tell the person what was probably meant."""
        error = refused(resolve_province, "จังหวัดเชียงไหม่")
        assert error.candidates[0] == Province.objects.get(code="50")
        assert "ไม่พบจังหวัด “เชียงไหม่” หมายถึง เชียงใหม่" in error.message
        assert refused(resolve_province, "99").message.startswith("ไม่มีรหัสจังหวัด 99")
        assert refused(resolve_province, "งบภาค").candidates == ()
        assert "ยังไม่ได้ระบุ" in refused(resolve_province, " ").message

    def test_a_subdistrict_is_never_matched_by_its_bare_name(self):
        """ในเมือง lies in many provinces; even a name that occurs once may be a misread other one."""
        for name in ("ในเมือง", "ตำบลสุเทพ", "พระบรมมหาราชวัง"):
            assert "ระบุอำเภอหรือจังหวัดด้วย" in refused(resolve_subdistrict, name).message

    def test_a_name_borne_twice_in_a_province_asks_for_the_district(self):
        """One of three ในเมือง of ขอนแก่น would be taken at random."""
        error = refused(resolve_subdistrict, "ต.ในเมือง", province="ขอนแก่น")
        assert {place.code for place in error.candidates} == {
            s.code
            for d in geothai.districts("40")
            for s in geothai.subdistricts(d.code)
            if s.name_th == "ในเมือง"
        }
        assert "ระบุอำเภอด้วย" in error.message
        assert (
            resolve_subdistrict("ต.ในเมือง", district="อ.เมือง", province="จ.ขอนแก่น").code == "400101"
        )
        assert resolve_subdistrict("สุเทพ", province="เชียงใหม่").code == "500108"
        assert (
            refused(resolve_subdistrict, "สุเทบ", province="เชียงใหม่").candidates[0].code == "500108"
        )

    def test_districts_by_name_within_a_province(self):
        """เมือง would not mean the capital district, or an ambiguous name would be guessed."""
        assert resolve_district("อ.เมือง", province="เชียงใหม่").code == "5001"
        assert resolve_district("เมือง", province="พระนครศรีอยุธยา").code == "1401"
        assert resolve_district("เขตพระนคร", province="กทม.").code == "1001"
        assert resolve_district("พระนคร", province="กทม.").code == "1001"
        assert resolve_district("๕๐๐๑").code == "5001"
        error = refused(resolve_district, "เฉลิมพระเกียรติ")
        assert len(error.candidates) == 5
        assert "ระบุจังหวัดด้วย" in error.message

    def test_gazetted_successors_resolve(self):
        """Records under a code that the gazette replaced would lose their place."""
        path = Path(geothai.__file__).parent / "_data" / "abolished.json"
        gazetted = [row for row in json.loads(path.read_text("utf-8")) if row[5] == "notice"]
        assert len(gazetted) == 111
        for code, _name, _english, ended, heirs, *_ in gazetted:
            resolve = resolve_district if len(code) == 4 else resolve_subdistrict
            assert resolve(code).code == code
            assert (
                resolve(code, on=dt.date.fromisoformat(ended) - dt.timedelta(days=1)).code == code
            )
            if " " in heirs:
                assert {place.code for place in refused(resolve, code, on=TODAY).candidates} == set(
                    heirs.split()
                )
            else:
                assert resolve(code, on=TODAY).code == heirs

    def test_names_of_an_old_day_mean_the_places_of_that_day(self):
        """A document of 2555 would be tied to a place that did not exist, or find none."""
        old = resolve_subdistrict("บางบอน", province="กทม.", on=dt.date(2012, 1, 1))
        assert (old.code, old.existed_on(dt.date(2012, 1, 1)), old.existed_on(TODAY)) == (
            "105001",
            True,
            False,
        )
        assert (
            "บางบอน"
            in refused(resolve_subdistrict, "บางบอน", province="กทม.", on=TODAY).candidates[0].name
        )
        assert resolve_district("4303", on=TODAY).province.name == "บึงกาฬ"

    def test_an_ended_code_without_heir_says_so(self):
        """An old office of registration would turn into some district."""
        error = refused(resolve_district, "1081", on=TODAY)
        assert "ยกเลิกเมื่อ 1 มกราคม 2549" in error.message
        assert not District.objects.current().filter(code="1081").exists()
        assert not Subdistrict.objects.current_on(TODAY).filter(code="104701").exists()
