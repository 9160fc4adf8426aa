from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CouncilsConfig(AppConfig):
    name = "councils"
    verbose_name = "สภาองค์กรชุมชน"

    def ready(self) -> None:
        """Find the panels of the page of a council, and register the figures of this room."""
        from councils import figures  # noqa: F401

        autodiscover_modules("council_panels")
