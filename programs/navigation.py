"""Navigation entries of programmes, organisations and meetings."""

from codi.accounts.permissions import allow
from codi.ui.navigation import NavItem, register

register(
    NavItem("แผนงาน", "programs:programmes", "network", lambda user: allow(), position=200),
    NavItem("องค์กร", "programs:organisations", "users-round", lambda user: allow(), position=300),
    NavItem("การประชุม", "programs:meetings", "calendar-days", lambda user: allow(), position=310),
)
