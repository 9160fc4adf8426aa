"""Thai text as outlines for SVG: the drawing library shapes it, each glyph is drawn once.

PDF engines draw Thai text inside SVG wrongly; outlines look the same on the page and in print.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from codi.thai.typeface import font_file

# The font of outlines is set once in this size, and each text scales it.
EM = 100
# Commands of an outline by the drawing library's code, with the count of points that each takes.
STEPS = {1: ("M", 1), 2: ("L", 1), 3: ("Q", 2), 4: ("C", 3)}
CLOSE = 79
_shaping = threading.Lock()


@dataclass(frozen=True)
class Shaped:
    """A text set in the size ``EM``: its glyphs with their places, and its width."""

    glyphs: tuple[tuple[str, float, float], ...]
    width: float


@lru_cache(maxsize=512)
def shaped(text: str) -> Shaped:
    """The text as glyphs from left to right; a glyph is named by its number in the font."""
    with _shaping:
        setter, font = _setter(), _font()
        glyphs, drawn, _lines = setter.get_glyphs_with_font(font, text)
        font.set_text(text, 0.0)
        width = font.get_width_height()[0] / 64
    placed = tuple((name.rpartition("-")[2], round(x, 1), round(y, 1)) for name, x, y, _ in glyphs)
    for name, (points, codes) in drawn.items():
        _outlines.setdefault(name.rpartition("-")[2], _path(points, codes))
    return Shaped(placed, width)


@dataclass
class Lettering:
    """The texts of one drawing; ``prefix`` keeps its glyphs apart from other drawings of a page."""

    prefix: str
    used: set[str] = field(default_factory=set)

    def text(
        self, words: str, x: float, y: float, size: float, *, colour: str, anchor: str = "start"
    ) -> str:
        """The words with their baseline at ``y``, starting, centred or ending at ``x``."""
        found, scale = shaped(words), size / EM
        self.used.update(name for name, _x, _y in found.glyphs)
        back = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * found.width * scale
        uses = "".join(
            f'<use xlink:href="#{self.prefix}{name}" x="{at:g}"'
            + (f' y="{-up:g}"/>' if up else "/>")
            for name, at, up in found.glyphs
        )
        place = f"translate({x - back:.2f} {y:.2f}) scale({scale:.4g})"
        return f'<g fill="{colour}" transform="{place}">{uses}</g>'

    @property
    def glyphs(self) -> str:
        """The outlines of every glyph that was used, for the definitions of the drawing."""
        return "".join(
            f'<path id="{self.prefix}{name}" d="{_outlines[name]}"/>'
            for name in sorted(self.used, key=lambda one: (len(one), one))
        )


_outlines: dict[str, str] = {}


def _setter() -> Any:
    os.environ.setdefault("MPLCONFIGDIR", str(Path(settings.DATA_DIR) / "matplotlib"))
    from matplotlib.textpath import text_to_path

    return text_to_path


def _font() -> Any:
    from matplotlib.font_manager import get_font

    found = get_font(str(font_file()))
    found.set_size(EM, 72)
    return found


def _path(points: Any, codes: Any) -> str:
    """An outline as SVG draws it, y downwards."""
    pieces, at = [], 0
    while at < len(codes):
        if codes[at] == CLOSE:
            pieces.append("z")
            at += 1
            continue
        letter, count = STEPS[int(codes[at])]
        corners = (f"{x:.1f} {-y:.1f}" for x, y in points[at : at + count])
        pieces.append(letter + " ".join(corners))
        at += count
    return "".join(pieces).replace(".0", "")
