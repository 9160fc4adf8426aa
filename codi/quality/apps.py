from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "codi.quality"
    verbose_name = "คุณภาพข้อมูล"
