"""From what people write to the place they mean.

Names are compared by search key after the word for the kind of place is cut; regions and provinces
also by the spellings of :class:`~codi.places.models.PlaceAlias`, all by official code. A
subdistrict is never found by its bare name: 795 names occur more than once.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, TypeVar

from codi.places.models import (
    District,
    Place,
    PlaceAlias,
    PlaceQuerySet,
    Province,
    Region,
    Subdistrict,
)
from codi.thai.calendar import long_date
from codi.thai.digits import to_arabic
from codi.thai.normalise import clean, search_key

P = TypeVar("P", bound=Place)

_REGION = re.compile(r"^(?:สำนักงาน)?\s*(?:พอช\.?)?\s*(?:ภาค)?\s*")
_PROVINCE = re.compile(r"^(?:จังหวัด|จ\.|จ(?=\s))\s*")
_DISTRICT = re.compile(r"^(?:กิ่งอำเภอ|อำเภอ|เขต|กิ่ง\s*อ\.|อ\.|อ(?=\s))\s*")
_SUBDISTRICT = re.compile(r"^(?:ตำบล|แขวง|ต\.|ต(?=\s))\s*")


class PlaceError(LookupError):
    """No place, or no single one; ``message`` says so in Thai, ``candidates`` are the nearest."""

    def __init__(self, message: str, candidates: Sequence[Place] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.candidates = tuple(candidates)


@dataclass(frozen=True)
class Gazetteer:
    """Regions and provinces by every spelling, read once for many look-ups (three queries)."""

    regions: tuple[Region, ...]
    provinces: tuple[Province, ...]
    _region_by_key: Mapping[str, Region] = field(repr=False)
    _province_by_key: Mapping[str, Province] = field(repr=False)

    @classmethod
    def load(cls) -> Self:
        """Read regions, provinces and their spellings."""
        regions = {region.code: region for region in Region.objects.all()}
        provinces = {p.code: p for p in Province.objects.select_related("region")}
        region_by_key = {
            key: r for r in regions.values() for key in (_region_key(r.name), search_key(r.code))
        }
        province_by_key = {p.search_key: p for p in provinces.values()}
        for alias in PlaceAlias.objects.all():
            if alias.region_id:
                region_by_key.setdefault(_region_key(alias.text), regions[alias.region_id])
            elif alias.province_id:
                province_by_key.setdefault(alias.key, provinces[alias.province_id])
        return cls(
            tuple(regions.values()), tuple(provinces.values()), region_by_key, province_by_key
        )

    def region(self, text: str) -> Region:
        """The region that ``text`` names or whose code it is. Raises :class:`PlaceError`."""
        shown = clean(text)
        key = _region_key(shown)
        if key and key in self._region_by_key:
            return self._region_by_key[key]
        raise _not_found("ภาค", shown, _nearest(key, self._region_by_key))

    def province(self, text: str) -> Province:
        """The province that ``text`` names or whose code it is. Raises :class:`PlaceError`."""
        shown = clean(text)
        if code := _code(shown, 2):
            found = next((p for p in self.provinces if p.code == code), None)
            if found is None:
                raise _unknown_code("จังหวัด", code)
            return found
        name = _PROVINCE.sub("", shown)
        key = search_key(name)
        if key and key in self._province_by_key:
            return self._province_by_key[key]
        raise _not_found("จังหวัด", name, _nearest(key, self._province_by_key))


def resolve_region(text: str) -> Region:
    """The region that ``text`` names, in any spelling of the documents, or whose code it is.

    Raises :class:`PlaceError` with the nearest regions.
    """
    return Gazetteer.load().region(text)


def resolve_province(text: str) -> Province:
    """The province: "จังหวัดเชียงใหม่", "จ.เชียงใหม่", "เชียงใหม่", "50".

    Raises :class:`PlaceError` with the nearest provinces.
    """
    return Gazetteer.load().province(text)


def resolve_district(
    text: str, *, province: Province | str | None = None, on: dt.date | None = None
) -> District:
    """The district by four-digit code, or by name within ``province``.

    ``on`` takes the places of that day and follows an abolished code to its successor; without it
    names mean the places of now, and a code the place that bears it. Raises :class:`PlaceError`.
    """
    shown = clean(text)
    if code := _code(shown, 4):
        return _by_code(District.objects.select_related("province__region"), code, on, "อำเภอ/เขต")
    within = resolve_province(province) if isinstance(province, str) and province else None
    if isinstance(province, Province):
        within = province
    districts = District.objects.select_related("province__region")
    if within:
        districts = districts.filter(province=within)
    name = _DISTRICT.sub("", shown)
    keys = {search_key(name), search_key("เขต" + name)}
    if within and name == "เมือง":
        keys = {search_key("เมือง" + within.name), within.search_key}
    found = _existing(districts.filter(search_key__in=keys), on)
    pool = _existing(districts, on) if within and not found else []
    return _only(found, "อำเภอ/เขต", name, "ระบุจังหวัดด้วย", pool)


def resolve_subdistrict(
    text: str,
    *,
    district: District | str | None = None,
    province: Province | str | None = None,
    on: dt.date | None = None,
) -> Subdistrict:
    """The subdistrict by six-digit code, or by name within ``district`` or ``province``.

    ``on`` takes the places of that day and follows an abolished code to its successor; without it
    names mean the places of now, and a code the place that bears it. Raises :class:`PlaceError`
    for a bare name, for a name borne twice within the province, and when nothing fits.
    """
    shown = clean(text)
    subdistricts = Subdistrict.objects.select_related("district__province__region")
    if code := _code(shown, 6):
        return _by_code(subdistricts, code, on, "ตำบล/แขวง")
    if not district and not province:
        raise PlaceError(f"ชื่อตำบล “{shown}” อย่างเดียวไม่พอ เพราะมีชื่อซ้ำกันหลายแห่ง ระบุอำเภอหรือจังหวัดด้วย")
    if isinstance(district, str) and district:
        district = resolve_district(district, province=province, on=on)
    if isinstance(province, str) and province:
        province = resolve_province(province)
    if isinstance(district, District):
        subdistricts = subdistricts.filter(district=district)
    if isinstance(province, Province):
        subdistricts = subdistricts.filter(district__province=province)
    name = _SUBDISTRICT.sub("", shown)
    found = _existing(subdistricts.filter(search_key=search_key(name)), on)
    pool = [] if found else _existing(subdistricts, on)
    return _only(found, "ตำบล/แขวง", name, "ระบุอำเภอด้วย", pool)


def _region_key(text: str) -> str:
    """The key of a region's name without สำนักงาน and ภาค."""
    return search_key(_REGION.sub("", clean(text)))


