from django.apps import AppConfig


class WelfareConfig(AppConfig):
    name = "welfare"
    verbose_name = "กองทุนสวัสดิการชุมชน"

    def ready(self) -> None:
        """Register the figures of this room."""
        from welfare import figures  # noqa: F401
