"""What a council did in a year: meetings, missions of section 21, capability, quality review.

Source: มาตรา 19 (at least four meetings a year) and 21 (twelve missions) of พ.ร.บ.สภาองค์กรชุมชน
พ.ศ. 2551; the indicator of ก.พ.ร. as the quarterly report of 2562 tells it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from codi.history import tracked
from councils.models.councils import Council
from councils.models.terms import OfCouncilQuerySet
from councils.rules_of_work import BASIC as BASIC_MISSIONS
from councils.triggers import MERGED_TAKES_NOTHING
from programs.models.base import check, fiscal_year_check, fiscal_year_field, not_blank, unique
from programs.models.scales import Grade, QualityScale

if TYPE_CHECKING:
    from codi.accounts.models import User

__all__ = [
    "BASIC_MISSIONS",
    "CapabilityResult",
    "CouncilMeeting",
    "Mission",
    "Proposal",
    "ProposalOfCouncil",
    "ProposalState",
    "QualityReview",
    "Section21Mission",
]


class Mission(models.IntegerChoices):
    """ภารกิจตามมาตรา 21, in short; 10 to 12 are the basic ones."""

    TRADITION = 1, "อนุรักษ์ฟื้นฟูจารีต ภูมิปัญญา ศิลปวัฒนธรรม"
    COOPERATION = 2, "ร่วมมือกับ อปท. และหน่วยงานรัฐจัดการทรัพยากร"
    ENVIRONMENT = 3, "ให้ความรู้และร่วมคุ้มครองคุณภาพสิ่งแวดล้อม"
    ADVICE = 4, "เสนอปัญหาและแนวทางพัฒนาต่อ อปท."
    SERVICES = 5, "เสนอความต้องการด้านบริการสาธารณะ"
    FORUM = 6, "จัดเวทีปรึกษาหารือของประชาชน"
    STRENGTH = 7, "ส่งเสริมความเข้มแข็งขององค์กรชุมชน"
    OTHER_COUNCILS = 8, "ประสานและร่วมมือกับสภาตำบลอื่น"
    REPORT_HARM = 9, "รายงานปัญหาและผลจากการดำเนินงานของรัฐ"
    RULES = 10, "วางกติกาในการดำเนินกิจการของสภา"
    YEARLY_REPORT = 11, "จัดทำและเผยแพร่รายงานประจำปี"
    DELEGATES = 12, "เสนอชื่อผู้แทน 2 คนไปประชุมระดับจังหวัด"


@tracked(part_of="council")
class CouncilMeeting(models.Model):
    """การประชุมสภา of a fiscal year; at least four a year (มาตรา 19)."""

    council = models.ForeignKey(
        Council, models.PROTECT, related_name="meetings", verbose_name="สภาองค์กรชุมชน"
    )
    fiscal_year = fiscal_year_field()
    number = models.PositiveSmallIntegerField("ครั้งที่")
    held_on = models.DateField("วันที่ประชุม")
    attendee_count = models.PositiveSmallIntegerField("ผู้เข้าประชุม (คน)", null=True, blank=True)
    topics = models.CharField("เรื่องสำคัญ", max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfCouncilQuerySet.as_manager()

    class Meta:
        verbose_name = "การประชุมสภา"
        triggers = [MERGED_TAKES_NOTHING]
        ordering = ["council", "-fiscal_year", "number"]
        constraints = [
            unique(
                "councils_councilmeeting_once",
                "ปีนี้มีการประชุมครั้งที่นี้แล้ว กรุณาตรวจครั้งที่",
                "council", "fiscal_year", "number",
            ),
            fiscal_year_check("councils_councilmeeting"),
            check(
                "councils_councilmeeting_numbered",
                Q(number__gte=1),
                "ครั้งที่ของการประชุมต้องเริ่มจาก 1",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"ครั้งที่ {self.number}/{self.fiscal_year}"


@tracked(part_of="council")
class Section21Mission(models.Model):
    """One mission of section 21 that a council performed in a fiscal year."""

    council = models.ForeignKey(
        Council, models.PROTECT, related_name="missions", verbose_name="สภาองค์กรชุมชน"
    )
    fiscal_year = fiscal_year_field()
    mission = models.PositiveSmallIntegerField("ภารกิจ", choices=Mission.choices)
    reported_on = models.DateField("วันที่รายงาน")
    detail = models.CharField("รายละเอียด", max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfCouncilQuerySet.as_manager()

    class Meta:
        verbose_name = "ภารกิจตามมาตรา 21"
        triggers = [MERGED_TAKES_NOTHING]
        ordering = ["council", "-fiscal_year", "mission"]
        constraints = [
            unique(
                "councils_section21mission_once",
                "ปีนี้บันทึกภารกิจนี้ของสภาแล้ว",
                "council", "fiscal_year", "mission",
            ),
            fiscal_year_check("councils_section21mission"),
            check(
                "councils_section21mission_known",
                Q(mission__in=Mission.values),
                "ภารกิจตามมาตรา 21 มี 12 ข้อ เลือกข้อ 1 ถึง 12",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["fiscal_year", "mission"], name="councils_mission_of_year")]

    def __str__(self) -> str:
        return f"({self.mission}) {self.get_mission_display()} ปี {self.fiscal_year}"


@tracked(part_of="council")
class CapabilityResult(models.Model):
    """ผลตัวชี้วัด ก.พ.ร.: a council that performs section 21 (4) or (5), and (9), with three files.

    The indicator is met while the problem report, the copy of the letter and the follow-up report
    are attached (``CapabilityFile``).
    """

    council = models.ForeignKey(
        Council, models.PROTECT, related_name="capability", verbose_name="สภาองค์กรชุมชน"
    )
    fiscal_year = fiscal_year_field()
    reported_on = models.DateField("วันที่รายงาน")
    advises = models.BooleanField("เสนอปัญหาและแนวทางพัฒนา (4)", default=False)
    asks_for_services = models.BooleanField("เสนอความต้องการบริการสาธารณะ (5)", default=False)
    reports_harm = models.BooleanField("รายงานปัญหาและผลกระทบ (9)", default=False)
    note = models.CharField("หมายเหตุ", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfCouncilQuerySet.as_manager()

    class Meta:
        verbose_name = "ผลตัวชี้วัดศักยภาพสภา"
        triggers = [MERGED_TAKES_NOTHING]
        ordering = ["council", "-fiscal_year"]
        constraints = [
            unique(
                "councils_capabilityresult_once",
                "ปีนี้บันทึกผลตัวชี้วัดของสภานี้แล้ว กรุณาแก้ไขรายการเดิม",
                "council",
                "fiscal_year",
            ),
            fiscal_year_check("councils_capabilityresult"),
        ]

    def __str__(self) -> str:
        return f"ตัวชี้วัดศักยภาพ ปี {self.fiscal_year}"

    def get_absolute_url(self) -> str:
        """Its page, with its files."""
        return reverse("councils:capability", args=[self.pk])


@tracked(part_of="council")
class QualityReview(models.Model):
    """สอบทานคุณภาพสภา of a year: the score, and the grade that the year's scale gives it.

    Old reviews came with their grade alone; their score is unknown.
    """

    council = models.ForeignKey(
        Council, models.PROTECT, related_name="reviews", verbose_name="สภาองค์กรชุมชน"
    )
    fiscal_year = fiscal_year_field()
    reviewed_on = models.DateField("วันที่สอบทาน")
    scale = models.ForeignKey(QualityScale, models.PROTECT, related_name="+", verbose_name="เกณฑ์")
    score_pct = models.DecimalField(
        "คะแนน (ร้อยละ)", max_digits=5, decimal_places=2, null=True, blank=True
    )
    grade = models.CharField("ระดับ", max_length=1, choices=Grade.choices)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfCouncilQuerySet.as_manager()

    class Meta:
        verbose_name = "การสอบทานคุณภาพสภา"
        triggers = [MERGED_TAKES_NOTHING]
        ordering = ["council", "-fiscal_year"]
        constraints = [
            unique(
                "councils_qualityreview_once",
                "ปีนี้สอบทานสภานี้แล้ว กรุณาแก้ไขรายการเดิม",
                "council",
                "fiscal_year",
            ),
            fiscal_year_check("councils_qualityreview"),
            check(
                "councils_qualityreview_grade_known",
                Q(grade__in=Grade.values),
                "ระดับต้องเป็น A B C หรือ D",
            ),
            check(
                "councils_qualityreview_score_is_a_share",
                Q(score_pct=None) | Q(score_pct__gte=0, score_pct__lte=100),
                "คะแนนต้องอยู่ระหว่างร้อยละ 0 ถึง 100",
            ),
        ]

    def __str__(self) -> str:
        return f"ปี {self.fiscal_year} ระดับ {self.grade}"


class ProposalState(models.TextChoices):
    """What became of a proposal."""

    SENT = "sent", "ส่งแล้ว รอคำตอบ"
    ANSWERED = "answered", "ได้รับคำตอบแล้ว"
    FOLLOWED_UP = "followed_up", "ติดตามผลแล้ว"
    SOLVED = "solved", "แก้ไขได้แล้ว"


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals by scope."""

    def visible_to(self, user: User) -> Self:
        """Proposals of at least one council inside the person's scope."""
        if user.sees_nation:
            return self
        mine = Council.objects.visible_to(user)
        return self.filter(Exists(mine.filter(proposals=OuterRef("pk"))))


