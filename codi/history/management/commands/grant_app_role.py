"""Give the application's database role its rights; run after every migration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from codi.history.roles import RoleError, grant


class Command(BaseCommand):
    """``manage.py grant_app_role``: connects as the owner of the tables."""

    help = "ให้สิทธิ์แก่บทบาทฐานข้อมูลของโปรแกรม: อ่านและเขียนแถว แต่แก้หรือลบประวัติและบัญชีเงินไม่ได้"

    def handle(self, *args: Any, **options: Any) -> None:
        """Grant to the role that ``DATABASE_URL`` names."""
        role = settings.APP_DATABASE
        try:
            with transaction.atomic():
                closed = grant(connection, role=role["USER"], password=role["PASSWORD"])
        except RoleError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(f"{role['USER']}: {len(closed)} tables can only be added to")
