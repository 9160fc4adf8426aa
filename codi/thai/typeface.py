"""Where the packaged Sarabun lies, for print, web and drawings."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def font_file(style: str = "Regular") -> Path:
    """The TrueType file of a style (``Regular``, ``Bold``, …), licensed under the OFL.

    Raises ``FileNotFoundError`` when the package fontpkg-sarabun is not installed.
    """
    spec = find_spec("fontpkg_sarabun")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package fontpkg-sarabun is not installed")
    return Path(spec.origin).parent / "files" / f"Sarabun-{style}.ttf"
