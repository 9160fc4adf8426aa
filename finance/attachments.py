"""Which files are evidence of an instalment, and who may attach, replace and remove them."""

from __future__ import annotations

from codi.files.declared import AttachmentKind, register_kind
from codi.files.models import DocumentKind
from finance import permissions
from finance.models import InstalmentFile

register_kind(
    AttachmentKind(
        "instalment",
        InstalmentFile,
        documents=(
            DocumentKind.PAYMENT,
            DocumentKind.REPORT,
            DocumentKind.AGREEMENT,
            DocumentKind.PHOTO,
            DocumentKind.OTHER,
        ),
        can_attach=permissions.can_attach_evidence,
        can_replace=permissions.can_replace_evidence,
        can_remove=permissions.can_remove_evidence,
        # A payment locks the project: what it makes irremovable is decided under the same lock.
        lock=lambda instalment: instalment.project,
    )
)
