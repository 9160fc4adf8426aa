"""Councils, their members and terms, their work, groups, letters and files."""

from councils.models.attachments import CapabilityFile, CouncilFile, TermFile
from councils.models.councils import AuthorityKind, CertificationBasis, Council
from councils.models.duplicates import CouncilDouble, GroupDouble
from councils.models.groups import (
    CommunityGroup,
    GroupCertification,
    LetterPrint,
    StatusLetter,
    Validity,
)
from councils.models.terms import TERM_YEARS, Member, MemberKind, Term, TermState
from councils.models.work import (
    BASIC_MISSIONS,
    CapabilityResult,
    CouncilMeeting,
    Mission,
    Proposal,
    ProposalOfCouncil,
    ProposalState,
    QualityReview,
    Section21Mission,
)

__all__ = [
    "BASIC_MISSIONS",
    "TERM_YEARS",
    "AuthorityKind",
    "CapabilityFile",
    "CapabilityResult",
    "CertificationBasis",
    "CommunityGroup",
    "Council",
    "CouncilDouble",
    "CouncilFile",
    "CouncilMeeting",
    "GroupCertification",
    "GroupDouble",
    "LetterPrint",
    "Member",
    "MemberKind",
    "Mission",
    "Proposal",
    "ProposalOfCouncil",
    "ProposalState",
    "QualityReview",
    "Section21Mission",
    "StatusLetter",
    "Term",
    "TermFile",
    "TermState",
    "Validity",
]
