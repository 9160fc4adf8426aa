"""Addresses of the entry grids: on their own, or on one record."""

from django.urls import path

from codi.entry.views import GridPage, SaveRows

app_name = "entry"
urlpatterns = [
    path("entry/<slug:key>/", GridPage.as_view(), name="grid"),
    path("entry/<slug:key>/rows/", SaveRows.as_view(), name="rows"),
    path("entry/<slug:key>/<int:pk>/", GridPage.as_view(), name="grid_of"),
    path("entry/<slug:key>/<int:pk>/rows/", SaveRows.as_view(), name="rows_of"),
]
