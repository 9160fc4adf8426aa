"""Pages of login, the person's own data, the home page, and the people administrators manage."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.generic import TemplateView

from codi.accounts import services
from codi.accounts.access import ScopedMixin
from codi.accounts.forms import (
    LoginForm,
    PasswordChangeForm,
)
from codi.ui.home import cards_for
from codi.ui.pages import FormPage


class Login(auth_views.LoginView):
    """Public. Log in; a person who is already in goes on to where they wanted to be."""

    form_class = LoginForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True


class Logout(auth_views.LogoutView):
    """Public. Log out, by POST only."""

    next_page = "accounts:login"


def locked_out(
    request: HttpRequest, credentials: Any = None, *args: Any, **kwargs: Any
) -> HttpResponse:
    """What django-axes answers after too many failures."""
    return render(request, "accounts/locked.html", status=429)


class Home(ScopedMixin, TemplateView):
    """What waits for me, what is late, what was issued."""

    template_name = "ui/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cards = cards_for(self.user, today=timezone.localdate())
        return super().get_context_data(
            cards=cards,
            page_title=f"สวัสดี {self.user.full_name}",
            page_lead=f"{self.user.get_role_display()} · {self.user.scope_label}",
            **kwargs,
        )


class ProfilePage(ScopedMixin, TemplateView):
    """The person's own data, to look at."""

    template_name = "accounts/profile.html"
    extra_context = {"page_title": "ข้อมูลของฉัน"}


class PasswordChange(ScopedMixin, FormPage):
    """A new password of one's own; this session goes on, all others end."""

    form_class = PasswordChangeForm
    page_title = "เปลี่ยนรหัสผ่าน"
    submit_label = "บันทึกรหัสผ่านใหม่"

    def get_context(self, form: Any) -> dict[str, Any]:
        lead = (
            "รหัสผ่านที่ได้รับใช้ได้ชั่วคราว กรุณาตั้งรหัสผ่านของท่านเองก่อนเริ่มใช้งาน"
            if self.user.must_change_password
            else ""
        )
        return super().get_context(form) | {"page_lead": lead}

    def act(self, form: PasswordChangeForm) -> HttpResponse:
        user = services.change_own_password(
            actor=self.user, password=form.cleaned_data["new_password"]
        )
        update_session_auth_hash(self.request, user)
        messages.success(self.request, "เปลี่ยนรหัสผ่านแล้ว เครื่องอื่นที่เข้าใช้อยู่ต้องเข้าสู่ระบบใหม่")
        return redirect("home")
