"""Pages of notices: the list, the way to a record, how mails come, and how the mails went."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.accounts.permissions import Decision
from codi.errors import Refused
from codi.notices import permissions, posting, services
from codi.notices.filters import MailFilter, NoticeFilter
from codi.notices.forms import SettingsForm
from codi.notices.models import Mail, MailState, Notice
from codi.notices.tables import MailTable, NoticeTable
from codi.ui.lists import Empty, ListPage
from codi.ui.pages import FormPage

LIST_CRUMB = ("การแจ้งเตือน", reverse_lazy("notices:list"))


class NoticeList(ScopedMixin, ListPage):
    """What the person was told, the newest first; each line leads to its record."""

    model = Notice
    table_class = NoticeTable
    filterset_class = NoticeFilter
    template_name = "notices/list.html"
    results_template_name = "notices/list_results.html"
    page_title = "การแจ้งเตือน"
    page_lead = "เรื่องที่เกิดกับรายการในขอบเขตของท่าน กดที่เรื่องเพื่อเปิดรายการ"
    unit = "เรื่อง"
    default_sort = "-created_at"
    search_texts = ("title",)
    search_label = "ค้นหาข้อความ"
    empty = Empty(
        "ยังไม่มีการแจ้งเตือน",
        "เมื่อมีการส่งกลับ อนุมัติ งานเสร็จ หรือมีรายการล่าช้าในขอบเขตของท่าน เรื่องจะขึ้นที่นี่",
        "bell",
    )

    def get_context(self) -> dict[str, Any]:
        """The newest notice there is now: what comes later is not marked as read unseen."""
        unread = self.get_queryset().unread()  # type: ignore[attr-defined]
        return {"up_to": unread.aggregate(newest=Max("pk"))["newest"]}


class NoticeOpen(ScopedMixin, View):
    """The way from a notice to its record: a link of a mail (GET), a line of the list (POST)."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go to the record; reading writes nothing, so the notice stays unread."""
        return redirect(self.get_visible_or_404(Notice, pk=pk).url)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that it was read, and go to the record."""
        notice = self.get_visible_or_404(Notice, pk=pk)
        services.mark_read(actor=self.user, notice=notice)
        return redirect(notice.url)


class NoticesRead(ScopedMixin, View):
    """Mark everything that was shown as read."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = request.POST.get("up_to", "")
        up_to = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
        count = services.mark_all_read(actor=self.user, up_to=up_to)
        messages.success(request, f"ทำเครื่องหมายว่าอ่านแล้ว {count:,} เรื่อง")
        return redirect("notices:list")


class NoticeSettings(ScopedMixin, FormPage):
    """One switch per kind: by mail at once, once a day, or never."""

    form_class = SettingsForm
    template_name = "notices/settings.html"
    page_title = "ตั้งค่าการแจ้งเตือน"
    page_lead = "ทุกเรื่องแสดงในระบบเสมอ เลือกได้ว่าจะให้ส่งอีเมลด้วยหรือไม่ และบ่อยเพียงใด"

    def get_context(self, form: Any) -> dict[str, Any]:
        crumbs = [LIST_CRUMB, (self.page_title, "")]
        return super().get_context(form) | {"crumbs": crumbs, "cancel_url": LIST_CRUMB[1]}

    def act(self, form: SettingsForm) -> HttpResponse:
        services.choose(actor=self.user, frequencies=form.cleaned_data)
        messages.success(self.request, "บันทึกการตั้งค่าการแจ้งเตือนแล้ว")
        return redirect("notices:settings")


class MailList(ScopedMixin, ListPage):
    """The mails that went out or did not, for administrators; their text is not shown."""

    model = Mail
    table_class = MailTable
    filterset_class = MailFilter
    template_name = "notices/mails.html"
    page_title = "อีเมลแจ้งเตือน"
    page_lead = "อีเมลที่ส่งไม่สำเร็จครบ 3 ครั้ง หรือค้างอยู่เมื่อกู้คืนข้อมูล รอให้ผู้ดูแลตรวจสาเหตุแล้วสั่งส่งอีกครั้ง"
    unit = "ฉบับ"
    default_sort = "-created_at"
    search_texts = ("recipient__full_name",)
    search_label = "ค้นหาชื่อผู้รับ"
    empty = Empty("ยังไม่มีอีเมล", "เมื่อระบบส่งการแจ้งเตือนทางอีเมล รายการจะขึ้นที่นี่", "mail")

    def allowed(self) -> Decision:
        return permissions.can_see_mails(self.user)

    def get_queryset(self) -> QuerySet[Mail]:
        return super().get_queryset().select_related("recipient")

    def get_context(self) -> dict[str, Any]:
        return {"failed_count": Mail.objects.visible_to(self.user).failed().count()}


class MailsAgain(ScopedMixin, View):
    """Send every failed mail again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        self.require(permissions.can_see_mails(self.user))
        try:
            count = posting.send_again(actor=self.user, now=timezone.now())
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, f"สั่งส่งอีเมลอีกครั้งแล้ว {count:,} ฉบับ")
        return redirect(f"{reverse('notices:mails')}?state={MailState.WAITING}")
