"""Navigation entries of projects and their money."""

from codi.accounts.permissions import allow
from codi.ui.navigation import NavItem, register

register(
    NavItem("โครงการ", "finance:projects", "folder-open", lambda user: allow(), position=10),
    NavItem("บัญชีเบิกจ่าย", "finance:ledger", "banknote", lambda user: allow(), position=20),
    NavItem("ล่าช้า", "finance:late", "alarm-clock", lambda user: allow(), position=25),
    NavItem("ปรับโอนงบ", "finance:moves", "arrow-left-right", lambda user: allow(), position=60),
)
