"""The print fonts, derived from the packaged Sarabun (OFL, no reserved font name).

Print needs a cure. The shaper splits ำ into nikhahit and า of one cluster, and the PDF engine keeps
for each glyph the text of the first cluster it met, so that ดำเนิน is copied as ดาเนิน. The family
"CODI Sarabun" joins each such pair into one glyph that looks exactly the same, so that every glyph
has one text.
"""

from __future__ import annotations

import fcntl
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from codi.thai.typeface import font_file

CODE_VERSION = "3"
FAMILY = "CODI Sarabun"
# Bold and the slanted styles are left out: their tone marks stand so far right that readers of the
# file copy them behind the next letter (ซึ่ง as ซึง่). SemiBold takes the place of bold.
PRINT_STYLES = ("Regular", "SemiBold")
NIKHAHIT, SARA_AA = 0x0E4D, 0x0E32
Offset = tuple[int, int]


def font_dir() -> Path:
    """The folder of our fonts (``print/*.ttf``), built when missing or stale."""
    from django.conf import settings

    target = Path(settings.DATA_DIR) / "fonts"
    build_fonts(target)
    return target


def build_fonts(target: Path) -> None:
    """Build all fonts into ``target`` unless they are there from the same package and code.

    Safe to be called from several processes at once: the first builds, the others wait.
    """
    stamp = f"fontpkg-sarabun {version('fontpkg-sarabun')}, code {CODE_VERSION}\n"
    if _stamp_of(target) == stamp:
        return
    target.mkdir(parents=True, exist_ok=True)
    with _locked(target / ".lock"):
        if _stamp_of(target) == stamp:
            return
        shutil.rmtree(target / "print", ignore_errors=True)
        (target / "print").mkdir()
        for style in PRINT_STYLES:
            _print_font(style, target / "print" / f"CODISarabun-{style}.ttf")
        shutil.copy(font_file().parent.parent / "LICENSE", target / "OFL.txt")
        (target / "stamp").write_text(stamp)


def _stamp_of(target: Path) -> str:
    try:
        return (target / "stamp").read_text()
    except FileNotFoundError:
        return ""


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _open(style: str) -> Any:
    """The packaged font with every table read (needed before the glyph order changes)."""
    from fontTools.ttLib import TTFont

    font = TTFont(font_file(style), recalcTimestamp=False)
    for tag in font.keys():  # noqa: SIM118 (not a mapping)
        if tag != "GlyphOrder":
            font[tag]
    if "DSIG" in font:
        del font["DSIG"]
    return font


def _print_font(style: str, path: Path) -> None:
    font = _open(style)
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16):
            text = record.toUnicode()
            own = FAMILY.replace(" ", "") if record.nameID in (3, 6) else FAMILY
            record.string = text.replace("Sarabun", own)
    _join_sara_am(font)
    font.save(path)


def _join_sara_am(font: Any) -> None:
    """Add the joined glyphs and the lookups (feature ``rclt``, on in every text) that put them."""
    marks, bases = _nikhahit_anchors(font)
    after = _offsets(font, marks, bases)
    aa = font.getBestCmap()[SARA_AA]
    usual = Counter(after.values()).most_common(1)[0][0]
    joined = {
        (mark, offset): _joined_glyph(font, mark, aa, offset, number)
        for number, offset in enumerate([usual, *sorted(set(after.values()) - {usual})])
        for mark in marks
    }
    font.setGlyphOrder([*font["glyf"].glyphOrder])
    font["maxp"].numGlyphs = len(font.getGlyphOrder())
    _add_lookups(font, marks, aa, usual, after, joined)


def _nikhahit_anchors(font: Any) -> tuple[dict[str, Offset], dict[str, Offset]]:
    """Anchors of the nikhahit glyphs (with and without tone mark, narrow too) and of the bases."""
    nikhahit = font.getBestCmap()[NIKHAHIT]
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            if table.LookupType != 4 or nikhahit not in table.MarkCoverage.glyphs:
                continue
            records = dict(zip(table.MarkCoverage.glyphs, table.MarkArray.MarkRecord, strict=True))
            kind = records[nikhahit].Class
            marks = {
                name: (record.MarkAnchor.XCoordinate, record.MarkAnchor.YCoordinate)
                for name, record in records.items()
                if name.startswith(nikhahit)
            }
            bases = {
                name: (anchor.XCoordinate, anchor.YCoordinate)
                for name, record in zip(
                    table.BaseCoverage.glyphs, table.BaseArray.BaseRecord, strict=True
                )
                if (anchor := record.BaseAnchor[kind]) is not None and name.startswith("uni0E")
            }
            if bases:
                return marks, bases
    raise ValueError("the font places no nikhahit")


