"""Shapes of the provinces for drawn maps: public domain, simplified (``data/province_shapes.json``).

No shapes of districts or subdistricts are free, so a map ends at provinces. Units are those of the
file, not degrees. ``tools/province_shapes.py`` makes the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from codi.figures.map import Area

DATA = Path(__file__).parent / "data" / "province_shapes.json"
CREDIT = "รูปจังหวัด: Natural Earth (สาธารณสมบัติ)"


@cache
def province_areas() -> Mapping[str, Area]:
    """Official code → shape of each of the 77 provinces."""
    stored = json.loads(DATA.read_text("utf-8"))["provinces"]
    return MappingProxyType(
        {
            code: Area(one["path"], tuple(one["box"]), tuple(one["label"]))
            for code, one in stored.items()
        }
    )
