"""Programmes and their money frames, organisations, committees and meetings, projects."""

from programs.models.attachments import MeetingFile, OrganisationFile, ProjectFile
from programs.models.duplicates import CaseState, DuplicateCase, Suspicion
from programs.models.meetings import Committee, Meeting, Resolution, ResolutionKind
from programs.models.organisations import (
    CertificationState,
    Organisation,
    OrganisationCertification,
    OrganisationKind,
)
from programs.models.placed import Placed, PlacedQuerySet
from programs.models.programmes import (
    BudgetFrame,
    FundingSource,
    Programme,
    ProgrammeKind,
    ProgrammeTarget,
    ProjectLevel,
    TargetMeasure,
)
from programs.models.project_life import Origin, ProjectStatus
from programs.models.projects import Project
from programs.models.region_bases import BaseKind, RegionBase
from programs.models.scales import Grade, QualityBand, QualityScale, ScaleSubject

__all__ = [
    "BaseKind",
    "BudgetFrame",
    "CaseState",
    "CertificationState",
    "Committee",
    "DuplicateCase",
    "FundingSource",
    "Grade",
    "Meeting",
    "MeetingFile",
    "Organisation",
    "OrganisationCertification",
    "OrganisationFile",
    "OrganisationKind",
    "Origin",
    "Placed",
    "PlacedQuerySet",
    "Programme",
    "ProgrammeKind",
    "ProgrammeTarget",
    "Project",
    "ProjectFile",
    "ProjectLevel",
    "ProjectStatus",
    "QualityBand",
    "QualityScale",
    "RegionBase",
    "Resolution",
    "ResolutionKind",
    "ScaleSubject",
    "Suspicion",
    "TargetMeasure",
]
