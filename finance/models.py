"""Money of projects: planned instalments, the ledger that is only added to, and budget moves."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.functional import cached_property

from codi.files.models import Attachment
from codi.history import tracked
from codi.triggers import append_only, row_rule
from finance.triggers import LEDGER_BALANCE, PLAN_ADDED, PLAN_CHANGED
from programs.models import BudgetFrame, Meeting, Project
from programs.models.base import BahtField, check, not_blank, together, unique
from programs.models.scope import in_scope

if TYPE_CHECKING:
    from codi.accounts.models import User


class InstalmentQuerySet(models.QuerySet["Instalment"]):
    """Instalments by scope."""

    def visible_to(self, user: User) -> Self:
        """Instalments of the projects that the person sees."""
        return self.filter(in_scope(user, "project__"))


@tracked(part_of="project")
class Instalment(models.Model):
    """งวด: one planned part of a project's money, its condition and its evidence."""

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="instalments", verbose_name="โครงการ"
    )
    number = models.PositiveSmallIntegerField("งวดที่")
    planned_baht = BahtField("จำนวนเงินตามแผน (บาท)")
    planned_on = models.DateField("กำหนดเบิกจ่าย", null=True, blank=True)
    condition = models.TextField("เงื่อนไขการเบิก", blank=True)
    evidence = models.TextField("หลักฐานที่ต้องส่ง", blank=True)
    evidence_cleared_on = models.DateField("วันที่ตรวจรับหลักฐาน", null=True, blank=True)
    evidence_cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้ตรวจรับหลักฐาน",
    )
    evidence_note = models.CharField("บันทึกการตรวจรับ", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = InstalmentQuerySet.as_manager()

    class Meta:
        verbose_name = "งวดเงิน"
        ordering = ["project", "number"]
        constraints = [
            unique(
                "finance_instalment_once",
                "โครงการนี้มีงวดที่ระบุแล้ว กรุณาใช้เลขงวดถัดไป",
                "project",
                "number",
            ),
            check("finance_instalment_number_positive", Q(number__gte=1), "เลขงวดต้องตั้งแต่ 1"),
            check(
                "finance_instalment_planned_positive",
                Q(planned_baht__gt=0),
                "จำนวนเงินของงวดต้องมากกว่าศูนย์",
            ),
            check(
                "finance_instalment_evidence_whole",
                together("evidence_cleared_on", "evidence_cleared_by"),
                "วันที่ตรวจรับหลักฐานและผู้ตรวจรับต้องบันทึกพร้อมกัน",
            ),
        ]
        indexes = [models.Index(fields=["-number"], name="finance_instalment_highest")]
        triggers = [
            PLAN_ADDED,
            PLAN_CHANGED,
            row_rule(
                "finance_instalment_stays_with_project",
                broken="NEW.project_id <> OLD.project_id",
                message="ย้ายงวดไปโครงการอื่นไม่ได้ ให้ลบงวดนี้แล้วเพิ่มในโครงการที่ถูกต้อง",
                operation=pgtrigger.Update,
            ),
        ]

    def __str__(self) -> str:
        return f"งวดที่ {self.number}"

    def get_absolute_url(self) -> str:
        """The plan on the project's page."""
        return reverse("finance:project", args=[self.project_id]) + "#instalments"

    @cached_property
    def has_entries(self) -> bool:
        """Whether money went through it; asked once for this object."""
        return self.entries.exists()


@tracked(part_of="subject")
class InstalmentFile(Attachment):
    """หลักฐานของงวด: once money went through the instalment it stays, if only as an older version."""

    subject = models.ForeignKey(
        Instalment, models.PROTECT, related_name="files", verbose_name="งวดเงิน"
    )

    class Meta(Attachment.Meta):
        verbose_name = "หลักฐานของงวด"
        triggers = [
            *Attachment.Meta.triggers,
            row_rule(
                "finance_instalmentfile_kept_after_payment",
                broken=(
                    "NEW.state = 'removed' AND EXISTS (SELECT 1 FROM finance_ledgerentry e "
                    "WHERE e.instalment_id = NEW.subject_id)"
                ),
                message="งวดนี้เบิกจ่ายแล้ว หลักฐานจึงเอาออกไม่ได้ ให้แนบฉบับใหม่แทนที่",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state IS DISTINCT FROM NEW.state"),
            ),
        ]


class EntryKind(models.TextChoices):
    """ประเภทรายการในบัญชี."""

    PAYMENT = "payment", "เบิกจ่าย"
    RETURN = "return", "คืนงบ"
    REVERSAL = "reversal", "กลับรายการ"
    ADJUSTMENT = "adjustment", "ปรับปรุงรายการ"


class Direction(models.IntegerChoices):
    """The sign of an entry in the net paid amount."""

    OUT = 1, "เพิ่มยอดจ่าย"
    BACK = -1, "ลดยอดจ่าย"


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    """Chainable filters over the ledger."""

    def visible_to(self, user: User) -> Self:
        """Entries of the projects that the person sees."""
        return self.filter(in_scope(user, "project__"))

    def as_of(self, day: dt.date) -> Self:
        """Entries that were in effect on ``day``."""
        return self.filter(effective_on__lte=day)


@tracked(part_of="project")
class LedgerEntry(models.Model):
    """รายการบัญชีของโครงการ: a payment, return, reversal or adjustment. Never changed, never deleted.

    ``net_baht`` (the amount with its sign) adds up to the net paid amount; ``paid_baht`` is the same
    without returned money, so that net less paid is what came back. A mistake is undone by a
    reversal, which names the entry that it undoes and equals it with the other sign.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="entries", verbose_name="โครงการ"
    )
    instalment = models.ForeignKey(
        Instalment, models.PROTECT, related_name="entries", verbose_name="งวด"
    )
    kind = models.CharField("ประเภทรายการ", max_length=10, choices=EntryKind.choices)
    direction = models.SmallIntegerField("ทิศทาง", choices=Direction.choices)
    amount_baht = BahtField("จำนวนเงิน (บาท)")
    net_baht = models.GeneratedField(
        expression=F("amount_baht") * F("direction"),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
        verbose_name="จำนวนสุทธิ (บาท)",
    )
    effective_on = models.DateField("วันที่มีผล")
    document_number = models.CharField("เลขที่เอกสาร", max_length=60, blank=True)
    note = models.CharField("หมายเหตุ", max_length=300, blank=True)
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
        verbose_name="กลับรายการของ",
        error_messages={"unique": "รายการนี้ถูกกลับไปแล้ว กลับซ้ำไม่ได้ ดูรายการกลับในบัญชีของโครงการ"},
    )
    # Kept with the reversal, and held equal by the trigger, so that no sum has to join the ledger
    # with itself to know whether returned money was meant.
    reversed_kind = models.CharField(
        "ประเภทของรายการที่ถูกกลับ",
        max_length=10,
        choices=EntryKind.choices,
        null=True,
        blank=True,
        editable=False,
    )
    paid_baht = models.GeneratedField(
        expression=Case(
            When(
                Q(kind=EntryKind.RETURN) | Q(reversed_kind=EntryKind.RETURN),
                then=Value(Decimal(0)),
            ),
            default=F("amount_baht") * F("direction"),
        ),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
        verbose_name="จำนวนที่จ่าย ไม่หักคืนงบ (บาท)",
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ผู้บันทึก"
    )
    recorded_at = models.DateTimeField("บันทึกเมื่อ", auto_now_add=True)
    request_key = models.UUIDField("กุญแจกันบันทึกซ้ำ", default=uuid.uuid4, editable=False)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = "รายการเบิกจ่าย"
        ordering = ["effective_on", "pk"]
        constraints = [
            unique("finance_entry_key_once", "รายการนี้บันทึกแล้ว ไม่บันทึกซ้ำ", "request_key"),
            check(
                "finance_entry_amount_positive",
                Q(amount_baht__gt=0),
                "จำนวนเงินต้องมากกว่าศูนย์ ถ้าเป็นเงินคืนให้เลือกประเภท “คืนงบ”",
            ),
            check(
                "finance_entry_direction_of_kind",
                Q(kind=EntryKind.PAYMENT, direction=1)
                | Q(kind=EntryKind.RETURN, direction=-1)
                | Q(kind__in=(EntryKind.REVERSAL, EntryKind.ADJUSTMENT), direction__in=(1, -1)),
                "ประเภทรายการกับทิศทางเงินไม่ตรงกัน",
            ),
            check(
                "finance_entry_reversal_names_entry",
                Q(kind=EntryKind.REVERSAL, reverses__isnull=False, reversed_kind__isnull=False)
                | (Q(reverses__isnull=True, reversed_kind=None) & ~Q(kind=EntryKind.REVERSAL)),
                "การกลับรายการต้องระบุรายการเดิม และรายการประเภทอื่นต้องไม่ระบุ",
            ),
            check(
                "finance_entry_correction_explained",
                ~Q(kind__in=(EntryKind.REVERSAL, EntryKind.ADJUSTMENT)) | Q(note__regex=r"\S"),
                "การกลับรายการและการปรับปรุงต้องมีเหตุผลในหมายเหตุ",
            ),
        ]
        triggers = [
            LEDGER_BALANCE,
            append_only(
                "finance_ledger_append_only",
                "รายการบัญชีแก้ไขหรือลบไม่ได้ ให้กลับรายการด้วยรายการใหม่",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "effective_on"],
                include=["net_baht", "paid_baht"],
                name="finance_entry_sums_of_project",
            ),
            models.Index(fields=["-effective_on", "-id"], name="finance_entry_latest"),
            models.Index(fields=["instalment"], name="finance_entry_of_instalment"),
            GinIndex(
                OpClass(Upper("document_number"), name="gin_trgm_ops"),
                name="finance_entry_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount_baht:,.2f} บาท"

    def get_absolute_url(self) -> str:
        """The entry's page."""
        return reverse("finance:entry", args=[self.pk])


class ProjectBalance(models.Model):
    """What a project's entries add up to so far; the database keeps it, with every entry.

    For lists that put every project in the order of its money. The ledger stays the truth: no entry
    lies in the future, so the balance is the ledger's sum as of today, and a report of an earlier
    day sums entries. The application may read it and nothing else.
    """

    project = models.OneToOneField(
        Project, models.PROTECT, primary_key=True, related_name="balance", verbose_name="โครงการ"
    )
    net_baht = models.DecimalField("จ่ายสุทธิ (บาท)", max_digits=18, decimal_places=2)
    paid_baht = models.DecimalField("จ่าย ไม่หักคืนงบ (บาท)", max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = "ยอดคงบัญชีของโครงการ"

    def __str__(self) -> str:
        return f"{self.net_baht:,.2f} บาท"


class BudgetMoveQuerySet(models.QuerySet["BudgetMove"]):
    """Budget moves by scope and day."""

    def visible_to(self, user: User) -> Self:
        """Moves out of or into a frame that the person sees."""
        if user.sees_nation:
            return self
        return self.filter(
            Q(from_frame__region=user.region_id) | Q(to_frame__region=user.region_id)
        )

    def as_of(self, day: dt.date) -> Self:
        """Moves that were in effect on ``day``."""
        return self.filter(moved_on__lte=day)


@tracked()
class BudgetMove(models.Model):
    """ปรับโอนงบประมาณ from one frame to another; uncommitted money only; never changed."""

    from_frame = models.ForeignKey(
        BudgetFrame, models.PROTECT, related_name="moves_out", verbose_name="โอนจากกรอบงบ"
    )
    to_frame = models.ForeignKey(
        BudgetFrame, models.PROTECT, related_name="moves_in", verbose_name="โอนไปกรอบงบ"
    )
    amount_baht = BahtField("จำนวนเงิน (บาท)")
    moved_on = models.DateField("วันที่โอน")
    reason = models.CharField("เหตุผล", max_length=300)
    approval_document = models.CharField("เอกสารอนุมัติ", max_length=120)
    approval_meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="มติที่ประชุม"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ผู้บันทึก"
    )
    recorded_at = models.DateTimeField("บันทึกเมื่อ", auto_now_add=True)
    request_key = models.UUIDField("กุญแจกันบันทึกซ้ำ", default=uuid.uuid4, editable=False)

    objects = BudgetMoveQuerySet.as_manager()

    class Meta:
        verbose_name = "การปรับโอนงบประมาณ"
        ordering = ["-moved_on", "-pk"]
        constraints = [
            unique("finance_move_key_once", "การปรับโอนนี้บันทึกแล้ว ไม่บันทึกซ้ำ", "request_key"),
            check("finance_move_amount_positive", Q(amount_baht__gt=0), "จำนวนเงินต้องมากกว่าศูนย์"),
            check(
                "finance_move_between_two_frames",
                ~Q(from_frame=F("to_frame")),
                "กรอบงบต้นทางและปลายทางต้องไม่ใช่กรอบเดียวกัน",
            ),
            not_blank("finance_move_reason_given", "reason", "กรุณาระบุเหตุผลการปรับโอน"),
            not_blank(
                "finance_move_approval_given", "approval_document", "กรุณาระบุเอกสารที่อนุมัติการปรับโอน"
            ),
        ]
        triggers = [
            append_only(
                "finance_move_append_only",
                "การปรับโอนงบแก้ไขหรือลบไม่ได้ ให้โอนกลับด้วยรายการใหม่",
            ),
        ]

    def __str__(self) -> str:
        return f"โอน {self.amount_baht:,.2f} บาท"
