"""Addresses of councils, their members, terms and work."""

from django.urls import path

from councils.models import CouncilDouble, GroupDouble
from councils.views import councils, duplicates, groups, letters, members, proposals, terms, work
from programs.views.duplicates import addresses

app_name = "councils"
urlpatterns = [
    path("councils/", councils.CouncilList.as_view(), name="councils"),
    path("councils/new/", councils.CouncilNew.as_view(), name="council_new"),
    path("councils/<int:pk>/", councils.CouncilPage.as_view(), name="council"),
    # Work of a council
    path("councils/<int:pk>/meetings/new/", work.MeetingNew.as_view(), name="meeting_new"),
    path("councils/meetings/<int:pk>/edit/", work.MeetingEdit.as_view(), name="meeting_edit"),
    path("councils/<int:pk>/missions/", work.Missions.as_view(), name="missions"),
    path("councils/<int:pk>/capability/new/", work.CapabilityNew.as_view(), name="capability_new"),
    path("councils/capability/<int:pk>/", work.CapabilityPage.as_view(), name="capability"),
    path(
        "councils/capability/<int:pk>/edit/",
        work.CapabilityEdit.as_view(),
        name="capability_edit",
    ),
    path("councils/<int:pk>/reviews/new/", work.ReviewNew.as_view(), name="review_new"),
    path("councils/reviews/<int:pk>/edit/", work.ReviewEdit.as_view(), name="review_edit"),
    # Groups
    path("councils/groups/", groups.GroupList.as_view(), name="groups"),
    path("councils/groups/certify/", groups.GroupsCertify.as_view(), name="groups_certify"),
    path("councils/<int:pk>/groups/new/", groups.GroupNew.as_view(), name="group_new"),
    path("councils/groups/<int:pk>/", groups.GroupPage.as_view(), name="group"),
    path("councils/groups/<int:pk>/edit/", groups.GroupEdit.as_view(), name="group_edit"),
    path("councils/groups/<int:pk>/end/", groups.GroupEnd.as_view(), name="group_end"),
    path(
        "councils/groups/<int:pk>/reinstate/",
        groups.GroupReinstate.as_view(),
        name="group_reinstate",
    ),
    path("councils/groups/<int:pk>/certify/", groups.GroupCertify.as_view(), name="group_certify"),
    path(
        "councils/groups/certifications/<int:pk>/withdraw/",
        groups.CertificationWithdraw.as_view(),
        name="certification_withdraw",
    ),
    # Letters
    path("councils/<int:pk>/letters/new/", letters.Issue.as_view(), name="letter_issue"),
    path(
        "councils/groups/<int:pk>/letters/new/",
        letters.GroupIssue.as_view(),
        name="group_letter_issue",
    ),
    path("councils/letters/<int:pk>/", letters.LetterPage.as_view(), name="letter"),
    path("councils/letters/<int:pk>/print/", letters.Print.as_view(), name="letter_print"),
    path("councils/letters/<int:pk>/revoke/", letters.Revoke.as_view(), name="letter_revoke"),
    path("councils/letters/<int:pk>/reissue/", letters.Reissue.as_view(), name="letter_reissue"),
    path("letters/<str:token>/", letters.CheckLetter.as_view(), name="check_letter"),
    # Proposals
    path("councils/proposals/", proposals.ProposalList.as_view(), name="proposals"),
    path("councils/proposals/new/", proposals.ProposalNew.as_view(), name="proposal_new"),
    path("councils/proposals/<int:pk>/", proposals.ProposalPage.as_view(), name="proposal"),
    path(
        "councils/proposals/<int:pk>/edit/",
        proposals.ProposalEdit.as_view(),
        name="proposal_edit",
    ),
    path(
        "councils/proposals/<int:pk>/follow-up/",
        proposals.ProposalFollowUp.as_view(),
        name="proposal_follow_up",
    ),
    path("councils/<int:pk>/edit/", councils.CouncilEdit.as_view(), name="council_edit"),
    path("councils/<int:pk>/certify/", councils.Certify.as_view(), name="certify"),
    path("councils/<int:pk>/withdraw/", councils.Withdraw.as_view(), name="council_withdraw"),
    path("councils/<int:pk>/reinstate/", councils.Reinstate.as_view(), name="council_reinstate"),
    path("councils/<int:pk>/terms/new/", terms.TermNew.as_view(), name="term_new"),
    path("councils/<int:pk>/members/new/", members.MemberNew.as_view(), name="member_new"),
    path("councils/terms/", terms.TermList.as_view(), name="terms"),
    path("councils/terms/<int:pk>/", terms.TermPage.as_view(), name="term"),
    path("councils/terms/<int:pk>/renew/", terms.Renew.as_view(), name="term_renew"),
    path("councils/terms/<int:pk>/withdraw/", terms.TermWithdraw.as_view(), name="term_withdraw"),
    path("councils/members/", members.MemberList.as_view(), name="members"),
    path("councils/members/<int:pk>/edit/", members.MemberEdit.as_view(), name="member_edit"),
    path("councils/members/<int:pk>/end/", members.MemberEnd.as_view(), name="member_end"),
    # Doubles
    *addresses(CouncilDouble, duplicates.CouncilDoubles, "councils/doubles/"),
    *addresses(GroupDouble, duplicates.GroupDoubles, "councils/groups/doubles/"),
]
