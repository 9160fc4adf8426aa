"""Put to rest what must not wake up again after tables came back by other means than ``restore``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from codi.backup.settling import People, settle, to_check, words_of


class Command(BaseCommand):
    """``manage.py after_restore``: after a recovery to a moment, before web and worker start."""

    help = "หลังกู้ฐานข้อมูลถึงเวลาที่กำหนด (PITR): ยกเลิกโทเคนและการเข้าสู่ระบบ พักอีเมลและงานที่ค้าง"

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and tell what to check."""
        self.stdout.write(words_of(settle(now=timezone.now())))
        self.stdout.write("ตรวจก่อนเปิดให้ใช้งาน")
        lines = to_check(People({}, frozenset()), moment="ที่กู้คืนถึง")
        self.stdout.write("".join(f"- {line}\n" for line in lines))
