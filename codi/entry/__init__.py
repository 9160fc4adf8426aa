"""Entry grids: many rows typed, or pasted from a spreadsheet, in one table, each saved on its own.

A room declares in its ``grids.py`` what may be typed::

    register_grid(EntryGrid(
        key="organisations",
        title="แก้ไของค์กรแบบตาราง",
        unit="องค์กร",
        shown=(ShownColumn("องค์กร", lambda row: row.name),),
        columns=(EntryColumn("contact", TextField(label="ผู้ประสานงาน", max_length=300)), …),
        rows=lambda scope: Organisation.objects.visible_to(scope.user),
        may_open=lambda scope: can_manage_organisations(scope.user),
        save=save_organisation,
    ))

The page works as a plain form; with script each row goes to the server by itself while one types.
"""

from codi.entry.declared import (
    GRIDS,
    EntryColumn,
    EntryGrid,
    Hand,
    Listed,
    Scope,
    ShownColumn,
    register_grid,
)
from codi.entry.quarters import closes_quarters

__all__ = [
    "GRIDS",
    "EntryColumn",
    "EntryGrid",
    "Hand",
    "Listed",
    "Scope",
    "ShownColumn",
    "closes_quarters",
    "register_grid",
]
