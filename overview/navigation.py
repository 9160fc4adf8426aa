"""Navigation entries of overviews."""

from codi.accounts.permissions import allow
from codi.ui.navigation import NavItem, register

register(
    NavItem("ภาพรวม", "overview:dashboard", "layout-dashboard", lambda user: allow(), position=5),
    NavItem(
        "วิเคราะห์", "overview:analyses", "chart-no-axes-combined", lambda user: allow(), position=36
    ),
)
