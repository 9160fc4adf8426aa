from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class UiConfig(AppConfig):
    name = "codi.ui"
    verbose_name = "ส่วนติดต่อผู้ใช้"

    def ready(self) -> None:
        """Let every room add its navigation entries, home cards and panels."""
        autodiscover_modules("navigation", "home_cards", "home_panels")
