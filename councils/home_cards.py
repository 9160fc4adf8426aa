"""Cards of the home page: doubles of councils and groups that wait for headquarters."""

from __future__ import annotations

import datetime as dt

from codi.accounts.models import User
from codi.ui.home import HomeCard, home_card
from councils.models import CouncilDouble, GroupDouble
from programs.notices_of_merging import CHECKERS
from programs.panels_of_merging import waiting_card


@home_card(*CHECKERS, position=50)
def council_doubles_to_check(user: User, *, today: dt.date) -> HomeCard | None:
    """Councils whose merge was asked for."""
    return waiting_card(CouncilDouble, user, "คำขอรวมสภาที่รอตรวจ")


@home_card(*CHECKERS, position=51)
def group_doubles_to_check(user: User, *, today: dt.date) -> HomeCard | None:
    """Groups whose merge was asked for."""
    return waiting_card(GroupDouble, user, "คำขอรวมกลุ่มที่รอตรวจ")
