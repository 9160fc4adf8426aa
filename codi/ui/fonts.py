"""Make the small web fonts of the pages from the packaged Sarabun."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fontTools import subset

from codi.thai.typeface import font_file

WEIGHTS = ("Regular", "SemiBold")
# Latin with its punctuation, Thai, and the dashes, quotes and arrows that the pages use.
UNICODES = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *range(0x0E00, 0x0E5C),
    *range(0x2010, 0x2027),
    0x2030,
    0x20AC,
    0x2190,
    0x2192,
    0x2212,
    0x25CC,
]


def ensure_web_fonts(folder: Path) -> Sequence[Path]:
    """The woff2 files in ``folder``, made on the first call: the package brings only TTF.

    Kept small (both weights stay under 60 kB together) because a first page must load within 150 kB.
    """
    fonts = [folder / f"Sarabun-{weight}.woff2" for weight in WEIGHTS]
    for font in fonts:
        if not font.exists():
            _make(font_file(font.stem.removeprefix("Sarabun-")), font)
    return fonts


def _make(source: Path, target: Path) -> None:
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["*"]
    options.hinting = False
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=UNICODES)
    subsetter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    half_done = target.with_suffix(".part")
    subset.save_font(font, str(half_done), options)
    half_done.replace(target)
