"""Which files projects, meetings and organisations take, and who may attach and remove them."""

from __future__ import annotations

from codi.files.declared import AttachmentKind, register_kind
from codi.files.models import DocumentKind
from programs import permissions
from programs.models import MeetingFile, OrganisationFile, ProjectFile

register_kind(
    AttachmentKind(
        "project",
        ProjectFile,
        documents=(
            DocumentKind.PROPOSAL,
            DocumentKind.AGREEMENT,
            DocumentKind.REPORT,
            DocumentKind.PHOTO,
            DocumentKind.OTHER,
        ),
        can_attach=permissions.can_attach_to_project,
        can_remove=permissions.can_remove_project_file,
    )
)
register_kind(
    AttachmentKind(
        "meeting",
        MeetingFile,
        documents=(DocumentKind.MINUTES, DocumentKind.PHOTO, DocumentKind.OTHER),
        can_attach=permissions.can_attach_to_meeting,
        can_remove=lambda user, file: permissions.can_attach_to_meeting(user, file.subject),
    )
)
register_kind(
    AttachmentKind(
        "organisation",
        OrganisationFile,
        documents=(DocumentKind.REGISTRATION, DocumentKind.PHOTO, DocumentKind.OTHER),
        can_attach=permissions.can_attach_to_organisation,
        can_remove=lambda user, file: permissions.can_attach_to_organisation(user, file.subject),
    )
)
