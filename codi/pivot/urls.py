"""The address of cross tables; the state of each stands in its words."""

from django.urls import path

from codi.pivot.views import PivotPage

app_name = "pivot"
urlpatterns = [path("pivot/<slug:key>/", PivotPage.as_view(), name="table")]
