"""Addresses of data quality."""

from django.urls import path

from codi.quality import views

app_name = "quality"
urlpatterns = [
    path("quality/", views.FindingList.as_view(), name="list"),
    path("quality/overview/", views.Overview.as_view(), name="overview"),
    path("quality/overview/trend.svg", views.Trend.as_view(), name="trend"),
    path("quality/sweep/", views.Sweep.as_view(), name="sweep"),
    path("quality/<int:pk>/", views.FindingPage.as_view(), name="finding"),
    path("quality/<int:pk>/close/", views.FindingClose.as_view(), name="close"),
    path("quality/<int:pk>/reopen/", views.FindingReopen.as_view(), name="reopen"),
]
