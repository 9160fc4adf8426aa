from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class FilesConfig(AppConfig):
    name = "codi.files"
    verbose_name = "ไฟล์แนบ"

    def ready(self) -> None:
        """Load every room's ``attachments.py``, where the kinds of records with files are declared."""
        autodiscover_modules("attachments")
