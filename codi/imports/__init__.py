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

A plain register needs no functions of its own: ``register=Register(Model, identity=…, create=…,
change=…)`` instead of ``plan`` and ``apply``; see ``programs/resources.py``.
"""

from codi.imports.declared import UPLOADS, Own, UndoOf, Upload, UploadColumn, register_upload
from codi.imports.keys import OwnRow
from codi.imports.plan import CellError, Change, Hands, Plan, PlannedRow, Row, Status, blaming
from codi.imports.registers import Register

__all__ = [
    "UPLOADS",
    "CellError",
    "Change",
    "Hands",
    "Own",
    "OwnRow",
    "Plan",
    "PlannedRow",
    "Register",
    "Row",
    "Status",
    "UndoOf",
    "Upload",
    "UploadColumn",
    "blaming",
    "register_upload",
]
