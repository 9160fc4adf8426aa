"""Addresses of councils, their members, terms and work."""

from django.urls import path

from councils.views import councils

app_name = "councils"
urlpatterns = [
    path("councils/", councils.CouncilList.as_view(), name="councils"),
    path("councils/<int:pk>/", councils.CouncilPage.as_view(), name="council"),
]
