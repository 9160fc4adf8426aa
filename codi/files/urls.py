"""Addresses of files: those of a record, and one file with what can be done to it."""

from django.urls import path

from codi.files import views

app_name = "files"
urlpatterns = [
    path("files/<slug:kind>/of/<int:pk>/", views.RecordFiles.as_view(), name="record"),
    path("files/<slug:kind>/of/<int:pk>/attach/", views.Attach.as_view(), name="attach"),
    path("files/<slug:kind>/<uuid:pk>/", views.FilePage.as_view(), name="detail"),
    path("files/<slug:kind>/<uuid:pk>/content/", views.Content.as_view(), name="content"),
    path("files/<slug:kind>/<uuid:pk>/preview/", views.Preview.as_view(), name="preview"),
    path("files/<slug:kind>/<uuid:pk>/replace/", views.Replace.as_view(), name="replace"),
    path("files/<slug:kind>/<uuid:pk>/remove/", views.Remove.as_view(), name="remove"),
    path("files/<slug:kind>/<uuid:pk>/restore/", views.Restore.as_view(), name="restore"),
]
