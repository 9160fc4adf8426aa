"""Cards of the home page: doubles of funds that wait for headquarters."""

from __future__ import annotations

import datetime as dt

from codi.accounts.models import User
from codi.ui.home import HomeCard, home_card
from programs.notices_of_merging import CHECKERS
from programs.panels_of_merging import waiting_card
from welfare.models import FundDouble


@home_card(*CHECKERS, position=52)
def fund_doubles_to_check(user: User, *, today: dt.date) -> HomeCard | None:
    """Funds whose merge was asked for."""
    return waiting_card(FundDouble, user, "คำขอรวมกองทุนที่รอตรวจ")
