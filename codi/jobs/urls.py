"""Addresses of long work."""

from django.urls import path

from codi.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/", views.JobList.as_view(), name="list"),
    path("jobs/export/", views.ExportRequest.as_view(), name="export"),
    path("jobs/<int:pk>/", views.JobPage.as_view(), name="detail"),
    path("jobs/<int:pk>/progress/", views.JobProgress.as_view(), name="progress"),
    path("jobs/<int:pk>/download/", views.JobDownload.as_view(), name="download"),
    path("jobs/<int:pk>/cancel/", views.JobCancel.as_view(), name="cancel"),
    path("jobs/<int:pk>/retry/", views.JobRetry.as_view(), name="retry"),
]
