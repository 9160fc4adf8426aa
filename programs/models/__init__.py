"""Programmes and their money frames, organisations, committees and meetings, projects."""

from programs.models.attachments import MeetingFile, OrganisationFile, ProjectFile
from programs.models.meetings import Committee, Meeting, Resolution, ResolutionKind
from programs.models.organisations import (
    CertificationState,
    Organisation,
    OrganisationCertification,
    OrganisationKind,
)
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

__all__ = [
    "BudgetFrame",
    "CertificationState",
    "Committee",
    "FundingSource",
    "Meeting",
    "MeetingFile",
    "Organisation",
    "OrganisationCertification",
    "OrganisationFile",
    "OrganisationKind",
    "Origin",
    "Programme",
    "ProgrammeKind",
    "ProgrammeTarget",
    "Project",
    "ProjectFile",
    "ProjectLevel",
    "ProjectStatus",
    "Resolution",
    "ResolutionKind",
    "TargetMeasure",
]
