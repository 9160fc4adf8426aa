"""One account per role to try the product with, and two to see the scope rules at work."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from codi.accounts.models import Role, ScopeLevel, User
from codi.history import acting
from codi.places.models import Province, Region

PASSWORD = "Demo-CODI-2564"  # noqa: S105 - printed on purpose; production refuses the command

# username, full name, role, region code, province code (official, two digits)
ACCOUNTS = (
    ("officer", "สมหญิง ใจดี", Role.REGIONAL_OFFICER, "N", ""),
    ("manager", "วิชัย ภูเหนือ", Role.REGIONAL_MANAGER, "N", ""),
    ("finance", "มาลี รอบคอบ", Role.FINANCE_OFFICER, "", ""),
    ("analyst", "อนันต์ ช่างคิด", Role.ANALYST, "", ""),
    ("executive", "ประภา มองไกล", Role.EXECUTIVE, "", ""),
    ("admin", "สุชาติ ดูแล", Role.ADMINISTRATOR, "", ""),
    ("officer-ne", "คำแพง แก่นคูน", Role.REGIONAL_OFFICER, "NE", ""),
    ("officer-cri", "ดอยคำ แม่สาย", Role.REGIONAL_OFFICER, "N", "57"),
)


class Command(BaseCommand):
    help = "Makes the demo accounts and prints them; refused where settings do not allow it."

    def handle(self, *args: Any, **options: Any) -> None:
        if not getattr(settings, "DEMO_ACCOUNTS_ALLOWED", False):
            raise CommandError("บัญชีทดลองใช้ได้เฉพาะเครื่องพัฒนา ระบบจริงให้ผู้ดูแลระบบเพิ่มผู้ใช้เอง")
        regions = Region.objects.in_bulk()
        provinces = Province.objects.in_bulk()
        if not {"N", "NE"} <= regions.keys() or "57" not in provinces:
            raise CommandError("ยังไม่มีข้อมูลภาคและจังหวัด สั่ง manage.py load_places ก่อน")
        with transaction.atomic(), acting(None, door="command", reason="บัญชีทดลองใช้"):
            for username, full_name, role, region, province in ACCOUNTS:
                self._make(username, full_name, role, regions.get(region), provinces.get(province))
        self.stdout.write(f"รหัสผ่านของทุกบัญชี: {PASSWORD}")

    def _make(
        self,
        username: str,
        full_name: str,
        role: Role,
        region: Region | None,
        province: Province | None,
    ) -> None:
        """Add the account when it is missing; one that is there stays as it is."""
        level = (
            ScopeLevel.PROVINCE if province else ScopeLevel.REGION if region else ScopeLevel.NATION
        )
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User.objects.create_user(
                username,
                PASSWORD,
                full_name=full_name,
                role=role,
                scope_level=level,
                region=region,
                province=province,
            )
        self.stdout.write(f"{username:<12} {user.get_role_display()} · {user.scope_label}")
