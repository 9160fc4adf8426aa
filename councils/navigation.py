"""Navigation entries of councils."""

from codi.accounts.permissions import allow
from codi.ui.navigation import NavItem, register

register(
    NavItem("สภาองค์กรชุมชน", "councils:councils", "landmark", lambda user: allow(), position=320),
)
