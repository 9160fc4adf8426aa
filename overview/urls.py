"""Addresses of overviews."""

from django.urls import path

from overview import views
from overview.analysis import views as analysis

app_name = "overview"
urlpatterns = [
    path("overview/", views.Dashboard.as_view(), name="dashboard"),
    path("overview/parts/<str:key>/", views.DashboardPart.as_view(), name="part"),
    path("overview/provinces/<str:code>/", views.ProvincePage.as_view(), name="province"),
    path("overview/subdistricts/", views.TambonList.as_view(), name="tambons"),
    path("overview/subdistricts/<str:code>/", views.SubdistrictPage.as_view(), name="subdistrict"),
    path("analyses/", analysis.AnalysisList.as_view(), name="analyses"),
    path("analyses/new/", analysis.AnalysisPage.as_view(), name="new_analysis"),
    path("analyses/new/chart/", analysis.AnalysisChart.as_view(), name="analysis_chart"),
    path("analyses/new/save/", analysis.SaveAnalysis.as_view(), name="save_analysis"),
    path("analyses/<int:pk>/", analysis.AnalysisPage.as_view(), name="analysis"),
    path("analyses/<int:pk>/edit/", analysis.ChangeAnalysis.as_view(), name="change_analysis"),
]
