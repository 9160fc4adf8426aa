"""The addresses of the product, one include per room."""

from django.urls import URLPattern, URLResolver, path

from codi.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health),
]
