"""Addresses of projects and their money."""

from django.urls import path

from finance.views import entries, life, lists, moves, plan, projects

app_name = "finance"
urlpatterns = [
    path("projects/", lists.Projects.as_view(), name="projects"),
    path("projects/<int:pk>/", projects.ProjectPage.as_view(), name="project"),
    path("projects/<int:pk>/submit/", life.Submit.as_view(), name="submit"),
    path("projects/<int:pk>/endorse/", life.Endorse.as_view(), name="endorse"),
    path("projects/<int:pk>/approve/", life.Approve.as_view(), name="approve"),
    path("projects/<int:pk>/send-back/", life.SendBack.as_view(), name="send_back"),
    path("projects/<int:pk>/cancel/", life.Cancel.as_view(), name="cancel"),
    path("projects/<int:pk>/close/", life.Close.as_view(), name="close"),
    path("projects/<int:pk>/codi-pm/", life.RecordInPm.as_view(), name="record_in_pm"),
    path("projects/<int:pk>/instalments/", plan.Plan.as_view(), name="plan"),
    path("projects/<int:pk>/pay/", entries.Pay.as_view(), name="pay"),
    path("projects/<int:pk>/return/", entries.Return.as_view(), name="return"),
    path("projects/<int:pk>/adjust/", entries.Adjust.as_view(), name="adjust"),
    path("instalments/", lists.Instalments.as_view(), name="instalments"),
    path("instalments/<int:pk>/evidence/", entries.ClearEvidence.as_view(), name="evidence"),
    path("ledger/", lists.Ledger.as_view(), name="ledger"),
    path("ledger/<int:pk>/", projects.EntryPage.as_view(), name="entry"),
    path("ledger/<int:pk>/reverse/", entries.Reverse.as_view(), name="reverse"),
    path("frames/", lists.Frames.as_view(), name="frames"),
    path("late/", lists.Late.as_view(), name="late"),
    path("budget-moves/", lists.Moves.as_view(), name="moves"),
    path("budget-moves/new/", moves.MoveNew.as_view(), name="move_new"),
]
