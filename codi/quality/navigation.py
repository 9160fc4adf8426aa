"""Navigation entry of data quality."""

from codi.accounts.permissions import allow
from codi.ui.navigation import NavItem, register

register(NavItem("คุณภาพข้อมูล", "quality:list", "shield-check", lambda user: allow(), position=700))
