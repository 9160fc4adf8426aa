"""Pairs of records that are taken for one and the same thing, and what became of them.

Source: the quarterly report of fiscal year 2562, chapter 1: doubles by wrong name or real ones, asked
for by the region, checked at headquarters, never deleted. Each room has a table of its own with real
keys (``first``, ``second``, ``kept``); what they share stands here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from programs.models.base import check, unique
from programs.models.scope import in_scope

if TYPE_CHECKING:
    from codi.accounts.models import User

_NAME = "%(app_label)s_%(class)s_"


def moves_within_pair(cases: str) -> str:
    """The SQL that is true when a file goes over between two records whose merge was asked for."""
    return (
        f"EXISTS (SELECT 1 FROM {cases} d WHERE d.state IN ('requested', 'merged') "
        "AND d.first_id = LEAST(OLD.subject_id, NEW.subject_id) "
        "AND d.second_id = GREATEST(OLD.subject_id, NEW.subject_id))"
    )


class CaseState(models.TextChoices):
    """The life of a pair: found → requested → merged (or sent back) → taken back.

    Or not double, for good, unless headquarters opens it again.
    """

    FOUND = "found", "พบชื่อใกล้เคียง"
    REQUESTED = "requested", "ขอรวม รอส่วนกลางตรวจ"
    SENT_BACK = "sent_back", "ส่งกลับให้แก้ไข"
    MERGED = "merged", "รวมแล้ว"
    TAKEN_BACK = "taken_back", "ยกเลิกการรวมแล้ว"
    NOT_DOUBLE = "not_double", "ไม่ซ้ำ"
    REOPENED = "reopened", "เปิดพิจารณาใหม่"


# From which a person of the region may ask for the merge.
OPEN = (CaseState.FOUND, CaseState.SENT_BACK, CaseState.TAKEN_BACK, CaseState.REOPENED)


class Suspicion(models.TextChoices):
    """What the names say: the same thing twice, or one whose name tells a wrong kind."""

    DOUBLE = "double", "น่าจะซ้ำจริง"
    KIND = "kind", "ชื่อซ้ำ แต่คนละประเภท"


class DuplicateCaseQuerySet(models.QuerySet[Any]):
    """Pairs by scope and state."""

    def visible_to(self, user: User) -> Self:
        """Pairs of which both records lie inside the person's scope, also after one was moved."""
        path = self.model.place_path
        other = path.replace("first__", "second__", 1)
        return self.filter(in_scope(user, path), in_scope(user, other))

    def unsettled(self) -> Self:
        """Pairs that look like one thing twice and that nobody has settled."""
        open_states = [*OPEN, CaseState.REQUESTED]
        return self.filter(state__in=open_states, suspicion=Suspicion.DOUBLE)

    def waiting(self) -> Self:
        """Pairs whose merge was asked for and waits for headquarters."""
        return self.filter(state=CaseState.REQUESTED)


class DuplicateCase(models.Model):
    """Two records and what people decided of them. ``first`` has the smaller key.

    ``moved`` holds the keys of all that a merge moved, so that taking it back restores exactly that.
    """

    first: Any
    second: Any
    kept: Any
    first_id: int
    second_id: int
    kept_id: int | None
    place_path: ClassVar[str] = "first__"

    state = models.CharField(
        "สถานะ", max_length=10, choices=CaseState.choices, default=CaseState.FOUND
    )
    suspicion = models.CharField(
        "ลักษณะ", max_length=6, choices=Suspicion.choices, default=Suspicion.DOUBLE
    )
    similarity_pct = models.PositiveSmallIntegerField("ชื่อคล้ายกัน (ร้อยละ)", default=0)
    found_on = models.DateField("พบเมื่อ")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้ขอรวม",
    )
    requested_on = models.DateField("ขอรวมเมื่อ", null=True, blank=True)
    request_reason = models.CharField("เหตุผลที่ขอรวม", max_length=300, blank=True)
    exchanged = models.JSONField("รายการซ้ำที่ใช้ของระเบียนที่ถูกรวม", default=list, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้ตรวจ",
    )
    decided_on = models.DateField("ตรวจเมื่อ", null=True, blank=True)
    decision_reason = models.CharField("ผลการตรวจ", max_length=300, blank=True)
    merged_on = models.DateField("รวมเมื่อ", null=True, blank=True)
    moved = models.JSONField(default=dict, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = DuplicateCaseQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-found_on", "-pk"]
        constraints = [
            unique(_NAME + "pair_once", "คู่นี้มีอยู่แล้ว กรุณาเปิดรายการเดิม", "first", "second"),
            check(
                _NAME + "in_order",
                Q(first__lt=F("second")),
                "ระเบียนซ้ำต้องเป็นสองระเบียนที่ต่างกัน กรุณาเลือกใหม่",
            ),
            check(
                _NAME + "kept_of_pair",
                Q(kept=None) | Q(kept=F("first")) | Q(kept=F("second")),
                "ระเบียนที่คงอยู่ต้องเป็นระเบียนหนึ่งในคู่นี้ กรุณาเลือกใหม่",
            ),
            check(
                _NAME + "state_known",
                Q(state__in=CaseState.values),
                "สถานะของคู่ที่สงสัยว่าซ้ำไม่ถูกต้อง กรุณาเปิดหน้านี้ใหม่",
            ),
            check(
                _NAME + "request_whole",
                ~Q(state__in=[CaseState.REQUESTED, CaseState.MERGED])
                | Q(kept__isnull=False, requested_by__isnull=False, requested_on__isnull=False)
                & Q(request_reason__regex=r"\S"),
                "การขอรวมต้องมีผู้ขอ เหตุผล และระเบียนที่คงอยู่",
            ),
            check(
                _NAME + "merge_whole",
                ~Q(state=CaseState.MERGED) & Q(merged_on=None)
                | Q(state=CaseState.MERGED, merged_on__isnull=False, decided_by__isnull=False)
                & ~Q(decided_by=F("requested_by")),
                "การรวมต้องมีวันที่และผู้ตรวจ ซึ่งต้องไม่ใช่ผู้ขอ",
            ),
            check(
                _NAME + "closed_with_reason",
                ~Q(state__in=[CaseState.NOT_DOUBLE, CaseState.SENT_BACK, CaseState.REOPENED])
                | Q(decided_by__isnull=False, decision_reason__regex=r"\S"),
                "การส่งกลับ บันทึกว่าไม่ซ้ำ หรือเปิดพิจารณาใหม่ ต้องมีผู้ตรวจและเหตุผล",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first.code} กับ {self.second.code}"

    @property
    def gone(self) -> Any:
        """The record that is merged into the kept one; None before somebody chose."""
        if self.kept_id is None:
            return None
        return self.second if self.kept_id == self.first_id else self.first

    @property
    def is_open(self) -> bool:
        """Whether the region may still ask for the merge."""
        return self.state in OPEN
