"""Rules between rows of several rooms that the database holds as the last line, whoever writes."""

from __future__ import annotations

from collections.abc import Mapping

import pgtrigger

from codi.triggers import raises, row_rule

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


# What the application computes of a record; a new way of computing it changes nothing that was told.
_DERIVED = ("search_key", "sort_key")


def merged_stays(
    rule: str, records: str, *, ended: str, reason: str, along: Mapping[str, str] = {}
) -> pgtrigger.Trigger:
    """Refuse to change a merged record of the table ``records``, under the name of ``rule``.

    It may be taken back, which clears the key to the kept record with the day (``ended``) and the
    ``reason``, and nothing else. Its keys follow a merge of what they name, and its taking back: that
    to the kept record, and those of ``along`` (column → table of a register).
    """
    taken_back = (
        f"(NEW.merged_into_id IS NULL AND NEW.{ended} IS NULL AND NEW.{reason} = '' "
        f"AND {_same('merged_into_id', ended, reason, 'version')})"
    )
    followed = [
        f"({_same(column)} AND EXISTS ({_merge_between(table, column)}))"
        for column, table in ({"merged_into_id": records} | dict(along)).items()
    ]
    return row_rule(
        rule,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__merged_into__isnull=False),
        broken=f"NOT ({' OR '.join([_same(), taken_back, *followed])})",
        message=MERGED,
    )


def _same(*but: str) -> str:
    """The SQL that is true when nothing changed but these columns, and what is computed."""
    others = ", ".join(f"'{name}'" for name in (*_DERIVED, *but))
    return f"to_jsonb(NEW) - ARRAY[{others}] = to_jsonb(OLD) - ARRAY[{others}]"


def _merge_between(table: str, column: str) -> str:
    """The SQL that finds the merge of what a key names now into what it named, or the other way."""
    return f"""
        SELECT 1 FROM {table} r
         WHERE (r.id, r.merged_into_id)
            IN ((OLD.{column}, NEW.{column}), (NEW.{column}, OLD.{column}))
    """  # noqa: S608 - of our own words alone
