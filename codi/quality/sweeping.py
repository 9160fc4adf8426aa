"""Looking through the data: each rule's queryset becomes findings, by statements over whole sets.

A rule is one transaction under a lock of its own. Without the lock two sweeps at once would each
compare the findings with what the other has not written yet; the slower one, which read first,
would end what the faster one had just found. A rule that fails is noted, and the others go on.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Cast

from codi.history.queries import event_model_of
from codi.quality.declared import Rule, Said, rules
from codi.quality.models import Finding, FindingCount, RuleRun
from codi.writing import politely, service, waiting

log = logging.getLogger(__name__)
Tell = Callable[[int, str], None]

# A sweep waits for another one to finish a rule, which takes seconds at national size.
PATIENCE_SECONDS = 60
# The counts of each day are kept so long; of older weeks the last day is.
KEPT_DAYS = 100
FAILED = "กฎนี้ตรวจไม่สำเร็จ ผลของครั้งก่อนยังอยู่ ผู้ดูแลระบบดูสาเหตุได้จากบันทึกของเครื่อง"

_STAGE = """
CREATE TEMPORARY TABLE quality_found ON COMMIT DROP AS
SELECT DISTINCT ON (found_key) LEFT(found_key, 80) AS key, LEFT(found_label, 300) AS label,
       LEFT(found_detail, 500) AS detail, md5(COALESCE(found_facts, found_detail)) AS fingerprint, found_region AS region_id,
       found_province AS province_id, found_due AS due_on, found_record AS record_id
FROM ({rows}) rows ORDER BY found_key, found_detail
"""
# The last run before today that did not fail saw it last.
_ENDED = """gone_on = GREATEST(%(today)s, f.first_seen_on), version = f.version + 1,
    last_seen_on = GREATEST(f.first_seen_on, (SELECT MAX(day) FROM quality_rulerun
        WHERE rule_key = %(rule)s AND failure = '' AND day < %(today)s))"""
_NOTHING = """
CREATE TEMPORARY TABLE quality_found (key varchar, label varchar, detail varchar,
    fingerprint varchar, region_id varchar, province_id varchar, due_on date, record_id text)
ON COMMIT DROP
"""
# The facts that an explanation was given for are others now: it ends, and a new finding follows.
_OUTDATED = """
UPDATE quality_finding f SET {ended} FROM quality_found n
WHERE f.rule_key = %(rule)s AND f.gone_on IS NULL AND f.subject_key = n.key
  AND f.closed_at IS NOT NULL AND f.fingerprint <> n.fingerprint
"""
_GONE = """
UPDATE quality_finding f SET {ended}
WHERE f.rule_key = %(rule)s AND f.gone_on IS NULL
  AND NOT EXISTS (SELECT 1 FROM quality_found n WHERE n.key = f.subject_key)
"""
_SEEN = """
UPDATE quality_finding f
SET subject_label = n.label, detail = n.detail, fingerprint = n.fingerprint,
    region_id = n.region_id, province_id = n.province_id, due_on = n.due_on,
    severity = %(severity)s, topic = %(topic)s,
    version = f.version + (f.detail <> n.detail OR f.fingerprint <> n.fingerprint)::int
FROM quality_found n
WHERE f.rule_key = %(rule)s AND f.gone_on IS NULL AND f.subject_key = n.key
  AND (f.closed_at IS NULL OR f.fingerprint = n.fingerprint)
  AND (f.subject_label, f.detail, f.fingerprint, f.region_id, f.province_id, f.due_on, f.severity,
       f.topic)
   IS DISTINCT FROM (n.label::varchar, n.detail::varchar, n.fingerprint::varchar, n.region_id,
       n.province_id, n.due_on, %(severity)s, %(topic)s)
"""
# What breaks the rule again by the very facts that were explained stays explained.
_NEW = """
INSERT INTO quality_finding (rule_key, topic, severity, subject_key, subject_label, detail,
    fingerprint, region_id, province_id, owner_id, due_on, first_seen_on, closed_by_id, closed_at, reason, follows_id, version)
