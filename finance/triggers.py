"""The last line of defence of the money rules: what the database refuses whoever writes.

Each function locks the rows whose sum it judges before it sums, so that two writers at the same
moment cannot both pass. They run after the statement on its whole set of new rows: one query per
statement, a bulk load included.
"""

from __future__ import annotations

import pgtrigger

from codi.triggers import raises

OVERSPENT = "ยอดจ่ายสุทธิเกินงบที่อนุมัติของโครงการ ตรวจจำนวนเงินหรือวันที่มีผลแล้วบันทึกใหม่"
OVERSPENT_INSTALMENT = "ยอดจ่ายสุทธิเกินจำนวนเงินตามแผนของงวด ตรวจจำนวนเงินหรือเลือกงวดให้ถูกต้อง"
BELOW_ZERO = "เงินคืนหรือรายการกลับมากกว่ายอดที่จ่ายแล้ว ณ วันที่มีผล ตรวจจำนวนเงินและวันที่"
NOT_PAYABLE = "เบิกจ่ายได้เฉพาะโครงการที่อนุมัติแล้วหรือกำลังดำเนินงาน และวันที่มีผลต้องไม่ก่อนวันที่อนุมัติ"
IN_FUTURE = "วันที่มีผลยังมาไม่ถึง กรุณาระบุวันที่โอนจริง"
OTHER_PROJECT = "งวดที่เลือกไม่ใช่งวดของโครงการนี้ กรุณาเลือกใหม่"
REVERSAL_DIFFERS = "รายการกลับต้องเท่ากับรายการเดิมทุกบาท อยู่งวดเดียวกัน และมีผลไม่ก่อนรายการเดิม"

LEDGER_BALANCE = pgtrigger.Trigger(
    name="finance_ledger_balance",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="added"),
    declare=[("low", "numeric"), ("over_project", "bool"), ("over_instalment", "bool")],
    func=f"""
    PERFORM 1 FROM programs_project p
     WHERE p.id IN (SELECT project_id FROM added) ORDER BY p.id FOR UPDATE;

    IF EXISTS (SELECT 1 FROM added a JOIN finance_instalment i ON i.id = a.instalment_id
                WHERE i.project_id <> a.project_id)
    THEN {raises("finance_entry_instalment_of_project", OTHER_PROJECT)} END IF;

    IF EXISTS (SELECT 1 FROM added a JOIN programs_project p ON p.id = a.project_id
                WHERE p.approved_on IS NULL OR a.effective_on < p.approved_on
                   OR (a.direction = 1 AND p.status NOT IN ('approved', 'under_way'))
                   OR p.status = 'cancelled')
    THEN {raises("finance_entry_project_payable", NOT_PAYABLE)} END IF;

    IF EXISTS (SELECT 1 FROM added a
                WHERE a.effective_on > (now() AT TIME ZONE 'Asia/Bangkok')::date)
    THEN {raises("finance_entry_not_in_future", IN_FUTURE)} END IF;

    IF EXISTS (SELECT 1 FROM added a JOIN finance_ledgerentry o ON o.id = a.reverses_id
                WHERE (o.project_id, o.instalment_id, o.amount_baht, o.direction, o.kind)
                      IS DISTINCT FROM (a.project_id, a.instalment_id, a.amount_baht, -a.direction,
                                        a.reversed_kind)
                   OR o.kind = 'reversal' OR a.effective_on < o.effective_on)
    THEN {raises("finance_entry_reversal_equals_entry", REVERSAL_DIFFERS)} END IF;

    WITH daily AS (
        SELECT e.project_id, e.instalment_id, e.effective_on, sum(e.net_baht) AS net
          FROM finance_ledgerentry e
         WHERE e.project_id IN (SELECT project_id FROM added)
         GROUP BY 1, 2, 3
    ), by_instalment AS (
        SELECT instalment_id,
               sum(net) OVER (PARTITION BY instalment_id ORDER BY effective_on) AS net
          FROM daily
    ), by_day AS (
        SELECT project_id, effective_on, sum(net) AS net FROM daily GROUP BY 1, 2
    ), by_project AS (
        SELECT project_id, sum(net) OVER (PARTITION BY project_id ORDER BY effective_on) AS net
          FROM by_day
    )
    SELECT (SELECT min(net) FROM by_instalment),
           EXISTS (SELECT 1 FROM by_project b JOIN programs_project p ON p.id = b.project_id
                    WHERE b.net > p.approved_baht),
           EXISTS (SELECT 1 FROM by_instalment b JOIN finance_instalment i ON i.id = b.instalment_id
                    WHERE b.net > i.planned_baht)
      INTO low, over_project, over_instalment;

    IF over_project THEN {raises("finance_net_paid_within_approved", OVERSPENT)} END IF;
    IF over_instalment THEN {raises("finance_net_paid_within_instalment", OVERSPENT_INSTALMENT)} END IF;
    IF low < 0 THEN {raises("finance_net_paid_not_negative", BELOW_ZERO)} END IF;
    RETURN NULL;
    """,
)

