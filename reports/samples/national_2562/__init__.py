"""The national sample: fiscal year 2562, quarter 4, as records that add up to the printed report.

Totals come from ``published/`` only; how they lie in provinces, tambons and records is drawn from a
seed, the same in every database. Names of people and groups are invented, places are real. Rows go
in by COPY, under every rule of the database, with history.
"""

from __future__ import annotations

import datetime as dt
import random

from django.db import transaction
from django.utils import timezone

from codi.accounts.system import CHECKER, system_account
from codi.errors import Refused
from codi.places.models import Subdistrict
from codi.quality import sweeping
from codi.quality.models import RuleRun
from councils.models import (
    CapabilityFile,
    CapabilityResult,
    CommunityGroup,
    Council,
    CouncilFile,
    CouncilMeeting,
    GroupCertification,
    LetterPrint,
    Member,
    Proposal,
    ProposalOfCouncil,
    QualityReview,
    Section21Mission,
    StatusLetter,
    Term,
    TermFile,
)
from finance.models import Instalment, LedgerEntry, ProjectBalance
from programs.models import Organisation, Programme, Project
from reports.samples.national_2562 import (
    amounts,
    bases,
    contributions,
    councils,
    files,
    funds,
    groups,
    indicators,
    members,
    places,
    proposals,
    status,
    work,
)
from reports.samples.national_2562.published import text
from reports.samples.national_2562.storing import count_anew
from welfare.models import (
    Benefit,
    Contribution,
    FundFile,
    FundIndicators,
    FundStatus,
    WelfareFund,
)

SEED = "national-2562"
# The end of the third quarter, and the day of the printed report.
SWEPT_ON = (dt.date(2019, 6, 30), dt.date(2019, 8, 31))


def load(*, today: dt.date) -> bool:
    """Store the sample, each part whole or not at all; False when it is there already.

    Raises ``Refused`` when the registers hold anything else, or places are missing.
    """
    if not Subdistrict.objects.exists():
        raise Refused("ยังไม่มีข้อมูลพื้นที่ กรุณาเรียก load_places ก่อน")
    loaded = _councils()
    loaded = _welfare() or loaded
    _look_through()
    return loaded


def _look_through() -> None:
    """Look through the data as of the days of the sample, unless somebody has looked already."""
    if RuleRun.objects.exists():
        return
    for day in SWEPT_ON:
        sweeping.sweep(today=day, now=timezone.now())


def _dice(part: str) -> random.Random:
    """The part's own source of chance, so that one part can change without the others."""
    return random.Random(f"{SEED}/{part}")


@transaction.atomic
def _councils() -> bool:
    """Councils with all that belongs to them."""
    if Council.objects.filter(code=text()["double_codes"][0]).exists():
        return False
    if Council.objects.exists():
        raise Refused("ทะเบียนสภามีข้อมูลอยู่แล้ว ข้อมูลตัวอย่างระดับประเทศใช้กับฐานข้อมูลที่ยังว่างเท่านั้น")
    actor = system_account()
    bases.store_bases()
    areas = places.council_areas(places.tambons())
    planned = councils.plan(areas, _dice("councils"))
    files.plan_forms(planned, _dice("forms"))
    councils.store_councils(planned, actor)
    members.store_members(planned, _dice("members"))
    grouped = groups.plan(planned, _dice("groups"))
    groups.store_groups(grouped, _dice("group names"))
    groups.store_letters(planned, grouped, actor, _dice("letters"))
    results = work.plan_capability(planned, _dice("capability"))
    work.store_capability(results)
    work.store_year(planned, results, _dice("work"))
    proposals.store_proposals(results, _dice("proposals"))
    work.store_reviews(planned, bases.scales(), _dice("reviews"))
    files.store_files(planned, results, actor, _dice("files"))
    count_anew(
        Council, Term, Member, CommunityGroup, GroupCertification, StatusLetter, LetterPrint,
        CapabilityResult, Section21Mission, CouncilMeeting, QualityReview, CouncilFile,
        CapabilityFile, TermFile, Proposal, ProposalOfCouncil,
    )  # fmt: skip
    return True


@transaction.atomic
def _welfare() -> bool:
    """Welfare funds with what they reported, and the year's contributions."""
    if WelfareFund.objects.filter(code=funds.FIRST_CODE).exists():
        return False
    if WelfareFund.objects.exists() or Programme.objects.filter(code=contributions.CODE).exists():
        raise Refused("ทะเบียนกองทุนมีข้อมูลอยู่แล้ว ข้อมูลตัวอย่างระดับประเทศใช้กับฐานข้อมูลที่ยังว่างเท่านั้น")
    maker, checker = system_account(), system_account(CHECKER)
    planned, withdrawn = funds.plan(places.tambons(), _dice("funds"))
    funds.store_funds(planned + withdrawn, _dice("withdrawal"))
    reported = amounts.plan(planned, withdrawn, _dice("amounts"))
    status.store_statuses(planned, withdrawn, reported, _dice("status"))
    funds.name_twins(withdrawn)
    marks = indicators.plan(planned, _dice("indicators"))
    indicators.store_indicators(marks, maker, _dice("indicator days"))
    given = contributions.plan(planned, reported, _dice("contributions"))
    contributions.store_contributions(given, maker, checker, _dice("money"))
    count_anew(
        WelfareFund, FundStatus, Benefit, FundIndicators, FundFile, Contribution, Organisation,
        Project, Instalment, LedgerEntry, ProjectBalance,
    )  # fmt: skip
    return True
