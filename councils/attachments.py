"""Which files the records of councils take, and who may attach and remove them."""

from __future__ import annotations

from codi.files.declared import AttachmentKind, register_kind
from codi.files.models import DocumentKind
from councils import permissions_of_work
from councils.models import CapabilityFile

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