PLAN_TOO_LARGE = "ผลรวมของทุกงวดเกินงบที่อนุมัติ (หรือที่ขอ หากยังไม่อนุมัติ) ปรับจำนวนเงินของงวดแล้วบันทึกใหม่"
PLAN_BELOW_PAID = "งวดนี้จ่ายไปแล้วมากกว่าจำนวนที่แก้ จึงลดต่ำกว่ายอดที่จ่ายแล้วไม่ได้"

_PLAN_SUM = f"""
    PERFORM 1 FROM programs_project p
     WHERE p.id IN (SELECT project_id FROM changed) ORDER BY p.id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM (SELECT i.project_id, sum(i.planned_baht) AS planned FROM finance_instalment i
                        WHERE i.project_id IN (SELECT project_id FROM changed) GROUP BY 1) AS plan
          JOIN programs_project p ON p.id = plan.project_id
         WHERE plan.planned > COALESCE(p.approved_baht, p.requested_baht))
    THEN {raises("finance_plan_within_approved", PLAN_TOO_LARGE)} END IF;
"""

PLAN_ADDED = pgtrigger.Trigger(
    name="finance_plan_added",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="changed"),
    func=f"{_PLAN_SUM} RETURN NULL;",
)

PLAN_CHANGED = pgtrigger.Trigger(
    name="finance_plan_changed",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    referencing=pgtrigger.Referencing(new="changed"),
    func=f"""
    {_PLAN_SUM}
    IF EXISTS (
        SELECT 1 FROM (SELECT e.instalment_id,
                              sum(e.net_baht) OVER (PARTITION BY e.instalment_id
                                                    ORDER BY e.effective_on) AS net
                         FROM finance_ledgerentry e
                        WHERE e.instalment_id IN (SELECT id FROM changed)) AS running
          JOIN finance_instalment i ON i.id = running.instalment_id
         WHERE running.net > i.planned_baht)
    THEN {raises("finance_plan_not_below_paid", PLAN_BELOW_PAID)} END IF;
    RETURN NULL;
    """,
)

FRAME_EXCEEDED = "กรอบงบคงเหลือที่ยังไม่ผูกพันไม่พอ ให้ปรับโอนงบเข้ากรอบนี้ก่อน หรือแก้จำนวนเงิน"
FRAME_MISSING = "ยังไม่มีกรอบงบของโครงการหลัก ภาค และระดับนี้ ให้ตั้งกรอบงบก่อนอนุมัติ"
PLAN_ABOVE_APPROVAL = "ผลรวมของทุกงวดเกินงบที่จะอนุมัติ ให้แก้จำนวนเงินของงวดก่อนอนุมัติ"
CANCEL_WITH_MONEY = "โครงการยังมีเงินที่จ่ายไปแล้ว ให้บันทึกคืนงบหรือกลับรายการให้ยอดเป็นศูนย์ก่อนยกเลิก"


