"""Addresses of small answers that forms ask for."""

from django.urls import path

from codi.ui import views

app_name = "ui"
urlpatterns = [
    path("ui/echo/date/", views.echo_date, name="echo_date"),
    path("ui/echo/baht/", views.echo_baht, name="echo_baht"),
]
