"""The files of councils, of the renewal of their terms, and of the capability indicator."""

from __future__ import annotations

from django.db import models

from codi.files.models import Attachment, content_fixed
from codi.history import tracked
from councils.models.councils import Council
from councils.models.terms import Term
from councils.models.work import CapabilityResult
from councils.triggers import MERGED_TAKES_NO_FILES
from programs.models.duplicates import moves_within_pair


@tracked(part_of="subject")
class CouncilFile(Attachment):
    """ไฟล์แนบของสภา: จส.02, จส.03 and others."""

    subject = models.ForeignKey(
        Council, models.PROTECT, related_name="files", verbose_name="สภาองค์กรชุมชน"
    )

    class Meta(Attachment.Meta):
        verbose_name = "ไฟล์แนบของสภาองค์กรชุมชน"
        triggers = [
            MERGED_TAKES_NO_FILES,
            content_fixed(moves_when=moves_within_pair("councils_councildouble")),
            *Attachment.Meta.triggers[1:],
        ]
        indexes = [
            models.Index(fields=["document", "attached_at"], name="councils_councilfile_document")
        ]


@tracked(part_of="subject")
class TermFile(Attachment):
    """เอกสารที่ใช้ในการทบทวนสมาชิกครบวาระ."""

    subject = models.ForeignKey(
        Term, models.PROTECT, related_name="files", verbose_name="วาระสมาชิกสภา"
    )

    class Meta(Attachment.Meta):
        verbose_name = "เอกสารการทบทวนสมาชิก"


@tracked(part_of="subject")
class CapabilityFile(Attachment):
    """รายงานปัญหาและข้อเสนอ, สำเนาจดหมาย, รายงานผลการติดตาม."""

    subject = models.ForeignKey(
        CapabilityResult, models.PROTECT, related_name="files", verbose_name="ผลตัวชี้วัดศักยภาพ"
    )

    class Meta(Attachment.Meta):
        verbose_name = "ไฟล์แนบของตัวชี้วัดศักยภาพ"
        indexes = [
            models.Index(fields=["document", "attached_at"], name="councils_capability_document")
        ]
