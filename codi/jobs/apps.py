from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "codi.jobs"
    verbose_name = "งานเบื้องหลัง"

    def ready(self) -> None:
        """Load every room's ``tasks.py``, so that web pages know the kinds of jobs too."""
        autodiscover_modules("tasks")
