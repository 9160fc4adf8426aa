"""Mails that could not be sent, on the home page of administrators."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from codi.accounts.models import Role
from codi.notices.models import Mail, MailState
from codi.ui.home import HomeCard, home_card


@home_card(Role.ADMINISTRATOR, position=30)
def failed_mails(user: Any, *, today: dt.date) -> HomeCard:
    """How many mails were given up after three attempts."""
    count = Mail.objects.visible_to(user).failed().count()
    return HomeCard(
        title="อีเมลแจ้งเตือนที่ส่งไม่สำเร็จ",
        empty_text="อีเมลแจ้งเตือนส่งได้ทุกฉบับ",
        count=count,
        url=f"{reverse('notices:mails')}?state={MailState.FAILED.value}",
        tone="bad" if count else "good",
        icon="mail-x",
    )
