"""Which files a fund takes, and who may attach and remove them."""

from __future__ import annotations

from codi.files.declared import AttachmentKind, register_kind
from codi.files.models import DocumentKind
from welfare import permissions
from welfare.models import FundFile

register_kind(
    AttachmentKind(
        "fund",
        FundFile,
        documents=(
            DocumentKind.YEARLY_REPORT,
            DocumentKind.FUND_RULES,
            DocumentKind.ONE_PAGE,
            DocumentKind.PHOTO,
            DocumentKind.OTHER,
        ),
        can_attach=permissions.can_attach_to_fund,
        can_remove=permissions.can_remove_fund_file,
    )
)
