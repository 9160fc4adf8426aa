"""The parts of an edition: grids, record keys, texts, checks and files, frozen with it."""

from __future__ import annotations

import hashlib

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value

from codi.history import tracked
from codi.triggers import raises
from programs.models.base import check, not_blank, together, unique
from reports.models.editions import Edition

FROZEN_MESSAGE = "ฉบับนี้ตรึงตัวเลขแล้ว จึงเพิ่ม แก้ไข หรือลบส่วนใดของฉบับไม่ได้ ให้จัดทำฉบับใหม่"


def frozen_with_edition(name: str, *, edition: str, states: str) -> pgtrigger.Trigger:
    """Refuse every write of a part whose edition is in one of ``states``.

    ``edition`` is the SQL that finds the edition's key from a row called ``part``. The edition's
    row is read under a shared lock, so that a part cannot slip in while it is being frozen.
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("part", "record"), ("now_in", "text")],
        func=f"""
        IF TG_OP <> 'INSERT' THEN
            part := OLD;
            SELECT e.state INTO now_in FROM reports_edition e WHERE e.id = {edition} FOR SHARE;
            IF now_in IN ({states}) THEN {raises(name, FROZEN_MESSAGE)} END IF;
        END IF;
        IF TG_OP <> 'DELETE' THEN
            part := NEW;
            SELECT e.state INTO now_in FROM reports_edition e WHERE e.id = {edition} FOR SHARE;
            IF now_in IN ({states}) THEN {raises(name, FROZEN_MESSAGE)} END IF;
            RETURN NEW;
        END IF;
        RETURN OLD;
        """,
    )


FROZEN = "'issuing', 'issued'"
OWN_EDITION = "part.edition_id"


class EditionGrid(models.Model):
    """A frozen table: the figure's grid as it was, exact decimal strings included."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="grids")
    position = models.PositiveSmallIntegerField("ลำดับ")
    figure_key = models.CharField("ตัวเลข", max_length=80)
    as_of = models.DateField("ข้อมูล ณ วันที่")
    grid = models.JSONField("ตาราง")

    class Meta:
        verbose_name = "ตารางของฉบับ"
        ordering = ["position"]
        constraints = [
            unique(
                "reports_grid_once",
                "ฉบับนี้มีตารางของตัวเลขและวันที่นี้แล้ว",
                "edition",
                "figure_key",
                "as_of",
            ),
            unique("reports_grid_position_once", "ลำดับของตารางซ้ำกัน", "edition", "position"),
        ]
        triggers = [frozen_with_edition("reports_grid_frozen", edition=OWN_EDITION, states=FROZEN)]

    def __str__(self) -> str:
        return f"{self.figure_key} {self.as_of}"


class EditionRecord(models.Model):
    """The records behind one frozen cell, by key, with what each of them added to it.

    A derived cell has no records of its own but ``parts``: signed columns of the same row
    (``+approved_baht``, ``-paid_baht``), or the two sides of a percentage (``/``).
    """

    grid = models.ForeignKey(EditionGrid, models.CASCADE, related_name="records")
    row_key = models.CharField("แถว", max_length=80)
    column_key = models.CharField("ช่อง", max_length=80)
    model_label = models.CharField("ชนิดของรายการ", max_length=80, blank=True)
    keys = ArrayField(models.BigIntegerField(), verbose_name="รหัสรายการ", default=list)
    amounts = ArrayField(
        models.DecimalField(max_digits=16, decimal_places=2),
        verbose_name="จำนวนของแต่ละรายการ",
        null=True,
        blank=True,
    )
    parts = ArrayField(models.CharField(max_length=120), verbose_name="คำนวณจาก", default=list)

    class Meta:
        verbose_name = "รายการเบื้องหลังตัวเลข"
        constraints = [
            unique("reports_record_cell_once", "ช่องนี้มีรายการแล้ว", "grid", "row_key", "column_key"),
            check(
                "reports_record_keys_or_parts",
                (~Q(model_label="") & Q(parts__len=0)) | Q(model_label="", keys__len=0),
                "ช่องหนึ่งมีรายการหรือสูตรอย่างใดอย่างหนึ่ง",
            ),
            check(
                "reports_record_amount_per_key",
                Q(amounts=None) | Q(amounts__len=F("keys__len")),
                "จำนวนเงินต้องครบทุกรายการ",
            ),
        ]
        triggers = [
            frozen_with_edition(
                "reports_record_frozen",
                edition="(SELECT g.edition_id FROM reports_editiongrid g WHERE g.id = part.grid_id)",
                states=FROZEN,
            )
        ]

    def __str__(self) -> str:
        return f"{self.row_key} / {self.column_key}"


class TextOrigin(models.TextChoices):
    """Who wrote a text."""

    STAFF = "staff", "เจ้าหน้าที่เขียน"
    COMPUTED = "computed", "ระบบคำนวณ"


