"""Pairs of councils, and of groups of one council, that are taken for the same one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse

from codi.history import tracked
from councils.models.councils import Council
from councils.models.groups import CommunityGroup
from programs.models.duplicates import DuplicateCase


@tracked(exclude=("moved",))
class CouncilDouble(DuplicateCase):
    """Two records of councils in one district with near-equal names."""

    first = models.ForeignKey(Council, models.PROTECT, related_name="+", verbose_name="ระเบียนที่ 1")
    second = models.ForeignKey(Council, models.PROTECT, related_name="+", verbose_name="ระเบียนที่ 2")
    kept = models.ForeignKey(
        Council,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ระเบียนที่คงอยู่",
    )

    class Meta(DuplicateCase.Meta):
        verbose_name = "สภาที่สงสัยว่าซ้ำ"
        indexes = [models.Index(fields=["state"], name="councils_double_state")]

    def get_absolute_url(self) -> str:
        """Its page: both records side by side."""
        return reverse("councils:council_double", args=[self.pk])


@tracked(exclude=("moved",))
class GroupDouble(DuplicateCase):
    """Two records of groups of one council with near-equal names."""

    place_path: ClassVar[str] = "first__council__"

    first = models.ForeignKey(
        CommunityGroup, models.PROTECT, related_name="+", verbose_name="ระเบียนที่ 1"
    )
    second = models.ForeignKey(
        CommunityGroup, models.PROTECT, related_name="+", verbose_name="ระเบียนที่ 2"
    )
    kept = models.ForeignKey(
        CommunityGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ระเบียนที่คงอยู่",
    )

    class Meta(DuplicateCase.Meta):
        verbose_name = "กลุ่มที่สงสัยว่าซ้ำ"
        indexes = [models.Index(fields=["state"], name="councils_groupdouble_state")]

    def get_absolute_url(self) -> str:
        """Its page: both records side by side."""
        return reverse("councils:group_double", args=[self.pk])
