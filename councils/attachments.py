"""Which files the records of councils take, and who may attach and remove them."""

from __future__ import annotations

from codi.files.declared import AttachmentKind, register_kind
from codi.files.models import DocumentKind
from councils import permissions, permissions_of_work
from councils.models import CapabilityFile, CouncilFile, TermFile

register_kind(
    AttachmentKind(
        "council",
        CouncilFile,
        documents=(
            DocumentKind.JS02,
            DocumentKind.JS03,
            DocumentKind.REGISTRATION,
            DocumentKind.PHOTO,
            DocumentKind.OTHER,
        ),
        can_attach=permissions.can_keep,
        can_remove=permissions.can_remove_council_file,
    )
)
register_kind(
    AttachmentKind(
        "term",
        TermFile,
        documents=(DocumentKind.RENEWAL, DocumentKind.OTHER),
        can_attach=permissions.can_keep_term,
        can_remove=permissions.can_remove_term_file,
        lock=lambda term: term.council,
    )
)
register_kind(
    AttachmentKind(
        "capability",
        CapabilityFile,
        documents=(
            DocumentKind.PROBLEMS,
            DocumentKind.LETTER_COPY,
            DocumentKind.FOLLOW_UP,
            DocumentKind.OTHER,
        ),
        can_attach=permissions_of_work.can_attach_to_capability,
        can_remove=permissions_of_work.can_remove_capability_file,
        lock=lambda result: result.council,
    )
)
