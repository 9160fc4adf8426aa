"""Menu entry of welfare funds."""

from codi.accounts.permissions import allow
from codi.ui.navigation import NavItem, register

register(NavItem("กองทุนสวัสดิการ", "welfare:funds", "hand-coins", lambda user: allow(), position=330))
