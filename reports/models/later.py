"""The register of later changes: what was changed after a quarter closed or an edition came out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast

from codi.places.models import Region
from codi.triggers import append_only
from programs.models.base import unique
from reports.models.edition_life import FROZEN_STATES
from reports.models.editions import Edition
from reports.models.quarters import ReportingQuarter

if TYPE_CHECKING:
    from codi.accounts.models import User

ADDED_ONLY = "ทะเบียนการแก้ไขภายหลังเพิ่มได้อย่างเดียว แก้ไขหรือลบไม่ได้"


class Verb(models.TextChoices):
    """What was done to the record."""

    INSERT = "insert", "เพิ่ม"
    UPDATE = "update", "แก้ไข"
    DELETE = "delete", "ลบ"
    BACK = "back", "นำกลับมา"


class LaterChangeQuerySet(models.QuerySet["LaterChange"]):
    """Chainable filters over later changes."""

    def visible_to(self, user: User) -> Self:
        """Changes of records of the person's region; nobody of one province, as with editions.

        A record that moved is told in the region that it left and in the one that it came to.
        """
        if user.sees_nation:
            return self
        return self.none() if user.province_id else self.in_region(user.region_id)

    def in_region(self, region: str | None) -> Self:
        """Changes of records that are in a region, or were until this change."""
        return self.filter(Q(region=region) | Q(region_before=region))

    def touching(self, edition: Edition) -> Self:
        """What came after the edition was frozen and touches it; a draft has none.

        A freezing that was taken back leaves what was noted of it; the edition, frozen anew, knows
        those changes.
        """
        if not edition.is_frozen:
            return self.none()
        known = Q(pk=None)
        for label, mark in (edition.facts.get("marks") or {}).items():
            known |= Q(model_label=label, event_key__lte=mark)
        return self.filter(editions__edition=edition).exclude(known)


class LaterChange(models.Model):
    """การแก้ไขภายหลัง: one event of history that touches a closed quarter or an issued edition.

    Derived from the history and only added to; ``fields`` are title, old and new in words.
    """

    model_label = models.CharField("ชนิดของรายการ", max_length=80)
    record_key = models.BigIntegerField("รหัสรายการ")
    event_key = models.BigIntegerField("รหัสในประวัติ")
    verb = models.CharField("ทำอะไร", max_length=6, choices=Verb.choices)
    record = models.CharField("รายการ", max_length=300)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ภาค"
    )
    region_before = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ย้ายจากภาค",
    )
    fields = models.JSONField("จากเดิมเป็น", default=list)
    actor = models.CharField("ผู้แก้", max_length=200)
    door = models.CharField("ช่องทาง", max_length=60, blank=True)
    reason = models.TextField("เหตุผล", blank=True)
    changed_at = models.DateTimeField("แก้เมื่อ")

    objects = LaterChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "การแก้ไขภายหลัง"
        ordering = ["-changed_at", "-pk"]
        constraints = [
            unique(
                "reports_laterchange_event_once",
                "การแก้ไขนี้อยู่ในทะเบียนแล้ว",
                "model_label",
                "event_key",
            )
        ]
        triggers = [append_only("reports_laterchange_added_only", ADDED_ONLY)]
        indexes = [
            models.Index(fields=["region", "-changed_at"], name="reports_later_by_region"),
            models.Index(
                fields=["region_before", "-changed_at"],
                name="reports_later_by_old_region",
                condition=Q(region_before__isnull=False),
            ),
            models.Index(fields=["-changed_at", "-id"], name="reports_later_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()}{self.record}"

    @property
    def fields_text(self) -> str:
        """ชื่อ: ก → ข; of a new or deleted record only that it is one."""
        if self.verb != Verb.UPDATE:
            return "-"
        return " · ".join(f"{title}: {old} → {new}" for title, old, new in self.fields)

    @property
    def region_text(self) -> str:
        """ภาคเหนือ; of a record that moved both: ภาคเหนือ → ภาคใต้."""
        names = [region.short_name for region in (self.region_before, self.region) if region]
        return " → ".join(names) or "-"

    @property
    def quarters_text(self) -> str:
        """The closed quarters that it touches."""
        return ", ".join(
            f"{q.quarter.quarter}/{q.quarter.fiscal_year}" for q in self.quarters.all()
        )

    @property
    def editions_text(self) -> str:
        """The editions that it touches, each with the number of its cells."""
        return " · ".join(f"{t.edition} ({len(t.cells)} ช่อง)" for t in self.editions.all())


class TouchedQuarter(models.Model):
    """A closed quarter that a later change touches."""

    change = models.ForeignKey(LaterChange, models.PROTECT, related_name="quarters")
    quarter = models.ForeignKey(ReportingQuarter, models.PROTECT, related_name="later_changes")

    class Meta:
        verbose_name = "ไตรมาสที่การแก้ไขกระทบ"
        ordering = ["quarter"]
        constraints = [
            unique(
                "reports_touchedquarter_once",
                "การแก้ไขนี้อยู่ในทะเบียนของไตรมาสแล้ว",
                "change",
                "quarter",
            )
        ]
        triggers = [append_only("reports_touchedquarter_added_only", ADDED_ONLY)]

    def __str__(self) -> str:
        return str(self.quarter)


class TouchedEditionQuerySet(models.QuerySet["TouchedEdition"]):
    """Chainable filters over touched editions."""

    def standing(self) -> Self:
        """Without those of a freezing that was taken back, for a page of changes.

        Reads the facts of an edition for each row; all that touch one edition are ``touching`` it.
        """
        mark: Any = Func(
            F("edition__facts__marks"),
            F("change__model_label"),
            function="jsonb_extract_path_text",
            output_field=models.TextField(),
        )
        marked = self.filter(edition__state__in=FROZEN_STATES).annotate(
            mark=Cast(mark, models.BigIntegerField())
        )
        return marked.filter(Q(mark=None) | Q(change__event_key__gt=F("mark")))


class TouchedEdition(models.Model):
    """An issued edition that a later change touches, with the cells: figure, day, row, column."""

    change = models.ForeignKey(LaterChange, models.PROTECT, related_name="editions")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="later_changes")
    cells = models.JSONField("ช่องของตาราง", default=list)

    objects = TouchedEditionQuerySet.as_manager()

    class Meta:
        verbose_name = "ฉบับที่การแก้ไขกระทบ"
        ordering = ["edition"]
        constraints = [
            unique(
                "reports_touchededition_once",
                "การแก้ไขนี้อยู่ในทะเบียนของฉบับแล้ว",
                "change",
                "edition",
            )
        ]
        triggers = [append_only("reports_touchededition_added_only", ADDED_ONLY)]

    def __str__(self) -> str:
        return str(self.edition)


class LaterReading(models.Model):
    """When and how far the history was read last for the register; one row.

    ``marks`` say for each kind of record up to which event everything was judged, ``sources`` with
    which closed quarters and editions: one that came into sight since is judged from its own day.
    """

    read_at = models.DateTimeField("อ่านประวัติล่าสุดเมื่อ", null=True, blank=True)
    marks = models.JSONField("ตำแหน่งในประวัติที่อ่านถึง", default=dict, db_default={}, editable=False)
    sources = models.JSONField("ไตรมาสและฉบับที่อ่านด้วย", default=list, db_default=[], editable=False)

    class Meta:
        verbose_name = "การอ่านประวัติครั้งล่าสุด"

    def __str__(self) -> str:
        return str(self.read_at)