def _frame_function(under_lock: str = "") -> str:
    """The function that judges frames, with what it asks of them first when they are locked."""
    return f"""
CREATE OR REPLACE FUNCTION finance_check_frames(frame_ids bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM programs_budgetframe f WHERE f.id = ANY(frame_ids) ORDER BY f.id FOR UPDATE;{under_lock}
    IF EXISTS (
        SELECT 1 FROM programs_budgetframe f
         WHERE f.id = ANY(frame_ids)
           AND f.allocated_baht
             + COALESCE((SELECT sum(m.amount_baht) FROM finance_budgetmove m WHERE m.to_frame_id = f.id), 0)
             - COALESCE((SELECT sum(m.amount_baht) FROM finance_budgetmove m WHERE m.from_frame_id = f.id), 0)
             < COALESCE((SELECT sum(p.approved_baht) FROM programs_project p
                          WHERE p.programme_id = f.programme_id AND p.level = f.level
                            AND p.region_id IS NOT DISTINCT FROM f.region_id
                            AND p.status IN ('approved', 'under_way', 'closed')), 0))
    THEN {raises("finance_frame_not_exceeded", FRAME_EXCEEDED)} END IF;
END $$;
"""


FRAME_FUNCTION = _frame_function()
# An approval that found its frame may wait here for whoever takes the frame away (who locks it
# first, too), and then holds fewer frames than it found.
FRAMES_STAY = _frame_function(f"""
    IF (SELECT count(*) FROM programs_budgetframe f WHERE f.id = ANY(frame_ids)) < cardinality(frame_ids)
    THEN {raises("finance_frame_exists", FRAME_MISSING)} END IF;""")

_COMMITTED = "('approved', 'under_way', 'closed')"


def _project_function(name: str, *, old: str = "", only: str = "") -> str:
    """The function that judges the projects of a statement: their frames, plans and money.

    ``old`` joins what they were, and ``only`` says which of them have their frames judged.
    """
    return f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE frame_ids bigint[]; missing bool;
BEGIN
    SELECT array_agg(DISTINCT f.id), bool_or(f.id IS NULL) INTO frame_ids, missing
      FROM changed c{old} LEFT JOIN programs_budgetframe f
        ON f.programme_id = c.programme_id AND f.level = c.level
       AND f.region_id IS NOT DISTINCT FROM c.region_id
     WHERE c.status IN {_COMMITTED}{only};
    IF missing THEN {raises("finance_frame_exists", FRAME_MISSING)} END IF;
    IF frame_ids IS NOT NULL THEN PERFORM finance_check_frames(frame_ids); END IF;
    IF EXISTS (SELECT 1 FROM changed c WHERE c.status IN {_COMMITTED}
                AND c.approved_baht < (SELECT sum(i.planned_baht) FROM finance_instalment i
                                        WHERE i.project_id = c.id))
    THEN {raises("finance_plan_within_approval", PLAN_ABOVE_APPROVAL)} END IF;
    IF EXISTS (SELECT 1 FROM changed c WHERE c.status = 'cancelled'
                AND 0 <> (SELECT COALESCE(sum(e.net_baht), 0) FROM finance_ledgerentry e
                           WHERE e.project_id = c.id))
    THEN {raises("finance_cancelled_holds_no_money", CANCEL_WITH_MONEY)} END IF;
    RETURN NULL;
END $$;
"""


PROJECT_APPROVAL_FUNCTION = f"""{_project_function("finance_check_approved_projects")}\
CREATE TRIGGER finance_project_insert_money AFTER INSERT ON programs_project
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION finance_check_approved_projects();
CREATE TRIGGER finance_project_update_money AFTER UPDATE ON programs_project
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION finance_check_approved_projects();
"""

MOVE_FUNCTION = """
CREATE OR REPLACE FUNCTION finance_check_moved_frames() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM finance_check_frames((SELECT array_agg(id) FROM (
        SELECT from_frame_id AS id FROM changed UNION SELECT to_frame_id FROM changed) AS touched));
    RETURN NULL;
