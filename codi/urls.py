"""The addresses of the product, one include per room."""

from django.urls import URLPattern, URLResolver, include, path

from codi.accounts.views import Home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", Home.as_view(), name="home"),
    path("", include("codi.health.urls")),
    path("", include("codi.accounts.urls")),
    path("", include("codi.ui.urls")),
    path("", include("overview.urls")),
    path("", include("reports.urls")),
    path("", include("programs.urls")),
    path("", include("codi.history.urls")),
    path("", include("codi.jobs.urls")),
    path("", include("codi.notices.urls")),
    path("", include("codi.desk.urls")),
    path("", include("codi.files.urls")),
    path("", include("codi.imports.urls")),
    path("", include("codi.pivot.urls")),
    path("", include("codi.entry.urls")),
    path("", include("codi.quality.urls")),
    path("", include("codi.kept.urls")),
    path("", include("finance.urls")),
    path("", include("councils.urls")),
    path("welfare/", include("welfare.urls")),
    path("", include("codi.api.urls")),
]

handler400 = "codi.api.errors.bad_request"
handler403 = "codi.api.errors.forbidden"
handler404 = "codi.api.errors.not_found"
handler500 = "codi.api.errors.server_error"
