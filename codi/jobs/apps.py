from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "codi.jobs"
    verbose_name = "งานเบื้องหลัง"
