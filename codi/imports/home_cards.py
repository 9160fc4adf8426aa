"""Files that wait for a second person, on the home page of those who may confirm them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from codi.imports.models import ImportBatch
from codi.ui.home import HomeCard, HomeItem, home_card


@home_card("regional_manager", "finance_officer", position=30)
def waiting_files(user: Any, *, today: dt.date) -> HomeCard:
    """Files in sight that this person's role confirms and somebody else uploaded."""
    waiting = (
        ImportBatch.objects.visible_to(user)
        .waiting()
        .filter(checker_roles__contains=[user.role])
        .exclude(uploaded_by=user)
        .defer("preview")
        .select_related("uploaded_by")
    )
    batches = list(waiting[:50])
    return HomeCard(
        title="ไฟล์นำเข้าที่รอท่านยืนยัน",
        empty_text="ไม่มีไฟล์ที่รอยืนยัน",
        count=len(batches),
        items=[
            HomeItem(
                batch.file_name,
                reverse("imports:preview", args=[batch.pk]),
                f"{batch.kind_title} · {batch.uploaded_by.full_name}",
            )
            for batch in batches[:5]
        ],
        url=f"{reverse('imports:list')}?state=waiting_confirmation",
        tone="warn" if batches else "calm",
        icon="file-check",
    )
