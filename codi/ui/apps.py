from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "codi.ui"
    verbose_name = "ส่วนติดต่อผู้ใช้"