SELECT %(rule)s, %(topic)s, %(severity)s, n.key, n.label, n.detail, n.fingerprint, n.region_id,
    n.province_id, {owner}, n.due_on, %(today)s,
    CASE WHEN before.holds THEN before.closed_by_id END,
    CASE WHEN before.holds THEN before.closed_at END,
    CASE WHEN before.holds THEN before.reason ELSE '' END, before.id, 1
FROM quality_found n
LEFT JOIN LATERAL (
    SELECT f.id, f.closed_by_id, f.closed_at, f.reason,
           f.closed_at IS NOT NULL AND f.fingerprint = n.fingerprint AS holds
    FROM quality_finding f WHERE f.rule_key = %(rule)s AND f.subject_key = n.key
    ORDER BY f.id DESC LIMIT 1
) before ON true
WHERE NOT EXISTS (SELECT 1 FROM quality_finding f WHERE f.rule_key = %(rule)s
                  AND f.subject_key = n.key AND f.gone_on IS NULL)
ON CONFLICT DO NOTHING
"""
# Who wrote the record last, where that is a person who still works here.
_OWNER = """(
    SELECT u.id FROM (
        SELECT (e.pgh_context ->> 'actor_id')::bigint AS person FROM {events} e
        WHERE e.pgh_obj_id = n.record_id::{key} ORDER BY e.pgh_id DESC LIMIT 1
    ) wrote JOIN accounts_user u ON u.id = wrote.person AND u.is_active
)"""
_COUNTS = """
INSERT INTO quality_findingcount (day, rule_key, severity, region_id, province_id, open_count,
    explained_count)
SELECT %s, rule_key, MAX(severity), region_id, province_id,
    COUNT(*) FILTER (WHERE closed_at IS NULL), COUNT(*) FILTER (WHERE closed_at IS NOT NULL)
FROM quality_finding WHERE gone_on IS NULL GROUP BY rule_key, region_id, province_id
"""


@dataclass(frozen=True)
class Swept:
    """What a sweep did: rules that ran, those that failed, and the findings that stand open."""

    rule_count: int
    failed_keys: tuple[str, ...]
    open_count: int


def sweep(*, today: dt.date, now: dt.datetime, tell: Tell = lambda percent, stage: None) -> Swept:
    """Run every rule, then count what stands; safe at any time and by several at once.

    ``tell`` hears before each rule how far the sweep is; what it raises ends the sweep between two
    rules, and what was found so far stays.
    """
    known, failed = rules(), []
    for number, rule in enumerate(known):
        tell(int(100 * number / max(len(known), 1)), f"ตรวจ {rule.title}")
        try:
            found_count = run_rule(rule=rule, today=today)
        except Exception:
            log.exception("The rule %s failed; the others go on", rule.key)
            failed.append(rule.key)
            _note(rule, today, now, failure=FAILED)
        else:
            _note(rule, today, now, found_count=found_count)
    end_abandoned(today=today)
    count_findings(today=today)
    forget_days(today=today)
    return Swept(len(known), tuple(failed), Finding.objects.open().count())


def run_rule(*, rule: Rule, today: dt.date) -> int:
    """Bring the findings of one rule up to date; returns how many records break it."""
    with politely(), transaction.atomic(), waiting(PATIENCE_SECONDS):
        _only_me(rule.key)
        return _compare(rule, today)


def _compare(rule: Rule, today: dt.date) -> int:
    """Stage what breaks the rule now, and let the findings follow."""
    values: dict[str, Any] = {
        "rule": rule.key,
        "topic": str(rule.topic),
        "severity": str(rule.severity),
        "today": today,
    }
    with connection.cursor() as cursor:
        found_count = _stage(cursor, rule, today)
        cursor.execute("ANALYZE quality_found")
        # The trigger of the trail joins old and new rows; a plan that was made for few of them
        # would compare each with each (6,000 rows: 6 seconds instead of 0.2).
        cursor.execute("SET LOCAL enable_nestloop = off")
        # Who explains at this moment comes before _SEEN, which then leaves the row to _OUTDATED, or
        # after it, and is told that the facts changed.
        for statement in (_SEEN, _OUTDATED, _GONE, _NEW):
            cursor.execute(statement.format(owner=_owner(rule, today), ended=_ENDED), values)
        cursor.execute("SET LOCAL enable_nestloop = on")
        cursor.execute("DROP TABLE quality_found")
    return found_count


def _only_me(key: str) -> None:
    """Wait until no other sweep is at this rule; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('quality'), hashtext(%s))", [key])


