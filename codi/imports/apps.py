from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "codi.imports"
    verbose_name = "การนำเข้าข้อมูล"
