"""Addresses of the form of a project, organisations, meetings and programmes."""

from django.urls import path

from programs.views import bases, meetings, organisations, programmes, projects

app_name = "programs"
urlpatterns = [
    path("projects/new/", projects.ProjectNew.as_view(), name="project_new"),
    path("projects/<int:pk>/edit/", projects.ProjectEdit.as_view(), name="project_edit"),
    path("organisations/", organisations.OrganisationList.as_view(), name="organisations"),
    path("organisations/new/", organisations.OrganisationNew.as_view(), name="organisation_new"),
    path("organisations/<int:pk>/", organisations.OrganisationPage.as_view(), name="organisation"),
    path(
        "organisations/<int:pk>/edit/",
        organisations.OrganisationEdit.as_view(),
        name="organisation_edit",
    ),
    path("organisations/<int:pk>/certify/", organisations.Certify.as_view(), name="certify"),
    path("meetings/", meetings.MeetingList.as_view(), name="meetings"),
    path("meetings/<int:pk>/", meetings.MeetingPage.as_view(), name="meeting"),
    path(
        "meetings/<int:pk>/resolutions/new/",
        meetings.ResolutionNew.as_view(),
        name="resolution_new",
    ),
    path("committees/", meetings.CommitteeList.as_view(), name="committees"),
    path("committees/new/", meetings.CommitteeNew.as_view(), name="committee_new"),
    path("committees/<int:pk>/meetings/new/", meetings.MeetingNew.as_view(), name="meeting_new"),
    path("programmes/", programmes.ProgrammeTree.as_view(), name="programmes"),
    path("programmes/list/", programmes.ProgrammeList.as_view(), name="programme_list"),
    path("programmes/new/", programmes.ProgrammeNew.as_view(), name="programme_new"),
    path("programmes/<int:pk>/", programmes.ProgrammePage.as_view(), name="programme"),
    path("programmes/<int:pk>/edit/", programmes.ProgrammeEdit.as_view(), name="programme_edit"),
    path("programmes/<int:pk>/frames/new/", programmes.FrameNew.as_view(), name="frame_new"),
    path("programmes/<int:pk>/targets/new/", programmes.TargetNew.as_view(), name="target_new"),
    path("programmes/sources/", programmes.SourceList.as_view(), name="sources"),
    path("programmes/sources/new/", programmes.SourceNew.as_view(), name="source_new"),
    path("committees/<int:pk>/edit/", meetings.CommitteeEdit.as_view(), name="committee_edit"),
    path("meetings/<int:pk>/edit/", meetings.MeetingEdit.as_view(), name="meeting_edit"),
    path("resolutions/<int:pk>/edit/", meetings.ResolutionEdit.as_view(), name="resolution_edit"),
    path(
        "certifications/<int:pk>/edit/",
        organisations.CertificationEdit.as_view(),
        name="certification_edit",
    ),
    path("frames/<int:pk>/edit/", programmes.FrameEdit.as_view(), name="frame_edit"),
    path("targets/<int:pk>/edit/", programmes.TargetEdit.as_view(), name="target_edit"),
    path("bases/", bases.BaseList.as_view(), name="bases"),
    path("bases/new/", bases.BaseNew.as_view(), name="base_new"),
    path("bases/<int:pk>/edit/", bases.BaseEdit.as_view(), name="base_edit"),
    path("scales/", bases.ScaleList.as_view(), name="scales"),
    path("scales/new/", bases.ScaleNew.as_view(), name="scale_new"),
    path("scales/<int:pk>/edit/", bases.ScaleEdit.as_view(), name="scale_edit"),
    path("programmes/sources/<int:pk>/edit/", programmes.SourceEdit.as_view(), name="source_edit"),
]
