from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ApiConfig(AppConfig):
    name = "codi.api"
    verbose_name = "API"

    def ready(self) -> None:
        """Load what is declared: of the rooms below, then every room's own ``api.py``."""
        for below in ("foundations", "uploads", "record_files"):
            import_module(f"codi.api.{below}")
        autodiscover_modules("api")
