"""Community groups registered with a council, their yearly certification, and letters of status.

Source: จดหมายรับรองสถานภาพ is issued when a council or a group is registered; the status of groups
is certified anew every year (quarterly report of 2562, chapter 1, parts 3.1 and 3.2).
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from codi.history import tracked
from codi.thai.normalise import clean, search_key
from councils.models.councils import Council
from councils.models.terms import OfCouncilQuerySet
from councils.triggers import GROUP_STAYS, MERGED_GROUP_TAKES_NOTHING, MERGED_TAKES_NOTHING
from programs.models.base import check, fiscal_year_check, fiscal_year_field, not_blank, unique
from programs.models.scope import in_scope

if TYPE_CHECKING:
    from codi.accounts.models import User


class CommunityGroupQuerySet(OfCouncilQuerySet["CommunityGroup"]):
    """Groups by day."""

    def registered_as_of(self, day: dt.date) -> Self:
        """Groups that were registered by the day and had not ended by then."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), registered_on__lte=day)


@tracked(part_of="council", exclude=("search_key",))
class CommunityGroup(models.Model):
    """กลุ่ม องค์กร หรือเครือข่ายองค์กรชุมชน registered with the council of its tambon."""

    code = models.CharField("รหัสกลุ่ม", max_length=20)
    council = models.ForeignKey(
        Council, models.PROTECT, related_name="groups", verbose_name="สภาองค์กรชุมชน"
    )
    name = models.CharField("ชื่อกลุ่ม/องค์กร", max_length=300)
    registered_on = models.DateField("วันที่จดแจ้ง")
    found_existing_on = models.DateField("ตรวจพบว่าคงอยู่เมื่อ", null=True, blank=True)
    ended_on = models.DateField("สิ้นสภาพเมื่อ", null=True, blank=True)
    ended_reason = models.CharField("เหตุที่สิ้นสภาพ", max_length=300, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_from",
        verbose_name="รวมเข้ากับ",
    )
    search_key = models.CharField(max_length=400, editable=False, default="")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CommunityGroupQuerySet.as_manager()

    class Meta:
        verbose_name = "กลุ่ม/องค์กรชุมชน"
        triggers = [MERGED_TAKES_NOTHING, GROUP_STAYS]
        ordering = ["code"]
        constraints = [
            unique("councils_communitygroup_code_once", "มีกลุ่มรหัสนี้แล้ว กรุณาตรวจรหัส", "code"),
            not_blank("councils_communitygroup_name_given", "name", "กรุณาระบุชื่อกลุ่ม"),
            check(
                "councils_communitygroup_end_whole",
                Q(ended_on=None, ended_reason="")
                | Q(ended_on__isnull=False, ended_on__gte=F("registered_on"))
                & Q(ended_reason__regex=r"\S"),
                "การสิ้นสภาพต้องมีวันที่ (ไม่ก่อนวันจดแจ้ง) และเหตุผล",
            ),
            check(
                "councils_communitygroup_merged_has_ended",
                Q(merged_into=None) | ~Q(merged_into=F("pk")) & Q(ended_on__isnull=False),
                "กลุ่มที่รวมเข้ากับกลุ่มอื่นต้องสิ้นสภาพแล้ว และรวมเข้ากับตัวเองไม่ได้",
            ),
        ]
        indexes = [
            models.Index(fields=["registered_on"], name="councils_group_registered"),
            GinIndex(
                fields=["search_key"], opclasses=["gin_trgm_ops"], name="councils_group_search"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("councils:group", args=[self.pk])

    def save(self, *args: Any, **options: Any) -> None:
        self.fill_keys()
        super().save(*args, **options)

    def fill_keys(self) -> None:
        """Tidy the name and compute what searching needs of it."""
        self.name = clean(self.name)
        self.search_key = search_key(f"{self.code} {self.name}")[:400]


class OfGroupQuerySet(models.QuerySet[models.Model]):
    """Records that belong to a group and are seen with its council."""

    def visible_to(self, user: User) -> Self:
        """Records of groups of the councils inside the person's scope."""
        return self.filter(in_scope(user, "group__council__"))


@tracked(part_of="group")
class GroupCertification(models.Model):
    """รับรองสถานภาพกลุ่ม of a fiscal year."""

    group = models.ForeignKey(
        CommunityGroup, models.PROTECT, related_name="certifications", verbose_name="กลุ่ม"
    )
    fiscal_year = fiscal_year_field()
    certified_on = models.DateField("วันที่รับรอง")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfGroupQuerySet.as_manager()

    class Meta:
        verbose_name = "การรับรองสถานภาพกลุ่ม"
        triggers = [MERGED_GROUP_TAKES_NOTHING]
        ordering = ["group", "-fiscal_year"]
        constraints = [
            unique(
                "councils_groupcertification_once",
                "ปีนี้รับรองสถานภาพของกลุ่มนี้แล้ว",
                "group",
                "fiscal_year",
            ),
            fiscal_year_check("councils_groupcertification"),
        ]
        indexes = [
            models.Index(
                fields=["fiscal_year", "certified_on"], name="councils_certification_of_year"
            )
        ]

    def __str__(self) -> str:
        return f"รับรองสถานภาพ ปี {self.fiscal_year}"


def _token() -> str:
    """What the QR code of a letter carries: long enough that nobody guesses another's."""
    return secrets.token_urlsafe(16)


class Validity(models.TextChoices):
    """Whether a letter is in force, as its public page tells it."""

    IN_FORCE = "in_force", "มีผลอยู่"
    REVOKED = "revoked", "ยกเลิกแล้ว"
    REPLACED = "replaced", "ยกเลิกแล้ว มีฉบับใหม่แทน"
    MERGED = "merged", "ไม่มีผล เพราะรวมเข้ากับระเบียนอื่นแล้ว"
    ENDED = "ended", "ไม่มีผล เพราะสภาหรือกลุ่มพ้นจากทะเบียนแล้ว"


class StatusLetterQuerySet(models.QuerySet["StatusLetter"]):
    """Letters by scope and day."""

    def visible_to(self, user: User) -> Self:
        """Letters of councils, and of the groups of councils, inside the person's scope today."""
        of_council = Q(group=None) & in_scope(user, "council__")
        return self.filter(of_council | Q(group__isnull=False) & in_scope(user, "group__council__"))

    def issued_as_of(self, day: dt.date) -> Self:
        """Letters issued by the day and not revoked by then."""
        return self.filter(Q(revoked_on=None) | Q(revoked_on__gt=day), issued_on__lte=day)

    def standing_of(self, council: Council, group: CommunityGroup | None = None) -> Self:
        """The letter of a group, or of a council itself, that is not revoked: one at most."""
        subject = Q(council=council, group=None) if group is None else Q(group=group)
        return self.filter(subject, revoked_on=None)

    def with_subjects(self) -> Self:
        """With all that tells whose each is and whether it is in force."""
        return self.select_related(
            "council__province", "council__merged_into", "group__council__merged_into",
            "group__merged_into", "replaced_by",
        )  # fmt: skip


@tracked(part_of="council")
class StatusLetter(models.Model):
    """จดหมายรับรองสถานภาพ of a council, or of one of its groups: numbered, printed, revocable.

    A letter names the record that it was issued for, for good: ``council`` is the council itself, or
    the one with which the group was registered that day. A merge moves no letter. That of a merged
    council or group is in force no more; that of a group stands with its group, also when the
    council's record went into another one of the same council.
    """

    number = models.PositiveIntegerField("เลขที่")
    fiscal_year = fiscal_year_field()
    council = models.ForeignKey(
        Council, models.PROTECT, related_name="letters", verbose_name="สภาองค์กรชุมชน"
    )
    group = models.ForeignKey(
        CommunityGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name="กลุ่ม",
    )
    issued_on = models.DateField("วันที่ออก")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ผู้ออก"
    )
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name="ออกแทนฉบับ",
        error_messages={"unique": "จดหมายฉบับเดิมมีฉบับใหม่แทนแล้ว"},
    )
    revoked_on = models.DateField("ยกเลิกเมื่อ", null=True, blank=True)
    revocation_reason = models.CharField("เหตุผลที่ยกเลิก", max_length=300, blank=True)
    token = models.CharField(max_length=32, default=_token, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = StatusLetterQuerySet.as_manager()

    class Meta:
        verbose_name = "จดหมายรับรองสถานภาพ"
        triggers = [MERGED_GROUP_TAKES_NOTHING, MERGED_TAKES_NOTHING]
        ordering = ["-fiscal_year", "-number"]
        constraints = [
            unique(
                "councils_statusletter_number_once",
                "เลขที่จดหมายของปีนี้ถูกใช้แล้ว",
                "fiscal_year",
                "number",
            ),
            unique("councils_statusletter_token_once", "รหัสตรวจสอบของจดหมายซ้ำ กรุณาออกใหม่", "token"),
            fiscal_year_check("councils_statusletter"),
            check(
                "councils_statusletter_revocation_whole",
                Q(revoked_on=None, revocation_reason="")
                | Q(revoked_on__isnull=False, revoked_on__gte=F("issued_on"))
                & Q(revocation_reason__regex=r"\S"),
                "การยกเลิกจดหมายต้องมีวันที่ (ไม่ก่อนวันออก) และเหตุผล",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.fiscal_year}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("councils:letter", args=[self.pk])

    @property
    def subject(self) -> Council | CommunityGroup:
        """Whose status it tells of: the group, or the council itself."""
        return self.group or self.council

    @property
    def council_now(self) -> Council:
        """The council of a group today, which is another one when two records of it were merged."""
        return self.group.council if self.group else self.council

    @property
    def merged_into(self) -> Council | CommunityGroup | None:
        """The record into which the one that the letter tells of went; None while it stands."""
        return self.subject.merged_into

    @property
    def merged_on(self) -> dt.date | None:
        """The day on which that happened."""
        if self.merged_into is None:
            return None
        return self.group.ended_on if self.group else self.council.withdrawn_on

    @property
    def names_former_council(self) -> bool:
        """Whether the paper names a record of the group's council that went into another one."""
        return self.council_now != self.council

    def validity_on(self, day: dt.date) -> Validity:
        """Whether the letter is in force on a day, and if not, why."""
        if self.revoked_on is not None and self.revoked_on <= day:
            return Validity.REPLACED if hasattr(self, "replaced_by") else Validity.REVOKED
        group, council = self.group, self.council_now
        if group is not None and group.ended_on is not None and group.ended_on <= day:
            return Validity.MERGED if group.merged_into_id else Validity.ENDED
        if council.withdrawn_on is not None and council.withdrawn_on <= day:
            return Validity.MERGED if council.merged_into_id else Validity.ENDED
        return Validity.IN_FORCE


@tracked(part_of="letter")
class LetterPrint(models.Model):
    """One printing of a letter: the history of printing."""

    letter = models.ForeignKey(
        StatusLetter, models.PROTECT, related_name="prints", verbose_name="จดหมาย"
    )
    printed_at = models.DateTimeField("พิมพ์เมื่อ")
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ผู้พิมพ์"
    )

    class Meta:
        verbose_name = "การพิมพ์จดหมาย"
        ordering = ["letter", "-printed_at"]

    def __str__(self) -> str:
        return f"{self.letter} พิมพ์ {self.printed_at:%Y-%m-%d}"
