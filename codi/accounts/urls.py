"""Addresses of login, the person's own pages, and the people that administrators manage."""

from django.urls import path

from codi.accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", views.Logout.as_view(), name="logout"),
    path("me/", views.ProfilePage.as_view(), name="profile"),
    path("me/password/", views.PasswordChange.as_view(), name="password_change"),
    path("users/", views.UserList.as_view(), name="user_list"),
    path("users/new/", views.UserCreate.as_view(), name="user_create"),
    path("users/<int:pk>/", views.UserEdit.as_view(), name="user_edit"),
    path("users/<int:pk>/active/", views.UserActive.as_view(), name="user_active"),
    path("users/<int:pk>/password/", views.UserPassword.as_view(), name="user_password"),
]
