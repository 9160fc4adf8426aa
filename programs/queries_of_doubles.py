"""Records with near-equal names in one place, found by the database in one statement.

Names are compared by trigrams without the words that tell a kind (อบต. เทศบาลตำบล …), which would make
all names of a district alike. Numbers must agree: หมู่ 1 is not หมู่ 2. Only records of one place are
compared, so that the work grows with the number of records and not with its square.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from codi.thai.normalise import search_key

# (smaller key, larger key, likeness in percent, whether the kinds differ)
Pair = tuple[int, int, int, bool]


@dataclass(frozen=True)
class Names:
    """How the names of a register are compared.

    ``place`` is the column within which names are compared, ``standing`` the SQL condition of
    records that are in the register, ``kind`` a column with the kind of the record. ``heads`` are
    words that all names begin with, ``kinds`` words of a kind after them, each with what it says;
    a word that says nothing ("" as ตำบล does) is left out of the comparison only.
    """

    table: str
    place: str
    standing: str
    heads: Sequence[str] = ()
    kinds: Sequence[tuple[str, str]] = ()
    kind: str = "NULL"
    least_pct: int = 60


def _any_of(words: Sequence[str]) -> str:
    """The words as they stand in a search key, the longest first."""
    keys = sorted({search_key(word) for word in words}, key=len, reverse=True)
    return "|".join(keys)


_SQL = """
WITH named AS MATERIALIZED (
    SELECT t.id, t.{place} AS place, {kind} AS kind,
           regexp_replace(
               substr(t.search_key, length(regexp_replace(t.code, '[[:space:]./()-]', '', 'g')) + 1),
               %(heads)s, '') AS name
      FROM {table} t
     WHERE t.{place} IS NOT NULL AND {standing}),
keyed AS MATERIALIZED (
    SELECT id, place, kind, substring(name FROM %(kinds)s) AS word,
           regexp_replace(name, %(kinds)s, '') AS name,
           regexp_replace(name, '[^0-9]', '', 'g') AS numbers
      FROM named)
SELECT a.id, b.id, round(similarity(a.name, b.name) * 100)::int,
       a.kind IS DISTINCT FROM b.kind, a.word, b.word
  FROM keyed a JOIN keyed b ON b.place = a.place AND b.id > a.id AND b.numbers = a.numbers
 WHERE a.name <> '' AND similarity(a.name, b.name) >= %(least)s
 ORDER BY a.id, b.id
"""


def near_pairs(names: Names) -> list[Pair]:
    """All pairs of records of one place whose names are near-equal."""
    sql = _SQL.format(
        table=names.table, place=names.place, standing=names.standing, kind=names.kind
    )
    told = {search_key(word): says for word, says in names.kinds}
    words: dict[str, str | float] = {
        "heads": f"^({_any_of(names.heads)})?" if names.heads else "^",
        "kinds": f"^({_any_of([word for word, _ in names.kinds])})" if names.kinds else "^$",
        "least": names.least_pct / 100,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, words)
        return [
            (first, second, pct, differs or told.get(one, "") != told.get(other, ""))
            for first, second, pct, differs, one, other in cursor.fetchall()
        ]
