from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "codi.places"
    verbose_name = "พื้นที่"
