"""Columns of notices and of mails."""

from __future__ import annotations

from codi.notices.models import MailState
from codi.ui.tables import DateColumn, ListTable, NumberColumn, StateColumn, TextColumn

TONES = {
    MailState.WAITING: "neutral",
    MailState.SENDING: "info",
    MailState.SENT: "good",
    MailState.FAILED: "bad",
}


class NoticeTable(ListTable):
    """What was told, and when it was read."""

    title = TextColumn("ข้อความ", wide=True)
    kind_title = TextColumn("เรื่อง", definition="ชนิดของเรื่องที่แจ้ง")
    created_at = DateColumn("แจ้งเมื่อ", orderable=True)
    read_at = DateColumn("อ่านเมื่อ", orderable=True, definition="ว่างเมื่อยังไม่อ่าน")


class MailTable(ListTable):
    """To whom a mail goes and what became of it; never what it says."""

    recipient = TextColumn("ผู้รับ", accessor="recipient__full_name", wide=True)
    state = StateColumn("สถานะ", choices=dict(MailState.choices), tones=dict(TONES), orderable=True)
    attempt_count = NumberColumn("ลองส่ง (ครั้ง)")
    failure = TextColumn("สาเหตุ", definition="ชนิดของเหตุขัดข้องและเลขที่แม่ข่ายตอบ")
    created_at = DateColumn("จัดทำเมื่อ", orderable=True)
    sent_at = DateColumn("ส่งเมื่อ", orderable=True)
