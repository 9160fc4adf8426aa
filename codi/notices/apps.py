from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class NoticesConfig(AppConfig):
    name = "codi.notices"
    verbose_name = "การแจ้งเตือน"

    def ready(self) -> None:
        """Load every room's ``notices.py``, and hear of the ends of jobs."""
        from codi.notices import jobs  # noqa: F401

        autodiscover_modules("notices")
