"""Addresses of health, without a slash at the end as probes ask for them."""

from django.urls import path

from codi.health import views

app_name = "health"
urlpatterns = [
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("metrics", views.metrics, name="metrics"),
]