END $$;
CREATE TRIGGER finance_move_within_frame AFTER INSERT ON finance_budgetmove
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION finance_check_moved_frames();
CREATE OR REPLACE FUNCTION finance_check_changed_frames() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM finance_check_frames((SELECT array_agg(id) FROM changed));
    RETURN NULL;
END $$;
CREATE TRIGGER finance_frame_above_committed AFTER UPDATE ON programs_budgetframe
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION finance_check_changed_frames();
"""

CROSS_ROOM = [FRAME_FUNCTION, PROJECT_APPROVAL_FUNCTION, MOVE_FUNCTION]
DROP_CROSS_ROOM = """
DROP TRIGGER finance_project_insert_money ON programs_project;
DROP TRIGGER finance_project_update_money ON programs_project;
DROP TRIGGER finance_move_within_frame ON finance_budgetmove;
DROP TRIGGER finance_frame_above_committed ON programs_budgetframe;
DROP FUNCTION finance_check_approved_projects();
DROP FUNCTION finance_check_moved_frames();
DROP FUNCTION finance_check_changed_frames();
DROP FUNCTION finance_check_frames(bigint[]);
"""

# What a project takes of its frame moves with these only. A payment that starts its project leaves
# them as they are and must not wait for the frame: whoever pays two projects of one frame holds the
# frame from the first on, and meets whoever holds the second and waits for the frame.
_TAKEN = "{0}.programme_id, {0}.level, {0}.region_id, {0}.approved_baht, {0}.status IN {1}"
_FRAME_MOVES = f"""
       AND ({_TAKEN.format("c", _COMMITTED)}) IS DISTINCT FROM ({_TAKEN.format("w", _COMMITTED)})"""
_CHANGED_PROJECTS = _project_function(
    "finance_check_changed_projects", old=" JOIN was w ON w.id = c.id", only=_FRAME_MOVES
)
PROJECT_CHANGE = f"""{_CHANGED_PROJECTS}\
CREATE OR REPLACE TRIGGER finance_project_update_money AFTER UPDATE ON programs_project
    REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION finance_check_changed_projects();
"""
EVERY_PROJECT_CHANGE = """
CREATE OR REPLACE TRIGGER finance_project_update_money AFTER UPDATE ON programs_project
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION finance_check_approved_projects();
DROP FUNCTION finance_check_changed_projects();
"""

# Runs with the rights of the tables' owner: the application may read balances only. The projects
# are locked first and in order, as everywhere, so that two statements never wait for each other.
KEEP_BALANCE = """
CREATE OR REPLACE FUNCTION finance_keep_balance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM programs_project p
     WHERE p.id IN (SELECT project_id FROM added) ORDER BY p.id FOR UPDATE;
    INSERT INTO finance_projectbalance AS b (project_id, net_baht, paid_baht)
    SELECT project_id, sum(net_baht), sum(paid_baht) FROM added GROUP BY 1 ORDER BY 1
    ON CONFLICT (project_id) DO UPDATE
       SET net_baht = b.net_baht + excluded.net_baht, paid_baht = b.paid_baht + excluded.paid_baht;
    RETURN NULL;
END $$;
CREATE TRIGGER finance_keep_balance AFTER INSERT ON finance_ledgerentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION finance_keep_balance();
INSERT INTO finance_projectbalance (project_id, net_baht, paid_baht)
SELECT project_id, sum(net_baht), sum(paid_baht) FROM finance_ledgerentry GROUP BY 1;
"""
DROP_KEEP_BALANCE = """
DROP TRIGGER finance_keep_balance ON finance_ledgerentry;
DROP FUNCTION finance_keep_balance();
"""
