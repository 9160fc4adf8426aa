"""Navigation entries of people."""

from codi.accounts.permissions import allow, can_manage_users
from codi.ui.navigation import NavItem, register

register(
    NavItem("หน้าแรก", "home", "house", lambda user: allow(), position=0),
    NavItem("ผู้ใช้", "accounts:user_list", "users", can_manage_users, position=900),
)
