"""Rules between members of a council that the database holds as the last line, whoever writes.

The councils concerned are locked before their members are counted, so that two writers at the same
moment cannot both pass. Each runs once per statement on all of its rows, a bulk load included.
"""

from __future__ import annotations

import pgtrigger

from codi.triggers import raises
from councils.rules import REPRESENTATIVES_PER_EXPERT
from programs.triggers import merged_stays, merged_takes_nothing

TOO_MANY_EXPERTS = (
    "ผู้ทรงคุณวุฒิต้องไม่เกินหนึ่งในห้าของสมาชิกผู้แทนชุมชน (มาตรา 5) เพิ่มผู้แทนชุมชนก่อน หรือบันทึกเป็นผู้แทนชุมชน"
)


def _share(councils: str) -> str:
    """Refuse when one of these councils has more experts than a fifth by this statement.

    They are those that got an expert, and those of which a representative was taken away as never
    having been. A representative who leaves may break the share: nobody can be kept from leaving.
    """
    return f"""
    IF NOT EXISTS ({councils}) THEN RETURN NULL; END IF;
    PERFORM 1 FROM councils_council c WHERE c.id IN ({councils}) ORDER BY c.id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM councils_member m
         WHERE m.council_id IN ({councils}) AND m.left_on IS NULL
         GROUP BY m.council_id
        HAVING count(*) FILTER (WHERE m.kind = 'expert') * {REPRESENTATIVES_PER_EXPERT}
             > count(*) FILTER (WHERE m.kind = 'representative'))
    THEN {raises("councils_member_expert_share", TOO_MANY_EXPERTS)} END IF;
    RETURN NULL;
    """  # noqa: S608 - of our own words alone


EXPERTS_ADDED = pgtrigger.Trigger(
    name="councils_member_experts_added",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="came"),
    func=_share("SELECT council_id FROM came WHERE kind = 'expert' AND left_on IS NULL"),
)
EXPERTS_CHANGED = pgtrigger.Trigger(
    name="councils_member_experts_changed",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    referencing=pgtrigger.Referencing(old="was", new="came"),
    func=_share(
        "SELECT n.council_id FROM came n JOIN was o ON o.id = n.id "
        "WHERE n.kind = 'expert' AND n.left_on IS NULL "
        "AND (o.kind, o.left_on, o.council_id) IS DISTINCT FROM (n.kind, n.left_on, n.council_id)"
    ),
)
EXPERTS_LEFT_BEHIND = pgtrigger.Trigger(
    name="councils_member_experts_left_behind",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Delete,
    referencing=pgtrigger.Referencing(old="gone"),
    func=_share("SELECT council_id FROM gone WHERE kind = 'representative' AND left_on IS NULL"),
)

COUNCILS, GROUPS = "councils_council", "councils_communitygroup"
MERGED_TAKES_NOTHING = merged_takes_nothing("councils_merged_takes_nothing", COUNCILS, "council_id")
MERGED_TAKES_NO_FILES = merged_takes_nothing(
    "councils_merged_takes_nothing", COUNCILS, "subject_id"
)
MERGED_GROUP_TAKES_NOTHING = merged_takes_nothing(
    "councils_merged_group_takes_nothing", GROUPS, "group_id"
)
COUNCIL_STAYS = merged_stays(
    "councils_merged_stays", COUNCILS, ended="withdrawn_on", reason="withdrawal_reason"
)
GROUP_STAYS = merged_stays(
    "councils_merged_group_stays",
    GROUPS,
    ended="ended_on",
    reason="ended_reason",
    along={"council_id": COUNCILS},
)
