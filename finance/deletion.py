"""What of this room may be deleted: a line of a plan that no money went through."""

from __future__ import annotations

from codi.desk.bin import Deletable, register_deletable, register_part
from finance.models import Instalment
from finance.permissions import can_delete_instalment
from programs.models import Project

register_deletable(
    Deletable(
        Instalment,
        can_delete_instalment,
        lambda line: (line.project.region_id, line.project.province_id),
        after=lambda line: line.get_absolute_url(),
    )
)
register_part(Project, Instalment, "project")
