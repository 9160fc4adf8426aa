"""Addresses of welfare funds and what they report."""

from django.urls import path

from programs.views.duplicates import addresses
from welfare.models import FundDouble
from welfare.views import duplicates, funds, reports

app_name = "welfare"
urlpatterns = [
    path("", funds.FundList.as_view(), name="funds"),
    path("new/", funds.FundNew.as_view(), name="fund_new"),
    path("completeness/", reports.Completeness.as_view(), name="completeness"),
    path("<int:pk>/", funds.FundPage.as_view(), name="fund"),
    path("<int:pk>/edit/", funds.FundEdit.as_view(), name="fund_edit"),
    path("<int:pk>/stop/", funds.FundStop.as_view(), name="fund_stop"),
    path("<int:pk>/withdraw/", funds.FundWithdraw.as_view(), name="fund_withdraw"),
    path("<int:pk>/status/new/", reports.StatusNew.as_view(), name="status_new"),
    path("<int:pk>/indicators/new/", reports.IndicatorsNew.as_view(), name="indicators_new"),
    path("<int:pk>/reviews/new/", reports.ReviewNew.as_view(), name="review_new"),
    path("<int:pk>/contributions/new/", reports.ContributionNew.as_view(), name="contribution_new"),
    path("status/<int:pk>/edit/", reports.StatusEdit.as_view(), name="status_edit"),
    path("indicators/<int:pk>/edit/", reports.IndicatorsEdit.as_view(), name="indicators_edit"),
    path("reviews/<int:pk>/edit/", reports.ReviewEdit.as_view(), name="review_edit"),
    path(
        "contributions/<int:pk>/edit/", reports.ContributionEdit.as_view(), name="contribution_edit"
    ),
    path(
        "contributions/<int:pk>/project/",
        reports.ContributionProject.as_view(),
        name="contribution_project",
    ),
    *addresses(FundDouble, duplicates.FundDoubles, "doubles/"),
]
