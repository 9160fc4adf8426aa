"""What breaks a rule about data, what was counted of it on each day, and how each rule ran."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.urls import NoReverseMatch, reverse

from codi.fiscal import BANGKOK
from codi.history import tracked
from codi.places.models import Province, Region
from codi.quality.declared import RULES, Rule, Severity, Topic

if TYPE_CHECKING:
    from codi.accounts.models import User


class FindingState(models.TextChoices):
    """Where a finding stands: open until it is mended (gone) or explained."""

    OPEN = "open", "รอแก้ไข"
    EXPLAINED = "explained", "ถูกต้องแล้ว"
    GONE = "gone", "หมดไปแล้ว"


def _in_scope(user: User) -> Q:
    """Rows of the person's scope; what lies in a whole region is not a province's."""
    if user.sees_nation:
        return Q()
    if user.province_id:
        return Q(province=user.province_id)
    return Q(region=user.region_id)


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings by scope, state and day."""

    def visible_to(self, user: User) -> Self:
        """Findings inside the person's scope."""
        return self.filter(_in_scope(user))

    def standing(self) -> Self:
        """Those still there, open or explained."""
        return self.filter(gone_on=None)

    def open(self) -> Self:
        """Those that wait for somebody."""
        return self.filter(state=FindingState.OPEN)

    def seen_as_of(self, day: dt.date) -> Self:
        """Those that had been found by the day and were not gone by its end."""
        return self.filter(Q(gone_on=None) | Q(gone_on__gt=day), first_seen_on__lte=day)

    def open_as_of(self, day: dt.date) -> Self:
        """Those found by the day that were neither gone nor explained by its end."""
        end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), BANGKOK)
        return self.seen_as_of(day).filter(Q(closed_at=None) | Q(closed_at__gte=end))


@tracked()
class Finding(models.Model):
    """One record that breaks one rule, from the sweep that found it to the one that no longer did.

    The record lies in a room above this one, so it is named by its key and label. What was mended
    and breaks the rule again is a new finding that ``follows`` the old one, so that every past day
    counts what was there then. An explanation holds for the facts of its ``fingerprint``: when they
    change, the explained finding ends and an open one follows.
    """

    rule_key = models.CharField("กฎ", max_length=60)
    topic = models.CharField("หมวด", max_length=12, choices=Topic.choices)
    severity = models.CharField("ความสำคัญ", max_length=8, choices=Severity.choices)
    subject_key = models.CharField("กุญแจของรายการ", max_length=80)
    subject_label = models.CharField("รายการ", max_length=300)
    detail = models.CharField("สิ่งที่พบ", max_length=500)
    fingerprint = models.CharField(max_length=32, editable=False)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ภาค"
    )
    province = models.ForeignKey(
        Province, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="จังหวัด"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้บันทึกล่าสุด",
    )
    due_on = models.DateField("ครบกำหนด", null=True, blank=True)
    first_seen_on = models.DateField("พบครั้งแรก")
    # Of a finding that stands, its rule's last run tells; writing it here would change every row
    # every night.
    last_seen_on = models.DateField("พบล่าสุด", null=True, blank=True)
    gone_on = models.DateField("หมดไปเมื่อ", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้ยืนยันว่าถูกต้อง",
    )
    closed_at = models.DateTimeField("ยืนยันเมื่อ", null=True, blank=True)
    reason = models.CharField("ถูกต้องแล้ว เพราะ", max_length=300, blank=True)
    follows = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name="เคยพบมาก่อน",
    )
    state = models.GeneratedField(
        expression=Case(
            When(gone_on__isnull=False, then=Value("gone")),
            When(closed_at__isnull=False, then=Value("explained")),
            default=Value("open"),
        ),
        output_field=models.CharField(max_length=9, choices=FindingState.choices),
        db_persist=True,
        verbose_name="สถานะ",
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "สิ่งที่พบในข้อมูล"
        ordering = ["-first_seen_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule_key", "subject_key"],
                condition=Q(gone_on=None),
                name="quality_finding_once",
                violation_error_message="พบเรื่องนี้ของรายการนี้อยู่แล้ว กรุณาโหลดหน้าใหม่",
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None, closed_at=None, reason="")
                | Q(closed_by__isnull=False, closed_at__isnull=False, reason__regex=r"\S"),
                name="quality_finding_closing_whole",
                violation_error_message="การยืนยันว่าถูกต้องต้องมีผู้ยืนยัน เวลา และเหตุผลครบ",
            ),
            models.CheckConstraint(
                condition=Q(gone_on=None, last_seen_on=None)
                | Q(gone_on__isnull=False, last_seen_on__isnull=False)
                & Q(last_seen_on__gte=F("first_seen_on"), gone_on__gte=F("last_seen_on")),
                name="quality_finding_days_in_order",
                violation_error_message="เรื่องที่หมดไปต้องมีวันที่พบล่าสุด ไม่ก่อนวันที่พบครั้งแรกและไม่หลังวันที่หมดไป",
            ),
            models.CheckConstraint(
                condition=Q(severity__in=Severity.values, topic__in=Topic.values),
                name="quality_finding_weighed",
                violation_error_message="หมวดหรือความสำคัญไม่ถูกต้อง เลือกจากรายการที่ให้ไว้",
            ),
            models.CheckConstraint(
                condition=Q(rule_key__regex=r"\S", subject_key__regex=r"\S")
                & Q(subject_label__regex=r"\S", detail__regex=r"\S"),
                name="quality_finding_says_what",
                violation_error_message="สิ่งที่พบต้องบอกกฎ รายการ และรายละเอียดให้ครบ",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "region", "province"], name="quality_finding_inbox"),
            models.Index(fields=["rule_key", "subject_key", "-id"], name="quality_finding_subject"),
            models.Index(fields=["owner", "state"], name="quality_finding_mine"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_title}: {self.subject_label}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("quality:finding", args=[self.pk])

    @property
    def rule(self) -> Rule | None:
        """The rule as its room declares it; None when the room no longer does."""
        return RULES.get(self.rule_key)

    @property
    def rule_title(self) -> str:
        """What people call the rule."""
        return self.rule.title if self.rule else "กฎที่เลิกใช้แล้ว"

    @property
    def state_label(self) -> str:
        """The state in words; a generated field has no display of its own."""
        return str(FindingState(self.state).label)

    @property
    def mending_url(self) -> str:
        """The page on which it is mended; nothing when its rule is gone or leads nowhere."""
        try:
            return self.rule.link(self.subject_key) if self.rule else ""
        except NoReverseMatch:
            return ""


