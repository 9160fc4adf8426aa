"""How often somebody may ask: one row per measure and person in the database, whatever process asks.

The row says at which moment the allowance is whole again. Each call moves that moment by the time
that one call is worth (a rate of 60 a minute: a second); it may lie ahead by as many calls as the
rate allows at once. One statement judges and notes, so that processes cannot count past each other.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection

from codi.api.models import Pace

_TAKE = f"""
INSERT INTO "{Pace._meta.db_table}" AS held (name, whole_at) VALUES (%(name)s, %(after)s)
ON CONFLICT (name)
DO UPDATE SET whole_at = GREATEST(held.whole_at, %(now)s) + (%(after)s - %(now)s)
 WHERE held.whole_at <= %(latest)s
RETURNING whole_at
"""  # noqa: S608 - the name of our own table


def take(name: str, *, count: int, seconds: float, now: dt.datetime) -> float:
    """Use one of ``count`` calls per ``seconds``; 0, or the seconds to wait when none is left.

    A call that is refused uses nothing up.
    """
    step = dt.timedelta(seconds=seconds / count)
    ahead = dt.timedelta(seconds=seconds) - step
    with connection.cursor() as cursor:
        moments = {"now": now, "after": now + step, "latest": now + ahead}
        cursor.execute(_TAKE, {"name": name, **moments})
        if cursor.fetchone():
            return 0.0
    whole_at = Pace.objects.values_list("whole_at", flat=True).get(name=name)
    return max((whole_at - ahead - now).total_seconds(), 0.001)


def forget(*, now: dt.datetime) -> int:
    """Remove the rows whose allowance is whole again; they say nothing any more. How many."""
    return Pace.objects.filter(whole_at__lt=now).delete()[0]
