from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ProgramsConfig(AppConfig):
    name = "programs"
    verbose_name = "แผนงานและโครงการ"

    def ready(self) -> None:
        """Let rooms above add panels to the page of a programme, and say what may be merged."""
        autodiscover_modules("programme_panels", "merging")
