"""The search for doubles: the pairs with near-equal names, kept up to date, every night or by a button."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from django.db import connection

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.jobs import services as jobs
from codi.jobs.models import Job
from codi.thai.numbers import number
from codi.writing import service
from programs.merging import Cases, merger_of
from programs.models.duplicates import CaseState, DuplicateCase, Suspicion
from programs.permissions_of_merging import can_check_doubles

SEARCH = "find-doubles"
Tell = Callable[[int, str], None]


def _silent(percent: int, stage: str) -> None:
    """Nobody waits for word of how far the search is."""


def request_search(*, actor: User, case: Cases) -> Job:
    """Ask for a search of one register now; while one is under way, that one is the answer.

    Its key names the last search that ended, so that two people who ask at once get one job.
    """
    require(can_check_doubles(actor))
    payload = {"case": case._meta.label_lower}
    earlier = Job.objects.filter(kind=SEARCH, payload=payload).exclude(pk__in=Job.objects.active())
    last = earlier.order_by("-pk").values_list("pk", flat=True).first()
    return jobs.request(
        SEARCH,
        key=f"{SEARCH}-{payload['case']}-after-{last or 0}",
        payload=payload,
        requested_by=actor,
        title=f"ค้นหา{merger_of(case).noun}ซ้ำ",
    )


def last_search(case: Cases) -> Job | None:
    """The last search of a register that somebody asked for and that ended well."""
    done = Job.objects.filter(kind=SEARCH, payload={"case": case._meta.label_lower}, state="done")
    return done.order_by("-pk").first()


def in_words(new_count: int) -> str:
    """What came of a search: how many pairs are new."""
    return f"พบคู่ใหม่ {number(new_count)} คู่" if new_count else "ไม่พบคู่ใหม่"


def _only_me(case: Cases) -> None:
    """Wait until no other search of the register runs; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))",
            [SEARCH, case._meta.label_lower],
        )


@service
def find_doubles(*, case: Cases, today: dt.date, tell: Tell = _silent) -> int:
    """Look for near-equal names and keep the pairs; those that people spoke of stay as they are.

    Pairs that were only found and no longer look alike (a name was corrected, a record left the
    register) go. One search of a register at a time: another one waits. Returns how many are new.
    """
    _only_me(case)
    tell(5, f"กำลังเทียบชื่อ{merger_of(case).noun}ที่อยู่ในพื้นที่เดียวกัน")
    pairs = merger_of(case).pairs()
    tell(80, f"กำลังบันทึกคู่ที่พบ {number(len(pairs))} คู่")
    found = [
        case(
            first_id=first,
            second_id=second,
            similarity_pct=pct,
            suspicion=Suspicion.KIND if differs else Suspicion.DOUBLE,
            found_on=today,
        )
        for first, second, pct, differs in pairs
    ]
    now = {(one.first_id, one.second_id) for one in found}
    known = dict[tuple[int, int], tuple[int, str]]()
    for pk, first, second, state in case.objects.values_list("pk", "first", "second", "state"):
        known[first, second] = (pk, state)
    lapsed = [pk for pair, (pk, state) in known.items() if pair not in now and state == "found"]
    case.objects.filter(pk__in=lapsed, state=CaseState.FOUND).delete()
    new = [one for one in found if (one.first_id, one.second_id) not in known]
    _bring_up_to_date(case, found)
    case.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    return len(new)


def _bring_up_to_date(case: Cases, found: Sequence[DuplicateCase]) -> None:
    """Of pairs that nobody spoke of yet: how alike they are after a name or kind was corrected."""
    known = {(one.first_id, one.second_id): one for one in case.objects.filter(state="found")}
    changed = []
    for now in found:
        one = known.get((now.first_id, now.second_id))
        told = (now.similarity_pct, now.suspicion)
        if one is not None and (one.similarity_pct, one.suspicion) != told:
            one.similarity_pct, one.suspicion = told
            changed.append(one)
    case.objects.bulk_update(changed, ["similarity_pct", "suspicion"], batch_size=1000)