def _offsets(
    font: Any, marks: Mapping[str, Offset], bases: Mapping[str, Offset]
) -> dict[str, Offset]:
    """How far the shaper moves the mark's outline after each base, from its place at the pen."""
    nikhahit = font.getBestCmap()[NIKHAHIT]
    narrow = f"{nikhahit}.narrow"
    offsets = {}
    for base, (x, y) in bases.items():
        pen = x - font["hmtx"][base][0]
        mark = min(
            (marks[name] for name in (nikhahit, narrow) if name in marks),
            key=lambda anchor: abs(anchor[0] - pen),
        )
        offsets[base] = (pen - mark[0], y - mark[1])
    return {base: offset for base, offset in offsets.items() if max(map(abs, offset)) < 100}


def _joined_glyph(font: Any, mark: str, aa: str, offset: Offset, number: int) -> str:
    """One glyph of the mark, moved by ``offset``, and า: as wide as า. Returns its name."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen
    from fontTools.pens.transformPen import TransformPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    glyphs, name = font.getGlyphSet(), f"{mark}_{aa}.{number}"
    pen = TTGlyphPen(None)
    for part, (x, y) in ((mark, offset), (aa, (0, 0))):
        recording = DecomposingRecordingPen(glyphs)
        glyphs[part].draw(recording)
        recording.replay(TransformPen(pen, (1, 0, 0, 1, x, y)))
    glyph = pen.glyph()
    font["glyf"][name] = glyph
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (font["hmtx"][aa][0], glyph.xMin)
    font["GDEF"].table.GlyphClassDef.classDefs[name] = 1
    return name


def _add_lookups(
    font: Any,
    marks: Mapping[str, Offset],
    aa: str,
    usual: Offset,
    after: Mapping[str, Offset],
    joined: Mapping[tuple[str, Offset], str],
) -> None:
    from fontTools.otlLib.builder import buildLigatureSubstSubtable, buildLookup

    lookups = font["GSUB"].table.LookupList.Lookup
    called = []
    for offset in sorted(set(after.values()) - {usual}):
        ligatures = {(mark, aa): joined[mark, offset] for mark in marks}
        bases = [base for base, other in after.items() if other == offset]
        lookups.append(buildLookup([buildLigatureSubstSubtable(ligatures)]))
        lookups.append(buildLookup([_after(font, bases, list(marks), aa, len(lookups) - 1)]))
        called.append(len(lookups) - 1)
    ligatures = {(mark, aa): joined[mark, usual] for mark in marks}
    lookups.append(buildLookup([buildLigatureSubstSubtable(ligatures)]))
    called.append(len(lookups) - 1)
    font["GSUB"].table.LookupList.LookupCount = len(lookups)
    _add_feature(font["GSUB"].table, called)


def _after(font: Any, bases: Sequence[str], marks: Sequence[str], aa: str, lookup: int) -> Any:
    """A contextual subtable: the pair right after one of ``bases`` goes through ``lookup``."""
    from fontTools.otlLib.builder import buildCoverage
    from fontTools.ttLib.tables import otTables

    order = font.getReverseGlyphMap()
    table = otTables.ChainContextSubst()
    table.Format = 3
    table.BacktrackCoverage = [buildCoverage(bases, order)]
    table.InputCoverage = [buildCoverage(marks, order), buildCoverage([aa], order)]
    table.LookAheadCoverage = []
    table.BacktrackGlyphCount, table.InputGlyphCount, table.LookAheadGlyphCount = 1, 2, 0
    record = otTables.SubstLookupRecord()
    record.SequenceIndex, record.LookupListIndex = 0, lookup
    table.SubstLookupRecord, table.SubstCount = [record], 1
    return table


def _add_feature(gsub: Any, lookups: Sequence[int]) -> None:
    """Name the lookups in a feature ``rclt`` of every script and language."""
    from fontTools.ttLib.tables import otTables

    feature = otTables.Feature()
    feature.FeatureParams = None
    feature.LookupListIndex, feature.LookupCount = list(lookups), len(lookups)
    record = otTables.FeatureRecord()
    record.FeatureTag, record.Feature = "rclt", feature
    gsub.FeatureList.FeatureRecord.append(record)
    gsub.FeatureList.FeatureCount = len(gsub.FeatureList.FeatureRecord)
    index = gsub.FeatureList.FeatureCount - 1
    for script in (record.Script for record in gsub.ScriptList.ScriptRecord):
        systems = [script.DefaultLangSys, *(item.LangSys for item in script.LangSysRecord)]
        for system in (system for system in systems if system is not None):
            system.FeatureIndex.append(index)
            system.FeatureCount = len(system.FeatureIndex)
