"""Rules about data, and the inbox of what breaks them."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class QualityConfig(AppConfig):
    name = "codi.quality"
    verbose_name = "คุณภาพข้อมูล"

    def ready(self) -> None:
        """Load every room's ``quality.py``, and register the figure of findings."""
        from codi.quality import figures  # noqa: F401

        autodiscover_modules("quality")
