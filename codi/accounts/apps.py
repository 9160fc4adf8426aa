from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "codi.accounts"
    verbose_name = "ผู้ใช้และสิทธิ"
