"""Navigation entries of programmes, organisations and meetings."""

from codi.accounts.permissions import allow
from codi.ui.navigation import NavItem, register, register_shortcuts
from programs.permissions import can_create_project

register(
    NavItem("แผนงาน", "programs:programmes", "network", lambda user: allow(), position=200),
    NavItem("ฐานและเป้าหมาย", "programs:bases", "target", lambda user: allow(), position=210),
    NavItem("องค์กร", "programs:organisations", "users-round", lambda user: allow(), position=300),
    NavItem("การประชุม", "programs:meetings", "calendar-days", lambda user: allow(), position=310),
)

register_shortcuts(
    NavItem("จัดทำโครงการใหม่", "programs:project_new", "file-plus", can_create_project, position=10),
)
