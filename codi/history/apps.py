from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "codi.history"
    verbose_name = "ประวัติการแก้ไข"
