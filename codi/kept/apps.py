from django.apps import AppConfig


class KeptConfig(AppConfig):
    name = "codi.kept"
    verbose_name = "การแสดงของรายการ"

    def ready(self) -> None:
        """Tell the lists who knows what people keep of them."""
        from codi.kept.queries import kept_of_page
        from codi.ui.keeping import register_keeper

        register_keeper(kept_of_page)
