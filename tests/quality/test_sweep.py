"""A sweep finds, follows and ends findings; an explanation holds for its facts and no longer."""

from __future__ import annotations

import datetime as dt

import pytest

from codi.errors import Refused
from codi.history import acting
from codi.quality import declared, services, sweeping
from codi.quality.models import Finding, FindingCount, RuleRun
from councils.models import Council
from tests import world as build

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2021, 8, 9)
TUESDAY, WEDNESDAY = MONDAY + dt.timedelta(days=1), MONDAY + dt.timedelta(days=2)
NOW = dt.datetime(2021, 8, 9, 3, 0, tzinfo=dt.UTC)
MISNAMED = "councils.misnamed"


def sweep(day: dt.date) -> None:
    sweeping.run_rule(rule=declared.RULES[MISNAMED], today=day)
    RuleRun.objects.update_or_create(day=day, rule_key=MISNAMED, defaults={"ran_at": NOW})


def only() -> Finding:
    return Finding.objects.get(rule_key=MISNAMED, gone_on=None)


def misnamed() -> Council:
    """A council that says เทศบาลตำบล and stands as an อบต."""
    return build.council("สภาองค์กรชุมชนเทศบาลตำบลศรีภูมิ", code="50001")


def explain(finding: Finding, person, reason: str = "ตรวจกับ จส.02 แล้ว") -> Finding:
    return services.close_finding(
        actor=person, finding=finding, reason=reason, expected_version=finding.version, now=NOW
    )


def rename(council: Council, name: str) -> None:
    Council.objects.filter(pk=council.pk).update(name=name)


def test_a_finding_begins_lasts_and_ends_with_what_it_tells():
    """Wrong if a finding lost its first day, missed its record, or outlived what was mended."""
    council = misnamed()
    sweep(MONDAY)
    found = only()
    assert (found.subject_key, found.subject_label) == (str(council.pk), f"50001 {council.name}")
    assert found.detail == ("ชื่อ “สภาองค์กรชุมชนเทศบาลตำบลศรีภูมิ” แต่บันทึกเป็นองค์การบริหารส่วนตำบล (อบต.)")
    assert (found.region_id, found.province_id) == ("N", "50")
    assert found.mending_url == f"/councils/{council.pk}/edit/"
    sweep(TUESDAY)
    assert (only().pk, only().first_seen_on, only().version) == (found.pk, MONDAY, 1)
    Council.objects.filter(pk=council.pk).update(kind="tambon_town")
    sweep(WEDNESDAY)
    found.refresh_from_db()
    assert (found.state, found.last_seen_on, found.gone_on) == ("gone", TUESDAY, WEDNESDAY)
    assert [Finding.objects.open_as_of(day).count() for day in (MONDAY, TUESDAY, WEDNESDAY)] == [
        1, 1, 0,
    ]  # fmt: skip


def test_an_explanation_holds_until_the_facts_change():
    """Wrong if a closed finding came back for nothing, or stayed closed over other facts."""
    council, manager = misnamed(), build.user("regional_manager")
    sweep(MONDAY)
    explained = explain(only(), manager)
    sweep(TUESDAY)
    assert only().state == "explained"
    rename(council, "สภาองค์กรชุมชนเทศบาลเมืองศรีภูมิ")
    sweep(WEDNESDAY)
    explained.refresh_from_db()
    assert (explained.state, explained.reason) == ("gone", "ตรวจกับ จส.02 แล้ว")
    follower = only()
    assert (follower.state, follower.follows, follower.reason) == ("open", explained, "")


def test_what_was_mended_and_breaks_again_by_the_same_facts_stays_explained():
    """Wrong if an explanation "for good" was asked for again after a mistake in between."""
    council, manager = misnamed(), build.user("regional_manager")
    first = council.name
    sweep(MONDAY)
    explain(only(), manager)
    rename(council, "สภาองค์กรชุมชนตำบลศรีภูมิ")
    sweep(TUESDAY)
    rename(council, first)
    sweep(WEDNESDAY)
    again = only()
    assert (again.state, again.closed_by, again.first_seen_on) == ("explained", manager, WEDNESDAY)


def test_the_owner_is_who_wrote_the_record_last_and_still_works_here():
    """Wrong if a finding named who made the record first, the system, or who has left."""
    council = misnamed()
    maker, mender = build.user(), build.user()
    for person in (maker, mender):
        with acting(person, door="web"):
            rename(council, f"{council.name} {person.pk}")
    sweep(MONDAY)
    assert only().owner == mender
    Finding.objects.all().delete()
    mender.is_active = False
    mender.save()
    sweep(TUESDAY)
    assert only().owner is None


