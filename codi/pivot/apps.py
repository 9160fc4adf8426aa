from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PivotConfig(AppConfig):
    name = "codi.pivot"
    verbose_name = "ตารางไขว้"

    def ready(self) -> None:
        """Load every room's ``pivots.py``, where cross tables are declared."""
        autodiscover_modules("pivots")
