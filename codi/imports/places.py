"""Columns of places: read together, because a district means nothing without its province."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any

from codi.accounts.models import User
from codi.imports.cells import text
from codi.imports.declared import UploadColumn
from codi.imports.plan import Row
from codi.imports.registers import Settle
from codi.places.models import District, Province, Region, Subdistrict
from codi.places.resolver import Atlas, Gazetteer, PlaceError

OUTSIDE = "พื้นที่นี้อยู่นอกขอบเขตของท่าน กรุณาเลือกพื้นที่ที่ท่านดูแล"


def regions_of(user: User) -> Sequence[str]:
    """The regions in a person's sight by name, for a drop-down."""
    return [region.name for region in Region.objects.visible_to(user).current()]


def _provinces(user: User) -> Sequence[str]:
    return [province.name for province in Province.objects.visible_to(user).current()]


PLACE_COLUMNS = (
    UploadColumn(
        "region", "ภาค", ("สำนักงานภาค",), text(80), choices=regions_of, note="เว้นว่างได้เมื่อระบุจังหวัด"
    ),
    UploadColumn("province", "จังหวัด", (), text(80), choices=_provinces, example="เชียงใหม่"),
    UploadColumn("district", "อำเภอ/เขต", ("อำเภอ", "เขต"), text(80), note="ต้องมีจังหวัด"),
    UploadColumn("subdistrict", "ตำบล/แขวง", ("ตำบล", "แขวง"), text(80), note="ต้องมีจังหวัด"),
)


class PlaceReader:
    """Reads the place columns of the rows of one file; what is loaded or found is kept for it."""

    def __init__(self) -> None:
        self.gazetteer = Gazetteer.load()
        self.region = cache(self.gazetteer.region)
        self.province = cache(self.gazetteer.province)

    @cached_property
    def atlas(self) -> Atlas:
        """Districts and subdistricts, when a row names one."""
        return Atlas.load()

    def settle(self, rows: Sequence[Row], user: User) -> None:
        """Turn the texts of each row into places, and refuse what lies outside the person's scope."""
        for row in rows:
            self._settle(row, user)

    def _settle(self, row: Row, user: User) -> None:
        values = row.values
        found: dict[str, Any] = {"region": None, "province": None, "district": None}
        for column, find in (
            ("region", self.region),
            ("province", self.province),
            ("district", lambda told: self._district(told, found["province"])),
            ("subdistrict", lambda told: self._subdistrict(told, found)),
        ):
            found[column] = None
            if values.get(column):
                try:
                    found[column] = find(values[column])
                except PlaceError as error:
                    row.refuse(column, error.message)
                    values[column] = None
                    return
        self._keep(row, found, user)

    def _district(self, told: str, province: Province | None) -> District:
        return self.atlas.district(told, province=province)

    def _subdistrict(self, told: str, found: dict[str, Any]) -> Subdistrict:
        subdistrict = self.atlas.subdistrict(
            told, district=found["district"], province=found["province"]
        )
        found["district"] = found["district"] or subdistrict.district
        return subdistrict

    def _keep(self, row: Row, found: dict[str, Any], user: User) -> None:
        """Fill in what follows from the smallest place; the rest must agree with it."""
        district, province = found["district"], found["province"]
        if district and not province:
            province = found["province"] = self.province(district.province_id)
        if province and found["region"] and province.region_id != found["region"].pk:
            row.refuse(
                "region", f"จังหวัด{province.name}อยู่{province.region.name} กรุณาแก้ให้ตรงกันหรือเว้นว่าง"
            )
            return
        region = found["region"] or (province.region if province else user.region)
        if region is None:
            row.refuse("region", "กรุณาระบุภาคหรือจังหวัด")
            return
        if not _inside(user, region, province):
            row.refuse("province" if province else "region", OUTSIDE)
        row.values |= found | {"region": region}


def settle_places() -> Settle:
    """The reader of the place columns of one file, for a ``Register``."""
    return PlaceReader().settle


def _inside(user: User, region: Region, province: Province | None) -> bool:
    if user.sees_nation:
        return True
    own = not user.province_id or (province is not None and province.pk == user.province_id)
    return region.pk == user.region_id and own
