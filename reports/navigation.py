"""Navigation entries of reports."""

from codi.accounts.permissions import allow
from codi.ui.navigation import NavItem, register
from reports import permissions

register(
    NavItem("รายงาน", "reports:list", "file-text", permissions.can_see_reports, position=30),
    NavItem("ตารางตัวเลข", "reports:figures", "table-2", lambda user: allow(), position=35),
)
