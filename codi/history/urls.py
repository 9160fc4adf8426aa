from django.urls import path

from codi.history.views import HistoryPage

app_name = "history"
urlpatterns = [
    path("history/<str:model>/<str:pk>/", HistoryPage.as_view(), name="detail"),
]
