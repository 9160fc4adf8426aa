"""Addresses of reports."""

from django.urls import path

from reports.views import acts, cells, checks, editions, figures, files, later, quarters

app_name = "reports"
urlpatterns = [
    path("reports/", editions.EditionList.as_view(), name="list"),
    path("reports/new/", editions.NewEdition.as_view(), name="new"),
    path("reports/new/quarterly/", editions.NewQuarterly.as_view(), name="new_quarterly"),
    path("reports/<int:pk>/", editions.EditionPage.as_view(), name="detail"),
    path("reports/<int:pk>/progress/", editions.EditionProgress.as_view(), name="progress"),
    path("reports/<int:pk>/texts/<str:slot>/", editions.EditText.as_view(), name="text"),
    path("reports/<int:pk>/changes/", editions.ChangesPage.as_view(), name="changes"),
    path("reports/<int:pk>/changes/compare/", editions.Compare.as_view(), name="compare"),
    path("reports/<int:pk>/cell/", cells.EditionCell.as_view(), name="cell"),
    path("reports/<int:pk>/chart/<str:key>/", files.Chart.as_view(), name="chart"),
    path("reports/<int:pk>/file/<str:kind>/", files.EditionFileView.as_view(), name="file"),
    path("reports/<int:pk>/render/", acts.Render.as_view(), name="render"),
    path("reports/<int:pk>/submit/", acts.Submit.as_view(), name="submit"),
    path("reports/<int:pk>/send-back/", acts.SendBack.as_view(), name="send_back"),
    path("reports/<int:pk>/approve/", acts.Approve.as_view(), name="approve"),
    path("reports/<int:pk>/issue/", acts.Issue.as_view(), name="issue"),
    path("reports/<int:pk>/withdraw/", acts.Withdraw.as_view(), name="withdraw"),
    path("reports/<int:pk>/replace/", acts.Replace.as_view(), name="replace"),
    path("reports/<int:pk>/waiver/", checks.AskWaiver.as_view(), name="ask_waiver"),
    path("reports/waivers/<int:pk>/allow/", checks.AllowWaiver.as_view(), name="allow_waiver"),
    path("reports/quarters/", quarters.QuarterList.as_view(), name="quarters"),
    path(
        "reports/quarters/<int:year>/<int:number>/", quarters.QuarterPage.as_view(), name="quarter"
    ),
    path(
        "reports/quarters/<int:year>/<int:number>/close/",
        quarters.CloseQuarter.as_view(),
        name="quarter_close",
    ),
    path(
        "reports/quarters/<int:year>/<int:number>/reopen/",
        quarters.ReopenQuarter.as_view(),
        name="quarter_reopen",
    ),
    path(
        "reports/quarters/<int:year>/<int:number>/due/",
        quarters.SetDueDay.as_view(),
        name="quarter_due",
    ),
    path("reports/quarters/<int:pk>/", quarters.QuarterByKey.as_view(), name="quarter_by_key"),
    path("reports/later/", later.LaterChangeList.as_view(), name="later"),
    path("reports/later/read/", later.ReadNow.as_view(), name="later_read"),
    path("reports/later/<int:pk>/", later.LaterChangePage.as_view(), name="later_change"),
    path("figures/", figures.FigureList.as_view(), name="figures"),
    path("figures/<str:key>/", figures.FigurePage.as_view(), name="figure"),
    path("figures/<str:key>/cell/", cells.FigureCell.as_view(), name="figure_cell"),
]