def _code(text: str, length: int) -> str:
    """The official code in ``text``, or nothing; blanks and Thai digits are taken."""
    digits = to_arabic(text).replace(" ", "")
    return digits if len(digits) == length and digits.isascii() and digits.isdigit() else ""


def _existing(places: PlaceQuerySet[P], on: dt.date | None) -> list[P]:
    """The places of that day, or of now; the heir of a place that still existed is left out."""
    found = list(places.current_on(on) if on else places.current())
    heirs = {place.successor_id for place in found} | {
        c for place in found for c in place.split_into
    }
    return [place for place in found if place.code not in heirs]


def _by_code(places: PlaceQuerySet[P], code: str, on: dt.date | None, kind: str) -> P:
    """The place with the code; for a day after its end, the place that took over."""
    place = places.filter(code=code).first()
    if place is None:
        raise _unknown_code(kind, code)
    while on and place.valid_until and on >= place.valid_until:
        if place.successor_id is None:
            raise _ended(places, place, kind)
        place = places.get(code=place.successor_id)
    return place


def _unknown_code(kind: str, code: str) -> PlaceError:
    return PlaceError(f"ไม่มีรหัส{kind} {code} ตรวจรหัสอีกครั้ง หรือพิมพ์ชื่อแทน")


def _ended(places: PlaceQuerySet[P], place: P, kind: str) -> PlaceError:
    day = long_date(place.valid_until) if place.valid_until else ""
    ended = f"รหัส{kind} {place.code} ({place.name}) ยกเลิกเมื่อ {day}"
    heirs = list(places.filter(code__in=place.split_into))
    if heirs:
        names = " หรือ ".join(f"{heir.name} ({heir.code})" for heir in heirs)
        return PlaceError(f"{ended} และแยกเป็นหลายแห่ง เลือก {names}", heirs)
    return PlaceError(f"{ended} และไม่มีประกาศว่ารหัสใดรับช่วง เลือก{kind}ปัจจุบันแทน")


