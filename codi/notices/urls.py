"""Addresses of notices and their mails."""

from django.urls import path

from codi.notices import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.NoticeList.as_view(), name="list"),
    path("notices/<int:pk>/", views.NoticeOpen.as_view(), name="open"),
    path("notices/read/", views.NoticesRead.as_view(), name="read"),
    path("notices/settings/", views.NoticeSettings.as_view(), name="settings"),
    path("notices/mails/", views.MailList.as_view(), name="mails"),
    path("notices/mails/again/", views.MailsAgain.as_view(), name="mails_again"),
]
