from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DeskConfig(AppConfig):
    name = "codi.desk"
    verbose_name = "โต๊ะทำงาน"

    def ready(self) -> None:
        """Let every room say in ``deletion.py`` what of its own may be deleted."""
        autodiscover_modules("deletion")
