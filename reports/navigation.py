"""Navigation entries of reports."""

from codi.accounts.permissions import allow
from codi.ui.navigation import NavItem, register, register_shortcuts
from reports import permissions

register(
    NavItem("รายงาน", "reports:list", "file-text", permissions.can_see_reports, position=30),
    NavItem("ตารางตัวเลข", "reports:figures", "table-2", lambda user: allow(), position=35),
)

register_shortcuts(
    NavItem("จัดทำรายงาน", "reports:new", "file-text", permissions.can_create, position=20)
)
