"""What the work of a council comes to: concrete results, the capability indicator. Plain values.

Source: มาตรา 19 and 21 of พ.ร.บ.สภาองค์กรชุมชน พ.ศ. 2551 and the quarterly report of 2562, chapter 1
(parts 2.2 and 3.3).
"""

from __future__ import annotations

from collections.abc import Collection

MEETINGS_OF_A_YEAR = 4
"""มาตรา 19: a council meets at least four times a year."""

BASIC = (10, 11, 12)
"""The basic missions of มาตรา 21: rules of the council, yearly report, two delegates."""

OTHERS_NEEDED = 3
"""How many of the missions 1 to 9 make results concrete ("ภารกิจด้านอื่นอีก 3 ข้อ")."""

CAPABILITY_DOCUMENTS = ("problems", "letter_copy", "follow_up")
"""The three files of the indicator, as ``DocumentKind`` names them."""

_DOCUMENT_TITLES = {
    "problems": "ไฟล์รายงานปัญหาและข้อเสนอ",
    "letter_copy": "ไฟล์สำเนาจดหมาย",
    "follow_up": "ไฟล์รายงานผลการติดตามข้อเสนอ",
}


def gaps_to_concrete(meeting_count: int, missions: Collection[int]) -> tuple[str, ...]:
    """What a council still lacks in a year to have concrete results; nothing when it has them."""
    gaps = []
    if meeting_count < MEETINGS_OF_A_YEAR:
        gaps.append(f"ประชุมอีก {MEETINGS_OF_A_YEAR - meeting_count} ครั้ง")
    lacking = [f"({number})" for number in BASIC if number not in missions]
    if lacking:
        gaps.append(f"ภารกิจพื้นฐาน {' '.join(lacking)}")
    others = len(set(missions) - set(BASIC))
    if others < OTHERS_NEEDED:
        gaps.append(f"ภารกิจ (1)–(9) อีก {OTHERS_NEEDED - others} ข้อ")
    return tuple(gaps)


def gaps_to_capability(
    *, advises: bool, asks_for_services: bool, reports_harm: bool, documents: Collection[str]
) -> tuple[str, ...]:
    """What a council still lacks for the indicator of ก.พ.ร.: (4) or (5), and (9), and three files."""
    gaps = []
    if not (advises or asks_for_services):
        gaps.append("ภารกิจ (4) หรือ (5)")
    if not reports_harm:
        gaps.append("ภารกิจ (9)")
    return (
        *gaps,
        *(_DOCUMENT_TITLES[one] for one in CAPABILITY_DOCUMENTS if one not in documents),
    )
