"""Addresses of uploads."""

from django.urls import path

from codi.imports import views

app_name = "imports"
urlpatterns = [
    path("imports/", views.BatchList.as_view(), name="list"),
    path("imports/new/", views.UploadPage.as_view(), name="new"),
    path("imports/template/<slug:kind>/", views.TemplateDownload.as_view(), name="template"),
    path("imports/rows/<slug:kind>/", views.OwnRowsDownload.as_view(), name="rows"),
    path("imports/<int:pk>/", views.PreviewPage.as_view(), name="preview"),
    path("imports/<int:pk>/errors/", views.ErrorsDownload.as_view(), name="errors"),
    path("imports/<int:pk>/confirm/", views.Confirm.as_view(), name="confirm"),
    path("imports/<int:pk>/send/", views.Send.as_view(), name="send"),
    path("imports/<int:pk>/check-again/", views.CheckAgain.as_view(), name="check_again"),
    path("imports/<int:pk>/refuse/", views.Refuse.as_view(), name="refuse"),
    path("imports/<int:pk>/undo/", views.Undo.as_view(), name="undo"),
    path("imports/<int:pk>/discard/", views.Discard.as_view(), name="discard"),
]
