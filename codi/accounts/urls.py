"""Addresses of login, the person's own pages, and the people that administrators manage."""

from django.urls import path

from codi.accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", views.Logout.as_view(), name="logout"),
    path("me/", views.ProfilePage.as_view(), name="profile"),
    path("me/password/", views.PasswordChange.as_view(), name="password_change"),
]
