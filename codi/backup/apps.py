from django.apps import AppConfig


class BackupConfig(AppConfig):
    name = "codi.backup"
    verbose_name = "สำรองข้อมูล"
