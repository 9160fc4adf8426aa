from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "finance"
    verbose_name = "การเงิน"

    def ready(self) -> None:
        """Register the figures of this room."""
        from finance import figures  # noqa: F401