@tracked()
class Proposal(models.Model):
    """ข้อเสนอ of one or many councils to an agency, with its letter and what came of it."""

    title = models.CharField("เรื่อง", max_length=400)
    fiscal_year = fiscal_year_field()
    councils = models.ManyToManyField(
        Council, through="ProposalOfCouncil", related_name="proposals", verbose_name="สภาที่เสนอ"
    )
    agency = models.CharField("หน่วยงานที่รับข้อเสนอ", max_length=300)
    letter_number = models.CharField("เลขที่หนังสือ", max_length=100, blank=True)
    sent_on = models.DateField("วันที่ส่ง")
    answered_on = models.DateField("วันที่ได้รับคำตอบ", null=True, blank=True)
    answer = models.TextField("คำตอบ", blank=True)
    followed_up_on = models.DateField("วันที่ติดตามผล", null=True, blank=True)
    follow_up = models.TextField("ผลการติดตาม", blank=True)
    solved_on = models.DateField("แก้ไขได้เมื่อ", null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "ข้อเสนอ"
        ordering = ["-sent_on", "-pk"]
        constraints = [
            fiscal_year_check("councils_proposal"),
            not_blank("councils_proposal_title_given", "title", "กรุณาระบุเรื่องที่เสนอ"),
            not_blank("councils_proposal_agency_given", "agency", "กรุณาระบุหน่วยงานที่รับข้อเสนอ"),
            check(
                "councils_proposal_days_in_order",
                (Q(answered_on=None) | Q(answered_on__gte=F("sent_on")))
                & (Q(followed_up_on=None) | Q(followed_up_on__gte=F("sent_on")))
                & (Q(solved_on=None) | Q(solved_on__gte=F("sent_on"))),
                "วันที่ได้รับคำตอบ ติดตามผล หรือแก้ไขได้ ต้องไม่ก่อนวันที่ส่ง",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("councils:proposal", args=[self.pk])

    @property
    def state(self) -> ProposalState:
        """How far it got, from its days."""
        if self.solved_on:
            return ProposalState.SOLVED
        if self.followed_up_on:
            return ProposalState.FOLLOWED_UP
        return ProposalState.ANSWERED if self.answered_on else ProposalState.SENT


@tracked(part_of="proposal")
class ProposalOfCouncil(models.Model):
    """A council that stands behind a proposal."""

    proposal = models.ForeignKey(
        Proposal, models.CASCADE, related_name="shares", verbose_name="ข้อเสนอ"
    )
    council = models.ForeignKey(
        Council, models.PROTECT, related_name="+", verbose_name="สภาองค์กรชุมชน"
    )

    class Meta:
        verbose_name = "สภาที่เสนอ"
        triggers = [MERGED_TAKES_NOTHING]
        constraints = [
            unique(
                "councils_proposalofcouncil_once",
                "สภานี้อยู่ในข้อเสนอแล้ว",
                "proposal",
                "council",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.council}: {self.proposal}"
