"""Navigation entries of projects and their money."""

from codi.accounts.permissions import allow
from codi.ui.navigation import NavItem, register, register_shortcuts
from finance.permissions import can_move_budget

register(
    NavItem("โครงการ", "finance:projects", "folder-open", lambda user: allow(), position=10),
    NavItem("บัญชีเบิกจ่าย", "finance:ledger", "banknote", lambda user: allow(), position=20),
)

register_shortcuts(
    NavItem("ปรับโอนงบประมาณ", "finance:move_new", "arrow-left-right", can_move_budget, position=40)
)
