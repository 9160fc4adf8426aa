"""Navigation entry of uploads."""

from codi.imports.permissions import can_upload_any
from codi.ui.navigation import NavItem, register, register_shortcuts

register(NavItem("นำเข้าข้อมูล", "imports:list", "upload", can_upload_any, position=700))

register_shortcuts(NavItem("นำเข้าจากไฟล์", "imports:new", "upload", can_upload_any, position=30))
