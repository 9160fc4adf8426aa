"""Addresses of what people keep of their lists; a list goes by the name of its address."""

from django.urls import path

from codi.kept import views

app_name = "kept"
urlpatterns = [
    path("lists/<str:name>/settings/", views.ListSettings.as_view(), name="settings"),
    path("lists/<str:name>/settings/reset/", views.Reset.as_view(), name="reset"),
    path("lists/<str:name>/size/", views.PageSize.as_view(), name="size"),
    path("lists/<str:name>/filters/new/", views.FilterNew.as_view(), name="save"),
    path("lists/filters/<int:pk>/", views.FilterEdit.as_view(), name="edit"),
    path("lists/filters/<int:pk>/open-with/", views.OpenWith.as_view(), name="open_with"),
]
