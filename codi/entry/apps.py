from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EntryConfig(AppConfig):
    name = "codi.entry"
    verbose_name = "ตารางกรอกข้อมูล"

    def ready(self) -> None:
        """Load every room's ``grids.py``, where entry grids are declared."""
        autodiscover_modules("grids")
