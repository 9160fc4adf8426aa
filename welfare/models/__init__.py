"""Welfare funds, their status, benefits, indicators, reviews, contributions and files."""

from welfare.models.contributions import Contribution
from welfare.models.development import (
    CRITERIA,
    INDICATORS,
    FundFile,
    FundIndicators,
    FundReview,
    RiskClass,
)
from welfare.models.duplicates import FundDouble
from welfare.models.funds import WelfareFund
from welfare.models.status import (
    MEMBER_GROUPS,
    MONEY_SOURCES,
    Benefit,
    BenefitKind,
    FundStatus,
)

__all__ = [
    "CRITERIA",
    "INDICATORS",
    "MEMBER_GROUPS",
    "MONEY_SOURCES",
    "Benefit",
    "BenefitKind",
    "Contribution",
    "FundDouble",
    "FundFile",
    "FundIndicators",
    "FundReview",
    "FundStatus",
    "RiskClass",
    "WelfareFund",
]
