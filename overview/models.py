"""What people keep of their analyses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from codi.history import tracked
from codi.kept.models import Audience
from codi.places.models import Province, Region
from codi.thai.normalise import search_key

if TYPE_CHECKING:
    from codi.accounts.models import User


class SavedAnalysisQuerySet(models.QuerySet["SavedAnalysis"]):
    """Saved analyses as people see them."""

    def visible_to(self, user: User) -> Self:
        """The own ones, those of people with the same scope, and those for everybody.

        An analysis holds words, no numbers: whoever opens it sees them of the own scope only.
        """
        office = Q(audience=Audience.OFFICE, region=user.region_id, province=user.province_id)
        return self.filter(Q(owner=user) | office | Q(audience=Audience.EVERYBODY))


@tracked()
class SavedAnalysis(models.Model):
    """An analysis of figures under a name; ``query`` is the part of the address that brings it back.

    ``region`` and ``province`` are the owner's scope when it was saved: the office that sees it.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="ผู้บันทึก"
    )
    title = models.CharField("ชื่อการวิเคราะห์", max_length=120)
    search_key = models.CharField(max_length=160, editable=False)
    query = models.CharField("สิ่งที่เลือก", max_length=4000)
    audience = models.CharField("ผู้ที่เห็น", max_length=10, choices=Audience.choices)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ภาค"
    )
    province = models.ForeignKey(
        Province, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="จังหวัด"
    )
    saved_at = models.DateTimeField("บันทึกเมื่อ")
    version = models.PositiveIntegerField(default=1, editable=False)

    owner_id: int
    region_id: str | None
    province_id: str | None

    objects = SavedAnalysisQuerySet.as_manager()

    class Meta:
        verbose_name = "การวิเคราะห์"
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "title"],
                name="overview_analysis_once",
                violation_error_message="ท่านมีการวิเคราะห์ชื่อนี้แล้ว ตั้งชื่ออื่น หรือลบอันเดิมก่อน",
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values),
                name="overview_analysis_audience_known",
                violation_error_message="เลือกจากรายการว่าจะให้ใครเห็นการวิเคราะห์นี้",
            ),
            models.CheckConstraint(
                condition=Q(title__regex=r"\S") & Q(query__regex=r"\S"),
                name="overview_analysis_says_something",
                violation_error_message="ตั้งชื่อการวิเคราะห์ และเลือกตัวเลขก่อนบันทึก",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def fill_keys(self) -> None:
        """What searches compare."""
        self.search_key = search_key(self.title)

    def get_absolute_url(self) -> str:
        """The page of the analysis."""
        return reverse("overview:analysis", args=[self.pk])
