"""Rules between rows of several rooms that the database holds as the last line, whoever writes."""

from __future__ import annotations

import pgtrigger

from codi.triggers import raises

MERGED = "ระเบียนนี้รวมเข้ากับระเบียนอื่นแล้ว กรุณาเปิดระเบียนที่คงอยู่แล้วบันทึกที่นั่น"


def merged_takes_nothing(rule: str, records: str, key: str) -> pgtrigger.Trigger:
    """Refuse new rows of a record that is merged into another one, under the name of ``rule``.

    The records are held before they are asked, so that a row that comes while its record is being
    merged waits and is then refused; nothing is left behind where nobody looks. Once per statement.
    """
    return pgtrigger.Trigger(
        name=rule,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="came"),
        func=f"""
        PERFORM 1 FROM {records} r WHERE r.id IN (SELECT {key} FROM came) ORDER BY r.id FOR KEY SHARE;
        IF EXISTS (
            SELECT 1 FROM {records} r
             WHERE r.merged_into_id IS NOT NULL AND r.id IN (SELECT {key} FROM came))
        THEN {raises(rule, MERGED)} END IF;
        RETURN NULL;
        """,  # noqa: S608 - of our own words alone
    )
