"""Serve third-party scripts, styles and fonts out of their installed packages under ``vendor/``."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from codi.ui.fonts import ensure_web_fonts

# Address below STATIC_URL → (package, path inside it). Only what a page asks for is served.
PACKAGED = {
    "vendor/bootstrap/css/bootstrap.min.css": ("bootstrap", "css/bootstrap.min.css"),
    # Named by the style sheet; collectstatic refuses a sheet whose references are missing.
    "vendor/bootstrap/css/bootstrap.min.css.map": ("bootstrap", "css/bootstrap.min.css.map"),
    "vendor/htmx/htmx.min.js": ("django_htmx", "static/django_htmx/htmx-2.min.js"),
}
FONTS = "vendor/fonts"


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"package {package} is not installed")
    return Path(next(iter(spec.submodule_search_locations)))


class VendorFinder(BaseFinder):
    """Finds ``vendor/…`` in packages, and the web fonts made from the packaged Sarabun."""

    def _files(self) -> dict[str, Path]:
        files = {
            address: _package_folder(package) / path
            for address, (package, path) in PACKAGED.items()
        }
        for font in ensure_web_fonts(settings.DATA_DIR / "web-fonts"):
            files[f"{FONTS}/{font.name}"] = font
        return files

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing to configure, so nothing to check."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file behind a ``vendor/`` address, or an empty list as Django's finders answer."""
        found = self._files().get(path) if path.startswith("vendor/") else None
        if found is None:
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Every vendored file, for collectstatic."""
        for address, file in self._files().items():
            yield address, _Renamed(file, address)


class _Renamed(FileSystemStorage):
    """One file of a package under the address that the pages use."""

    def __init__(self, file: Path, address: str) -> None:
        super().__init__(location=str(file.parent))
        self._file, self._address = file, address

    def path(self, name: str) -> str:
        return str(self._file) if name == self._address else super().path(name)