@tracked()
class EditionText(models.Model):
    """One text of the edition: a block that staff write, or the sentences as computed at issue."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="texts")
    slot = models.CharField("ส่วนของรายงาน", max_length=60)
    origin = models.CharField("ที่มา", max_length=10, choices=TextOrigin.choices)
    text = models.TextField("ข้อความ", blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = "ข้อความของฉบับ"
        ordering = ["pk"]
        constraints = [
            unique("reports_text_slot_once", "ส่วนนี้มีข้อความแล้ว", "edition", "slot"),
            not_blank("reports_text_slot_given", "slot", "กรุณาระบุส่วนของรายงาน"),
            check(
                "reports_text_origin_known",
                Q(origin__in=TextOrigin.values),
                "ที่มาของข้อความไม่ถูกต้อง",
            ),
        ]
        triggers = [frozen_with_edition("reports_text_frozen", edition=OWN_EDITION, states=FROZEN)]

    def __str__(self) -> str:
        return self.slot


@tracked()
class EditionCheck(models.Model):
    """The result of one check, and the waiver of a failed one: who asked, who allowed, why, until."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="checks")
    code = models.CharField("รหัสการตรวจ", max_length=120)
    title = models.CharField("เรื่องที่ตรวจ", max_length=300)
    is_ok = models.BooleanField("ผ่าน")
    message = models.TextField("ผลการตรวจ", blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้ขอผ่อนผัน",
    )
    reason = models.TextField("เหตุผลที่ขอผ่อนผัน", blank=True)
    valid_until = models.DateField("ผ่อนผันถึงวันที่", null=True, blank=True)
    allowed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้อนุญาต",
    )
    allowed_at = models.DateTimeField("อนุญาตเมื่อ", null=True, blank=True)

    class Meta:
        verbose_name = "ผลการตรวจของฉบับ"
        ordering = ["pk"]
        constraints = [
            unique("reports_check_once", "ฉบับนี้มีผลการตรวจเรื่องนี้แล้ว", "edition", "code"),
            not_blank("reports_check_code_given", "code", "กรุณาระบุรหัสการตรวจ"),
            check(
                "reports_check_failure_explained",
                Q(is_ok=True) | Q(message__regex=r"\S"),
                "การตรวจที่ไม่ผ่านต้องบอกว่าไม่ผ่านเพราะอะไร",
            ),
            check(
                "reports_check_request_whole",
                Q(asked_by=None, reason="", valid_until=None)
                | Q(asked_by__isnull=False, reason__regex=r"\S", valid_until__isnull=False),
                "การขอผ่อนผันต้องมีผู้ขอ เหตุผล และวันสิ้นสุด",
            ),
            check(
                "reports_check_permission_whole",
                together("allowed_by", "allowed_at"),
                "ผู้อนุญาตและเวลาที่อนุญาตต้องบันทึกพร้อมกัน",
            ),
            check(
                "reports_check_permission_was_asked",
                Q(allowed_by=None) | Q(asked_by__isnull=False),
                "อนุญาตผ่อนผันได้เมื่อมีผู้ขอและเหตุผล",
            ),
            check(
                "reports_check_two_people",
                Q(allowed_by=None) | ~Q(allowed_by=F("asked_by")),
                "ผู้ขอผ่อนผันอนุญาตให้ตนเองไม่ได้ ให้ผู้อื่นที่มีสิทธิเป็นผู้อนุญาต",
            ),
        ]
        triggers = [frozen_with_edition("reports_check_frozen", edition=OWN_EDITION, states=FROZEN)]

    def __str__(self) -> str:
        return self.title

    @property
    def request_fingerprint(self) -> str:
        """What stands for all that is judged of a request: the failure, who asked, why, until when."""
        told = "\x1f".join(
            (self.message, str(self.asked_by_id), self.reason, str(self.valid_until))
        )
        return hashlib.sha256(told.encode()).hexdigest()


class FileKind(models.TextChoices):
    """The files of an issued edition."""

    PDF = "pdf", "PDF"
    XLSX = "xlsx", "ตาราง (xlsx)"


class EditionFile(models.Model):
    """A file of an issued edition.

    Its bytes lie in the row itself: they come and go with the transaction that issues the edition,
    the same trigger guards them, they are in every backup, and the database checks their hash.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="files")
    kind = models.CharField("ชนิดไฟล์", max_length=4, choices=FileKind.choices)
    content = models.BinaryField("เนื้อไฟล์")
    sha256 = models.CharField("SHA-256", max_length=64)
    byte_count = models.PositiveIntegerField("ขนาด (ไบต์)")

    class Meta:
        verbose_name = "ไฟล์ของฉบับ"
        ordering = ["kind"]
        constraints = [
            unique("reports_file_once", "ฉบับนี้มีไฟล์ชนิดนี้แล้ว", "edition", "kind"),
            check("reports_file_kind_known", Q(kind__in=FileKind.values), "ชนิดของไฟล์ไม่ถูกต้อง"),
            check(
                "reports_file_hash_right",
                Q(
                    sha256=Func(
                        Func(F("content"), function="sha256"),
                        Value("hex"),
                        function="encode",
                        output_field=models.CharField(),
                    )
                ),
                "ค่า SHA-256 ไม่ตรงกับเนื้อไฟล์",
            ),
            check(
                "reports_file_size_right",
                Q(
                    byte_count=Func(
                        F("content"), function="octet_length", output_field=models.IntegerField()
                    )
                )
                & Q(byte_count__gt=0),
                "ขนาดไม่ตรงกับเนื้อไฟล์",
            ),
        ]
        triggers = [
            frozen_with_edition("reports_file_frozen", edition=OWN_EDITION, states="'issued'")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"
