"""Cards of the home page: organisations and meetings whose records are not whole."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.urls import reverse

from codi.accounts.models import Role
from codi.thai.dates import date_range
from codi.ui.home import HomeCard, HomeItem, home_card
from programs.models import CertificationState
from programs.queries import meetings_for_list, organisations_for_list

if TYPE_CHECKING:
    from codi.accounts.models import User

SHOWN = 5
MAKERS = (Role.REGIONAL_OFFICER, Role.REGIONAL_MANAGER)


@home_card(*MAKERS, position=60)
def organisations_without_certification(user: User, *, today: dt.date) -> HomeCard:
    """Organisations that run projects though their status was never certified."""
    waiting = organisations_for_list(user, today).filter(
        certification_state=CertificationState.NONE, project_count__gt=0
    )
    address = f"{reverse('programs:organisations')}?certification={CertificationState.NONE.value}"
    return HomeCard(
        title="องค์กรที่ยังไม่รับรองสถานภาพ",
        empty_text="องค์กรที่มีโครงการได้รับการพิจารณาสถานภาพครบแล้ว",
        count=waiting.count(),
        items=[
            HomeItem(one.name, one.get_absolute_url(), f"{one.project_count} โครงการ")
            for one in waiting[:SHOWN]
        ],
        url=address,
        icon="badge-check",
    )


@home_card(*MAKERS, position=61)
def meetings_without_resolutions(user: User, *, today: dt.date) -> HomeCard:
    """Meetings of the own region that are over and have no resolution yet."""
    waiting = meetings_for_list(user).filter(resolution_count=0, ends_on__lt=today)
    if not user.sees_nation:
        waiting = waiting.filter(committee__region=user.region_id)
    return HomeCard(
        title="การประชุมที่ยังไม่บันทึกมติ",
        empty_text="การประชุมที่ผ่านมาบันทึกมติครบแล้ว",
        count=waiting.count(),
        items=[
            HomeItem(
                f"ครั้งที่ {one.label} {one.committee}",
                one.get_absolute_url(),
                date_range(one.starts_on, one.ends_on),
            )
            for one in waiting[:SHOWN]
        ],
        url=f"{reverse('programs:meetings')}?resolutions=none",
        icon="scroll-text",
    )
