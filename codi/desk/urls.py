"""Addresses of deleting and of the bin."""

from django.urls import path

from codi.desk import views

app_name = "desk"
urlpatterns = [
    path("bin/", views.BinList.as_view(), name="bin"),
    path("bin/<int:pk>/", views.BinnedPage.as_view(), name="binned"),
    path("bin/<int:pk>/restore/", views.Restore.as_view(), name="restore"),
    path("delete/<str:model>/<int:pk>/", views.Delete.as_view(), name="delete"),
]
