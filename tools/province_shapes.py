"""Make ``codi/places/data/province_shapes.json`` from a GeoJSON of provinces with official codes.

``python -m tools.province_shapes provinces.geojson``. Degrees become whole units on a plane (x shrunk
by the cosine of the middle of the country, y downwards), each ring one relative path. Neighbours that
share corners in the source share them in the result. Beside its path a province has its box, and the
middle and width of the widest band that holds a line of text.
"""

from __future__ import annotations

import json
import math
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "codi/places/data/province_shapes.json"
HEIGHT = 3000
# A line of text on a map of the country takes about this much of its height.
BAND, BAND_STEP = 54, 6
SOURCE = "Natural Earth, admin-1 states and provinces (naturalearthdata.com)"
LICENCE = "Public domain"

Point = tuple[int, int]
Ring = list[Point]


def rings_of(geometry: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """Every ring of a polygon or of several."""
    parts = geometry["coordinates"]
    polygons = [parts] if geometry["type"] == "Polygon" else parts
    return [[(x, y) for x, y in ring] for polygon in polygons for ring in polygon]


def placed(rings: list[list[tuple[float, float]]], west: float, north: float, unit: float) -> Any:
    """The rings in whole units, without corners that fell together; specks are left out."""
    shrink = math.cos(math.radians(13.2))
    found: list[Ring] = []
    for ring in rings:
        line: Ring = []
        for x, y in ring:
            point = (round((x - west) * shrink / unit), round((north - y) / unit))
            if not line or line[-1] != point:
                line.append(point)
        if len(line) > 3:
            found.append(line[:-1] if line[0] == line[-1] else line)
    return found


def path_of(rings: list[Ring]) -> str:
    """The rings as one SVG path, each step relative to the one before."""
    pieces = []
    for ring in rings:
        pieces.append(f"M{ring[0][0]} {ring[0][1]}l")
        steps = [f"{bx - ax} {by - ay}" for (ax, ay), (bx, by) in pairwise(ring)]
        pieces.append(" ".join(steps) + "z")
    return "".join(pieces).replace(" -", "-")


def crossings(rings: list[Ring], y: float) -> list[float]:
    """Where a horizontal line crosses the rings, from left to right."""
    found = []
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (ay > y) != (by > y):
                found.append(ax + (y - ay) * (bx - ax) / (by - ay))
    return sorted(found)


def inside(rings: list[Ring], middle: int) -> tuple[float, float]:
    """The widest stretch that lies inside along a whole band of text; empty ones are (0, 0)."""
    stretches: list[tuple[float, float]] | None = None
    for offset in range(-BAND // 2, BAND // 2 + 1, BAND_STEP):
        line = crossings(rings, middle + offset + 0.5)
        here = list(zip(line[::2], line[1::2], strict=True))
        if stretches is None:
            stretches = here
        else:
            pairs = [(max(a, c), min(b, d)) for a, b in stretches for c, d in here]
            stretches = [(a, b) for a, b in pairs if b > a]
    return max(stretches or [(0.0, 0.0)], key=lambda pair: pair[1] - pair[0])


def label_of(rings: list[Ring], box: tuple[int, int, int, int]) -> list[int]:
    """Middle and width of the best band for a label; a small province has the middle of its box."""
    best, width = ((box[0] + box[2]) // 2, (box[1] + box[3]) // 2), 0.0
    for middle in range(box[1], box[3] + 1, BAND_STEP):
        left, right = inside(rings, middle)
        # Of bands almost as wide, the one nearest to the middle of the province reads best.
        distance = abs(middle - (box[1] + box[3]) / 2)
        if right - left - distance / 4 > width - abs(best[1] - (box[1] + box[3]) / 2) / 4:
            best, width = (round((left + right) / 2), middle), right - left
    return [*best, int(width)]


def main(source: str) -> None:
    """Read the GeoJSON and write the file."""
    features = json.loads(Path(source).read_text("utf-8"))["features"]
    known = {one["properties"]["code"]: rings_of(one["geometry"]) for one in features}
    every = [point for rings in known.values() for ring in rings for point in ring]
    west, north = min(x for x, _ in every), max(y for _, y in every)
    unit = (north - min(y for _, y in every)) / HEIGHT
    provinces = {}
    for code in sorted(known):
        rings = placed(known[code], west, north, unit)
        xs, ys = ([point[axis] for ring in rings for point in ring] for axis in (0, 1))
        box = (min(xs), min(ys), max(xs), max(ys))
        provinces[code] = {"path": path_of(rings), "box": box, "label": label_of(rings, box)}
    head = {"source": SOURCE, "licence": LICENCE, "unit": "1/3000 of the height of the country"}
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(one)}" for key, one in provinces.items())
    text = json.dumps(head)[:-1] + f', "provinces": {{\n{lines}\n}}}}\n'
    TARGET.write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
