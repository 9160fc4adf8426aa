"""Navigation entry of long work."""

from codi.accounts.permissions import allow
from codi.ui.navigation import NavItem, register

register(NavItem("งานเบื้องหลัง", "jobs:list", "hourglass", lambda user: allow(), position=800))