def test_a_rule_that_fails_does_not_stop_the_others(monkeypatch):
    """Wrong if one broken rule left the whole inbox old, or nobody was told."""

    def broken(today):
        return Council.objects.filter(name__regex="(")

    faulty = declared.Rule(
        key="councils.aaa_faulty", title="กฎที่พัง", topic=declared.Topic.PLACES,
        severity=declared.Severity.SERIOUS, subject="สภา", advice="-", offending=broken,
        label="name", detail="name", link=lambda key: "/",
    )  # fmt: skip
    monkeypatch.setitem(declared.RULES, faulty.key, faulty)
    misnamed()
    told: list[int] = []
    swept = sweeping.sweep(today=MONDAY, now=NOW, tell=lambda percent, stage: told.append(percent))
    assert swept.failed_keys == ("councils.aaa_faulty",)
    assert only().first_seen_on == MONDAY
    assert told == sorted(told)
    assert len(told) == swept.rule_count == len(declared.RULES)
    assert RuleRun.objects.get(rule_key=faulty.key).failure == sweeping.FAILED


def test_a_rule_that_is_no_longer_declared_ends_its_findings(monkeypatch):
    """Wrong if findings of a withdrawn rule stayed in the inbox for ever."""
    misnamed()
    sweep(MONDAY)
    monkeypatch.delitem(declared.RULES, MISNAMED)
    sweeping.end_abandoned(today=TUESDAY)
    gone = Finding.objects.get(rule_key=MISNAMED)
    assert (gone.state, gone.rule_title, gone.mending_url) == ("gone", "กฎที่เลิกใช้แล้ว", "")


def test_the_count_of_a_day_is_what_stood_after_its_last_sweep():
    """Wrong if the trend counted a day twice, or kept what the morning's sweep had found."""
    council = misnamed()
    sweep(MONDAY)
    for _ in range(2):
        sweeping.count_findings(today=MONDAY)
    counts = FindingCount.objects.filter(rule_key=MISNAMED)
    assert [(c.region_id, c.province_id, c.open_count) for c in counts] == [("N", "50", 1)]
    explain(only(), build.user("regional_manager"))
    sweeping.count_findings(today=MONDAY)
    assert [(c.open_count, c.explained_count) for c in counts.all()] == [(0, 1)]
    Council.objects.filter(pk=council.pk).update(kind="tambon_town")
    sweep(MONDAY)
    sweeping.count_findings(today=MONDAY)
    assert not counts.all()


def test_closing_twice_is_closing_once_and_another_reason_is_refused():
    """Wrong if a double click made two acts, or a second person wrote over the first reason."""
    misnamed()
    sweep(MONDAY)
    first, second = build.user("regional_manager"), build.user("regional_officer")
    seen = only()
    assert explain(seen, first).version == explain(seen, first).version == 2
    with pytest.raises(Refused, match="มีผู้ยืนยันว่าถูกต้องแล้ว"):
        explain(seen, second, "เหตุผลอื่น")
    assert only().closed_by == first


def test_who_saw_other_facts_is_told_the_new_ones():
    """Wrong if an explanation typed before a sweep closed what the sweep had found since."""
    council = misnamed()
    sweep(MONDAY)
    seen = only()
    rename(council, "สภาองค์กรชุมชนเทศบาลนครศรีภูมิ")
    sweep(MONDAY)
    with pytest.raises(Refused, match="เทศบาลนครศรีภูมิ"):
        explain(seen, build.user("regional_manager"))
    assert only().state == "open"


def test_reopening_lets_it_wait_again():
    """Wrong if an explanation could not be taken back."""
    misnamed()
    manager = build.user("regional_manager")
    sweep(MONDAY)
    explained = explain(only(), manager)
    assert services.reopen_finding(actor=manager, finding=explained).state == "open"
    assert services.reopen_finding(actor=manager, finding=explained).version == 3


def test_of_old_weeks_the_last_day_is_kept():
    """Wrong if the counts of every day piled up for ever, or the trend lost a week."""
    old = [dt.date(2021, 1, day) for day in (4, 5, 10, 11)]
    recent = MONDAY - dt.timedelta(days=99)
    for day in (*old, recent, MONDAY):
        RuleRun.objects.create(day=day, rule_key=MISNAMED, ran_at=NOW)
        FindingCount.objects.create(
            day=day, rule_key=MISNAMED, severity="warning", open_count=1, explained_count=0
        )
    sweeping.forget_days(today=MONDAY)
    # Monday the 4th to Sunday the 10th is one week.
    kept = [*old[2:], recent, MONDAY]
    for model in (RuleRun, FindingCount):
        assert list(model.objects.order_by("day").values_list("day", flat=True)) == kept
