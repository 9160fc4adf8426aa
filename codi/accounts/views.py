"""Pages of login, the person's own data, the home page, and the people administrators manage."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import TemplateView

from codi.accounts import services
from codi.accounts.access import ScopedMixin
from codi.accounts.filters import UserFilter
from codi.accounts.forms import (
    LoginForm,
    NewPersonForm,
    PasswordChangeForm,
    PersonForm,
    ReasonForm,
)
from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, can_disable_user, can_manage_users
from codi.accounts.tables import UserTable
from codi.ui.home import cards_for, panels_for
from codi.ui.lists import ListPage
from codi.ui.navigation import shortcuts_for
from codi.ui.pages import FormPage
from codi.ui.views import too_many


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
    return too_many(request)


class Home(ScopedMixin, TemplateView):
    """What waits for me, what is late, what was issued."""

    template_name = "ui/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            panels=panels_for(self.user, today=today),
            panels_first=self.user.role in (Role.EXECUTIVE, Role.ANALYST),
            cards=cards_for(self.user, today=today),
            shortcuts=shortcuts_for(self.user),
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


USERS_CRUMB = ("ผู้ใช้", reverse_lazy("accounts:user_list"))


class UserList(ScopedMixin, ListPage):
    """Everybody who can log in, for administrators."""

    model = User
    table_class = UserTable
    filterset_class = UserFilter
    template_name = "accounts/user_list.html"
    page_title = "ผู้ใช้"
    unit = "คน"
    default_sort = "full_name"
    search_texts = ("full_name", "username", "email")
    search_label = "ค้นหาชื่อ ชื่อผู้ใช้ หรืออีเมล"

    def allowed(self) -> Decision:
        return can_manage_users(self.user)

    def get_queryset(self) -> QuerySet[User]:
        return super().get_queryset().select_related("region", "province")


class ManagedUserMixin(ScopedMixin):
    """A page about one person, whom only an administrator sees."""

    kwargs: dict[str, Any]

    @cached_property
    def person(self) -> User:
        """The person of the address; 403 for people who may not manage users, 404 when missing."""
        self.require(can_manage_users(self.user))
        found: User = self.get_visible_or_404(User, pk=self.kwargs["pk"])
        return found


class UserCreate(ScopedMixin, FormPage):
    """Add a person and show the temporary password once."""

    form_class = NewPersonForm
    page_title = "เพิ่มผู้ใช้"
    submit_label = "เพิ่มผู้ใช้"

    def get_form_kwargs(self) -> dict[str, Any]:
        self.require(can_manage_users(self.user))
        return super().get_form_kwargs()

    def get_context(self, form: Any) -> dict[str, Any]:
        crumbs = [USERS_CRUMB, (self.page_title, "")]
        return super().get_context(form) | {"crumbs": crumbs, "cancel_url": USERS_CRUMB[1]}

    def act(self, form: NewPersonForm) -> HttpResponse:
        person, password = services.create_user(
            actor=self.user, username=form.cleaned_data["username"], profile=form.profile()
        )
        return show_password(self.request, person, password, title="เพิ่มผู้ใช้แล้ว")


class UserEdit(ManagedUserMixin, FormPage):
    """A person's name, role and scope, and the ways to their password and access."""

    form_class = PersonForm
    template_name = "accounts/user_edit.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        names = ("full_name", "email", "role", "scope_level", "region", "province")
        initial = {name: getattr(self.person, name) for name in names}
        return super().get_form_kwargs() | {"initial": initial}

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {
            "page_title": self.person.full_name,
            "page_lead": f"ชื่อผู้ใช้ {self.person.username}",
            "person": self.person,
            "crumbs": [USERS_CRUMB, (self.person.full_name, "")],
            "cancel_url": USERS_CRUMB[1],
            "may_disable": can_disable_user(self.user, self.person),
        }

    def act(self, form: PersonForm) -> HttpResponse:
        services.update_user(actor=self.user, user=self.person, profile=form.profile())
        messages.success(self.request, f"บันทึกข้อมูลของ {form.cleaned_data['full_name']} แล้ว")
        return redirect("accounts:user_list")


class UserActive(ManagedUserMixin, FormPage):
    """Disable a person, or let them in again, with the reason."""

    form_class = ReasonForm

    def get_context(self, form: Any) -> dict[str, Any]:
        verb, effect = (
            ("ระงับบัญชี", "ผู้ใช้จะออกจากระบบทันทีและเข้าใช้ไม่ได้ ข้อมูลที่เคยบันทึกยังอยู่ครบ")
            if self.person.is_active
            else ("เปิดใช้บัญชี", "ผู้ใช้จะเข้าสู่ระบบได้อีกครั้งด้วยรหัสผ่านเดิม")
        )
        edit_url = reverse("accounts:user_edit", args=[self.person.pk])
        return super().get_context(form) | {
            "page_title": f"{verb}: {self.person.full_name}",
            "page_lead": effect,
            "submit_label": verb,
            "cancel_url": edit_url,
            "crumbs": [USERS_CRUMB, (self.person.full_name, edit_url), (verb, "")],
        }

    def act(self, form: ReasonForm) -> HttpResponse:
        is_active = not self.person.is_active
        services.set_active(
            actor=self.user,
            user=self.person,
            is_active=is_active,
            reason=form.cleaned_data["reason"],
        )
        done = "เปิดใช้" if is_active else "ระงับ"
        messages.success(self.request, f"{done}บัญชีของ {self.person.full_name} แล้ว")
        return redirect("accounts:user_edit", pk=self.person.pk)


class UserPassword(ManagedUserMixin, View):
    """Give a person a new temporary password, by POST from their page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        password = services.reset_password(actor=self.user, user=self.person)
        return show_password(request, self.person, password, title="ตั้งรหัสผ่านใหม่แล้ว")


def show_password(request: HttpRequest, person: User, password: str, *, title: str) -> HttpResponse:
    """The page that shows a temporary password once; no browser may keep it."""
    context = {"person": person, "password": password, "page_title": title}
    response = render(request, "accounts/new_password.html", context)
    response["Cache-Control"] = "no-store"
    return response
