"""The kind of job that makes the files of an edition, and what it is called."""

from __future__ import annotations

from reports import outlines
from reports.models import Edition

RENDER = "report.render"


def draft_title(edition: Edition) -> str:
    """ร่างรายงานสถานการณ์โครงการ NL2564 ภาคเหนือ ฉบับที่ 1."""
    return f"ร่าง{_named(edition)}"[:200]


def issue_title(edition: Edition) -> str:
    """ออกรายงานสถานการณ์โครงการ NL2564 ภาคเหนือ ฉบับที่ 1."""
    return f"ออก{_named(edition)}"[:200]


def _named(edition: Edition) -> str:
    return f"{outlines.get(edition.outline).title} {edition}"
