from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ImportsConfig(AppConfig):
    name = "codi.imports"
    verbose_name = "การนำเข้าข้อมูล"

    def ready(self) -> None:
        """Load every room's ``resources.py``, where uploads are declared, and offer their records."""
        autodiscover_modules("resources")
        from codi.imports.own_rows import offer_own_rows

        offer_own_rows()