class FindingCountQuerySet(models.QuerySet["FindingCount"]):
    """Counts by scope."""

    def visible_to(self, user: User) -> Self:
        """Counts inside the person's scope."""
        return self.filter(_in_scope(user))


class FindingCount(models.Model):
    """How many findings of a rule stood in a place after the sweep of a day; none has no row."""

    day = models.DateField("วันที่")
    rule_key = models.CharField("กฎ", max_length=60)
    severity = models.CharField("ความสำคัญ", max_length=8, choices=Severity.choices)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    province = models.ForeignKey(Province, models.PROTECT, null=True, related_name="+")
    open_count = models.PositiveIntegerField("รอแก้ไข")
    explained_count = models.PositiveIntegerField("ถูกต้องแล้ว")

    objects = FindingCountQuerySet.as_manager()

    class Meta:
        verbose_name = "จำนวนสิ่งที่พบรายวัน"
        ordering = ["day", "rule_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "rule_key", "region", "province"],
                nulls_distinct=False,
                name="quality_findingcount_once",
                violation_error_message="นับของวันนี้ไว้แล้ว ระบบจะนับใหม่เมื่อตรวจครั้งถัดไป",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_key} {self.day}"


class RuleRun(models.Model):
    """The last run of a rule on a day: what it found, or that it failed."""

    day = models.DateField("วันที่")
    rule_key = models.CharField("กฎ", max_length=60)
    ran_at = models.DateTimeField("ตรวจเมื่อ")
    found_count = models.PositiveIntegerField("พบ", default=0)
    failure = models.CharField("เหตุขัดข้อง", max_length=120, blank=True)

    class Meta:
        verbose_name = "การตรวจตามกฎ"
        ordering = ["-day", "rule_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "rule_key"],
                name="quality_rulerun_once",
                violation_error_message="บันทึกการตรวจของวันนี้แล้ว ตรวจใหม่ได้จากหน้าคุณภาพข้อมูล",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_key} {self.day}"
