"""The addresses of the product, one include per room."""

from django.urls import URLPattern, URLResolver, include, path

from codi.accounts.views import Home
from codi.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("", Home.as_view(), name="home"),
    path("health/", health),
    path("", include("codi.accounts.urls")),
    path("", include("codi.ui.urls")),
    path("", include("reports.urls")),
    path("", include("programs.urls")),
    path("", include("codi.history.urls")),
    path("", include("codi.jobs.urls")),
    path("", include("codi.imports.urls")),
    path("", include("finance.urls")),
]

handler400 = "codi.ui.views.bad_request"
handler403 = "codi.ui.views.forbidden"
handler404 = "codi.ui.views.not_found"
handler500 = "codi.ui.views.server_error"