def _only(found: Sequence[P], kind: str, shown: str, advice: str, pool: Sequence[P]) -> P:
    """The single place found; otherwise the error that names the choices or the nearest in pool."""
    if len(found) == 1:
        return found[0]
    if found:
        choices = ", ".join(f"{place.name} {_parent(place)}" for place in found)
        raise PlaceError(f"มี{kind}ชื่อ “{shown}” {len(found)} แห่ง ({choices}) {advice}", found)
    key = search_key(shown)
    raise _not_found(kind, shown, _nearest(key, {place.search_key: place for place in pool}))


def _parent(place: Place) -> str:
    """The place in which a district or subdistrict lies, as words for a message."""
    if isinstance(place, Subdistrict):
        return f"{_kind(place.district.name, 'อำเภอ')}{place.district.name} จังหวัด{place.district.province.name}"
    return f"จังหวัด{place.province.name}" if isinstance(place, District) else ""


def _kind(name: str, word: str) -> str:
    return "" if name.startswith("เขต") else word


def _nearest(key: str, by_key: Mapping[str, P]) -> list[P]:
    """Up to three places whose key looks like ``key``, the nearest first, none twice."""
    near = difflib.get_close_matches(key, by_key, n=6, cutoff=0.6) if key else []
    return list({by_key[k].code: by_key[k] for k in near}.values())[:3]


def _not_found(kind: str, shown: str, near: Sequence[Place]) -> PlaceError:
    if not shown:
        return PlaceError(f"ยังไม่ได้ระบุ{kind}")
    if not near:
        return PlaceError(f"ไม่พบ{kind} “{shown}” ตรวจการสะกดแล้วลองอีกครั้ง")
    names = " หรือ ".join(place.name for place in near)
    return PlaceError(f"ไม่พบ{kind} “{shown}” หมายถึง {names} หรือไม่", near)


@dataclass(frozen=True)
class Atlas:
    """Districts and subdistricts by name within their province, read once for many look-ups.

    A name that occurs once answers from memory; any other goes the careful way of
    :func:`resolve_district` and :func:`resolve_subdistrict`.
    """

    _districts: Mapping[tuple[str, str], District | None] = field(repr=False)
    _subdistricts: Mapping[tuple[str, str], Subdistrict | None] = field(repr=False)

    @classmethod
    def load(cls) -> Self:
        """Read the districts and subdistricts of now: two queries."""
        districts: dict[tuple[str, str], District | None] = {}
        for one in _existing(District.objects.select_related("province__region"), None):
            key = (one.province_id, one.search_key)
            districts[key] = None if key in districts else one
        subdistricts: dict[tuple[str, str], Subdistrict | None] = {}
        known = Subdistrict.objects.select_related("district__province__region")
        for place in _existing(known, None):
            for within in (place.district_id, place.district.province_id):
                named = (within, place.search_key)
                subdistricts[named] = None if named in subdistricts else place
        return cls(districts, subdistricts)

    def district(self, text: str, *, province: Province | None) -> District:
        """As :func:`resolve_district`."""
        key = (province.pk if province else "", search_key(_DISTRICT.sub("", clean(text))))
        return self._districts.get(key) or resolve_district(text, province=province)

    def subdistrict(
        self, text: str, *, district: District | None, province: Province | None
    ) -> Subdistrict:
        """As :func:`resolve_subdistrict`."""
        within = district.pk if district else province.pk if province else ""
        found = self._subdistricts.get((within, search_key(_SUBDISTRICT.sub("", clean(text)))))
        return found or resolve_subdistrict(text, district=district, province=province)