def _stage(cursor: Any, rule: Rule, today: dt.date) -> int:
    rows = _offending(rule, today)
    try:
        statement, params = rows.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        cursor.execute(_NOTHING)
        return 0
    cursor.execute(_STAGE.format(rows=statement), params)
    return int(cursor.rowcount)


def _offending(rule: Rule, today: dt.date) -> QuerySet[Any]:
    """The rule's queryset, as the columns that are staged."""
    text = models.TextField()
    facts: Any = Cast(Value(None), text)
    if rule.facts:
        told = [Cast(_said(one), text) for one in rule.facts]
        facts = models.Func(Value(" · "), *told, function="CONCAT_WS", output_field=text)
    columns = {
        "found_key": Cast(_said(rule.subject_key), text),
        "found_label": Cast(_said(rule.label), text),
        "found_detail": Cast(_said(rule.detail), text),
        "found_facts": facts,
        "found_region": _place(rule.region),
        "found_province": _place(rule.province),
        "found_due": Cast(_said(rule.due) if rule.due else Value(None), models.DateField()),
        "found_record": Cast(F(rule.record_key), text),
    }
    rows = rule.offending(today).order_by().annotate(**columns)
    found: QuerySet[Any] = rows.values(*columns)
    return found


def _said(said: Said) -> Any:
    return F(said) if isinstance(said, str) else said


def _place(path: str) -> Any:
    return Cast(F(path) if path else Value(None), models.CharField(max_length=6))


def _owner(rule: Rule, today: dt.date) -> str:
    """The expression of who wrote a staged record last; NULL where its model keeps no trail."""
    model = rule.record or rule.offending(today).model
    events = event_model_of(model)
    if events is None:
        return "NULL::bigint"
    return _OWNER.format(events=events._meta.db_table, key=model._meta.pk.rel_db_type(connection))


@service
def _note(
    rule: Rule, today: dt.date, now: dt.datetime, *, found_count: int = 0, failure: str = ""
) -> None:
    RuleRun.objects.update_or_create(
        day=today,
        rule_key=rule.key,
        defaults={"ran_at": now, "found_count": found_count, "failure": failure},
    )


@service
def end_abandoned(*, today: dt.date) -> int:
    """End the findings of rules that no room declares any more; returns how many."""
    known = [rule.key for rule in rules()]
    standing = Finding.objects.standing().exclude(rule_key__in=known)
    seen_on = F("first_seen_on")
    return standing.update(gone_on=today, last_seen_on=seen_on, version=F("version") + 1)


@service
def count_findings(*, today: dt.date) -> None:
    """Keep how many findings stand in each place after the sweep of today, anew at every sweep."""
    _only_me("counts")
    FindingCount.objects.filter(day=today).delete()
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [today])


@service
def forget_days(*, today: dt.date) -> None:
    """Of days long past keep the last one of each week: the trend shows no more of them."""
    before = today - dt.timedelta(days=KEPT_DAYS)
    days = RuleRun.objects.filter(day__lt=before).values_list("day", flat=True).distinct()
    last = {day.isocalendar()[:2]: day for day in sorted(days)}
    gone = set(days) - set(last.values())
    FindingCount.objects.filter(day__in=gone).delete()
    RuleRun.objects.filter(day__in=gone).delete()
