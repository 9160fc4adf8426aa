"""Spreadsheets coming in: read, shown as a preview, confirmed, written all or nothing.

A room declares in its ``resources.py`` what it takes::

    projects = register_upload(Upload(
        key="projects",
        title="โครงการ",
        columns=(UploadColumn("code", "รหัสโครงการ", aliases=("code",), parse=text(20), required=True), …),
        plan=plan_projects,
        apply=apply_projects,
        can_upload=can_upload_projects,
        needs_checker=lambda plan: (Role.REGIONAL_MANAGER,),
    ))
"""

from codi.imports.declared import UPLOADS, Upload, UploadColumn, register_upload
from codi.imports.plan import CellError, Change, Hands, Plan, PlannedRow, Row, Status, blaming

__all__ = [
    "UPLOADS",
    "CellError",
    "Change",
    "Hands",
    "Plan",
    "PlannedRow",
    "Row",
    "Status",
    "Upload",
    "UploadColumn",
    "blaming",
    "register_upload",
]
