"""Thai names of the files that people download: report, scope, period, edition."""

from __future__ import annotations

from codi.thai.dates import short_date
from codi.ui import downloads
from reports.content import Content
from reports.facts import short_name_of


def file_name(content: Content, extension: str) -> str:
    """รายงานสถานการณ์โครงการ NL2564 ภาคเหนือ ณ 31 พ.ค. 64 ถึง 5 ส.ค. 64 ฉบับที่ 1.pdf."""
    facts, days = content.facts, content.as_of_dates
    period = f"ณ {short_date(days[0])}"
    if len(days) > 1:
        period += f" ถึง {short_date(days[-1])}"
    parts = [facts["title"], short_name_of(facts), facts["region"]["name"], period]
    if content.edition is not None:
        draft = "" if content.edition.is_frozen else " ร่าง"
        parts.append(f"ฉบับที่ {content.edition.number}{draft}")
    return downloads.file_name(*parts, extension=extension)
