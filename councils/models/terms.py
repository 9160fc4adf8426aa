"""Terms of councils and their members.

Source: มาตรา 5 and 8 of พ.ร.บ.สภาองค์กรชุมชน พ.ศ. 2551: members serve four years from the day of
their selection; experts are at most a fifth of the members who represent communities.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self, TypeVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse

from codi.history import tracked
from codi.thai.dates import short_date
from codi.triggers import row_rule
from councils.models.councils import Council
from councils.triggers import (
    EXPERTS_ADDED,
    EXPERTS_CHANGED,
    EXPERTS_LEFT_BEHIND,
    MERGED_TAKES_NOTHING,
)
from programs.models.base import check, not_blank, unique
from programs.models.scope import in_scope

if TYPE_CHECKING:
    from codi.accounts.models import User

R = TypeVar("R", bound=models.Model)
TERM_YEARS = 4


class TermState(models.TextChoices):
    """How a council stands with its term on a day; computed, never stored."""

    CURRENT = "current", "อยู่ในวาระ"
    EXPIRED = "expired", "ครบวาระ ยังไม่ทบทวน"
    RENEWED = "renewed", "ครบวาระ ทบทวนแล้ว"
    NONE = "none", "ยังไม่มีวาระ"


class OfCouncilQuerySet(models.QuerySet[R]):
    """Records that belong to a council and are seen with it."""

    def visible_to(self, user: User) -> Self:
        """Records of the councils inside the person's scope."""
        return self.filter(in_scope(user, "council__"))


class TermQuerySet(OfCouncilQuerySet["Term"]):
    """Terms by what had become of them on a day."""

    def counted_as_of(self, day: dt.date) -> Self:
        """Terms that were not withdrawn by the day."""
        return self.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=day), selected_on__lte=day)

    def expired_as_of(self, day: dt.date) -> Self:
        """Terms whose four years were over on the day, renewed or not."""
        return self.counted_as_of(day).filter(expires_on__lte=day)

    def renewed_as_of(self, day: dt.date) -> Self:
        """Expired terms that had been renewed by the day."""
        return self.expired_as_of(day).filter(renewed_on__lte=day)


@tracked(part_of="council")
class Term(models.Model):
    """วาระของสมาชิกสภา: from the day of selection, for four years.

    A renewal (ทบทวน) is recorded on the term that ended, with its day; the members selected then
    belong to a new term. A term entered wrongly is withdrawn with its reason: a cumulative count
    may then fall, and the reason is on record.
    """

    council = models.ForeignKey(
        Council, models.PROTECT, related_name="terms", verbose_name="สภาองค์กรชุมชน"
    )
    selected_on = models.DateField("วันคัดเลือก")
    expires_on = models.DateField("วันครบวาระ")
    renewed_on = models.DateField("วันที่ทบทวน", null=True, blank=True)
    withdrawn_on = models.DateField("ถอนออกเมื่อ", null=True, blank=True)
    withdrawal_reason = models.CharField("เหตุผลที่ถอนออก", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = "วาระสมาชิกสภา"
        ordering = ["council", "selected_on"]
        constraints = [
            unique(
                "councils_term_once",
                "สภานี้มีวาระที่คัดเลือกในวันเดียวกันแล้ว",
                "council",
                "selected_on",
                condition=Q(withdrawn_on=None),
            ),
            check(
                "councils_term_renewal_after_selection",
                Q(renewed_on=None) | Q(renewed_on__gt=F("selected_on")),
                "วันที่ทบทวนต้องอยู่หลังวันคัดเลือก",
            ),
            check(
                "councils_term_withdrawal_whole",
                Q(withdrawn_on=None, withdrawal_reason="")
                | Q(withdrawn_on__isnull=False, withdrawal_reason__regex=r"\S"),
                "การถอนวาระต้องมีวันที่และเหตุผล",
            ),
        ]
        triggers = [
            MERGED_TAKES_NOTHING,
            row_rule(
                "councils_term_four_years",
                broken=(
                    "NEW.expires_on IS DISTINCT FROM "
                    f"(NEW.selected_on + INTERVAL '{TERM_YEARS} years')::date"
                ),
                message="วาระของสมาชิกคือ 4 ปีนับแต่วันคัดเลือก (มาตรา 8) กรุณาตรวจวันครบวาระ",
            ),
        ]
        indexes = [models.Index(fields=["expires_on"], name="councils_term_expiry")]

    def __str__(self) -> str:
        return f"วาระ {short_date(self.selected_on)} - {short_date(self.expires_on)}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("councils:term", args=[self.pk])

    def state_on(self, day: dt.date) -> TermState:
        """How the term stands on a day."""
        if self.expires_on > day:
            return TermState.CURRENT
        renewed = self.renewed_on is not None and self.renewed_on <= day
        return TermState.RENEWED if renewed else TermState.EXPIRED


class MemberKind(models.TextChoices):
    """ประเภทสมาชิก (มาตรา 6)."""

    REPRESENTATIVE = "representative", "ผู้แทนชุมชน"
    EXPERT = "expert", "ผู้ทรงคุณวุฒิ"


class MemberQuerySet(OfCouncilQuerySet["Member"]):
    """Members by day."""

    def serving_as_of(self, day: dt.date) -> Self:
        """Members selected by the day who had not left by then."""
        return self.filter(Q(left_on=None) | Q(left_on__gt=day), selected_on__lte=day)


@tracked(part_of="council")
class Member(models.Model):
    """สมาชิกสภาองค์กรชุมชน, from the day of selection until leaving."""

    council = models.ForeignKey(
        Council, models.PROTECT, related_name="members", verbose_name="สภาองค์กรชุมชน"
    )
    name = models.CharField("ชื่อ-สกุล", max_length=200)
    kind = models.CharField("ประเภทสมาชิก", max_length=14, choices=MemberKind.choices)
    selected_on = models.DateField("วันคัดเลือก")
    left_on = models.DateField("พ้นจากตำแหน่งเมื่อ", null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = "สมาชิกสภา"
        ordering = ["council", "kind", "name"]
        indexes = [
            # Names of people have no stored key; a search compares them without case.
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="councils_member_search"),
        ]
        constraints = [
            unique(
                "councils_member_once",
                "สภานี้มีสมาชิกชื่อนี้ที่คัดเลือกวันเดียวกันแล้ว",
                "council",
                "name",
                "selected_on",
            ),
            check(
                "councils_member_kind_known",
                Q(kind__in=MemberKind.values),
                "ประเภทสมาชิกต้องเป็นผู้แทนชุมชนหรือผู้ทรงคุณวุฒิ",
            ),
            not_blank("councils_member_name_given", "name", "กรุณาระบุชื่อสมาชิก"),
            check(
                "councils_member_left_after_selection",
                Q(left_on=None) | Q(left_on__gt=F("selected_on")),
                "วันที่พ้นจากตำแหน่งต้องอยู่หลังวันคัดเลือก",
            ),
        ]
        triggers = [MERGED_TAKES_NOTHING, EXPERTS_ADDED, EXPERTS_CHANGED, EXPERTS_LEFT_BEHIND]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the council, where its members stand."""
        return f"{reverse('councils:council', args=[self.council_id])}#members"
