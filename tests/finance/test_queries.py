"""Reads of projects and money: sums by hand, lateness, the ladder, and the number of queries."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from finance import frames, queries, services
from finance.models import Direction
from programs import services as programs
from programs.models import Project, ProjectLevel
from tests import world as build

pytestmark = pytest.mark.django_db

APPROVED_ON = dt.date(2021, 2, 4)


@pytest.fixture
def w() -> build.World:
    return build.world()


def money(project: Project, as_of: dt.date = build.TODAY) -> queries.ProjectMoney:
    project.refresh_from_db()
    return queries.money_of([project], as_of)[project.pk]


def give_back(w, instalment, baht, on=dt.date(2021, 6, 1)):
    return services.record_return(
        actor=w.finance,
        instalment=instalment,
        amount_baht=Decimal(baht),
        effective_on=on,
        document_number="คืน 1",
        request_key=uuid.uuid4(),
        today=build.TODAY,
    )


def reverse(w, entry, on=dt.date(2021, 6, 2)):
    return services.reverse_entry(
        actor=w.finance,
        entry=entry,
        effective_on=on,
        note="บันทึกผิด",
        request_key=uuid.uuid4(),
        today=build.TODAY,
    )


def test_money_of_a_project_by_hand(w):
    """Wrong if returns, reversals or adjustments were counted on the wrong side.

    700,000 + 200,000 paid, 200,000 reversed, 50,000 adjusted up: paid 750,000. 100,000 and 20,000
    came back, the 20,000 reversed: returned 100,000. Net 650,000, left 350,000 of 1,000,000.
    """
    project = build.project(w, plan=(700_000, 300_000))
    first, second = project.instalments.all()
    build.pay(w, first, 700_000)
    reverse(w, build.pay(w, second, 200_000, on=dt.date(2021, 5, 1)))
    services.record_adjustment(
        actor=w.finance,
        instalment=second,
        direction=Direction.OUT,
        amount_baht=Decimal(50_000),
        effective_on=dt.date(2021, 6, 3),
        note="ค่าโอน",
        request_key=uuid.uuid4(),
        today=build.TODAY,
    )
    give_back(w, first, 100_000)
    reverse(w, give_back(w, first, 20_000))
    found = money(project)
    assert found.paid_baht == Decimal(750_000)
    assert found.returned_baht == Decimal(100_000)
    assert found.net_baht == Decimal(650_000)
    assert found.left_baht == Decimal(350_000)
    assert found.planned_baht == Decimal(1_000_000)
    assert found.last_paid_on == dt.date(2021, 5, 1)


def test_money_counts_the_day_itself_and_nothing_after(w):
    """Wrong if a payment showed before its day, or not on it."""
    project = build.project(w, plan=(700_000, 300_000))
    build.pay(w, project.instalments.get(number=1), 700_000, on=dt.date(2021, 2, 25))
    assert money(project, dt.date(2021, 2, 24)).net_baht == 0
    assert money(project, dt.date(2021, 2, 25)).net_baht == Decimal(700_000)
    assert money(project, dt.date(2021, 2, 3)).approved_baht is None


@pytest.mark.parametrize("rows", [1, 3, 20])
def test_money_asks_twice_however_many_projects(w, rows, django_assert_num_queries):
    """Wrong if the list page asked once more per row."""
    for _ in range(rows):
        build.project(w, plan=(600_000, 400_000), baht=1_000_000)
    projects = list(Project.objects.all())
    with django_assert_num_queries(2):
        found = queries.money_of(projects, build.TODAY)
    assert len(found) == rows


def test_sums_of_a_list_follow_its_filter(w):
    """Wrong if the sums line told of projects outside the list."""
    one = build.project(w, plan=(1_000_000,))
    build.project(w, plan=(500_000,), baht=500_000)
    build.pay(w, one.instalments.get(), 400_000)
    everything = queries.sums_of(Project.objects.all(), build.TODAY)
    assert (everything.approved_baht, everything.net_baht) == (1_500_000, 400_000)
    second = queries.sums_of(Project.objects.exclude(pk=one.pk), build.TODAY)
    assert (second.approved_baht, second.net_baht, second.left_baht) == (500_000, 0, 500_000)


def test_sorting_by_paid_and_left_agrees_with_the_money_shown(w):
    """Wrong if the list sorted by other sums than it shows."""
    for paid in (300_000, 100_000, 200_000):
        project = build.project(w, plan=(1_000_000,))
        build.pay(w, project.instalments.get(), paid)
    rows = queries.with_money(Project.objects.all(), build.TODAY).order_by("-net_paid_baht")
    shown = queries.money_of(rows, build.TODAY)
    assert [shown[row.pk].net_baht for row in rows] == [300_000, 200_000, 100_000]
    assert [row.left_to_pay_baht for row in rows] == [700_000, 800_000, 900_000]


def test_late_from_the_day_after_six_months_until_fully_paid(w):
    """Wrong if the warning came on the due day, or stayed after the last baht.

    Approved on 4 February: due on 4 August, late from 5 August.
    """
    project = build.project(w, plan=(1_000_000,))
    everything = Project.objects.all()
    assert not queries.late_as_of(dt.date(2021, 8, 4), everything).exists()
    assert queries.late_as_of(dt.date(2021, 8, 5), everything).get() == project
    build.pay(w, project.instalments.get(), 999_999, on=dt.date(2021, 8, 6))
    assert money(project, dt.date(2021, 8, 6)).is_late
    build.pay(w, project.instalments.get(), 1, on=dt.date(2021, 8, 7))
    assert queries.late_as_of(dt.date(2021, 8, 6), everything).exists()
    assert not queries.late_as_of(dt.date(2021, 8, 7), everything).exists()
    assert not money(project, dt.date(2021, 8, 7)).is_late


def test_returned_money_does_not_make_a_paid_project_late(w):
    """Wrong if a project paid in full and partly given back was chased for payment."""
    project = build.project(w, plan=(1_000_000,))
    build.pay(w, project.instalments.get(), 1_000_000)
    give_back(w, project.instalments.get(), 131_327)
    assert not queries.late_as_of(build.TODAY, Project.objects.all()).exists()
    assert not queries.late_now(build.TODAY, Project.objects.all()).exists()
    assert not money(project).is_late


def test_reversed_payment_is_unpaid_again(w):
    """Wrong if a mistaken payment, undone, still kept the warning away."""
    project = build.project(w, plan=(1_000_000,))
    reverse(w, build.pay(w, project.instalments.get(), 1_000_000))
    assert queries.late_as_of(build.TODAY, Project.objects.all()).get() == project
    assert queries.late_now(build.TODAY, Project.objects.all()).get() == project


def test_closed_and_cancelled_projects_are_not_late(w):
    """Wrong if a project that is over was still chased."""
    build.project(w, "closed")
    over = build.project(w)
    programs.cancel_project(
        actor=w.manager, project=over, reason="ชุมชนขอยกเลิก", today=dt.date(2021, 8, 6)
    )
    everything = Project.objects.all()
    assert not queries.late_as_of(build.TODAY, everything).exists()
    assert not queries.late_now(build.TODAY, everything).exists()
    assert queries.late_as_of(dt.date(2021, 8, 5), everything).get() == over


def test_late_by_month_and_quarter_by_hand(w):
    """Wrong if a project was counted under the month of approval or a calendar quarter.

    Due on 4 August 2021 (fiscal quarter 4 of 2564): 300,000 and 400,000 unpaid.
    """
    one = build.project(w, plan=(500_000,), baht=500_000)
    build.pay(w, one.instalments.get(), 200_000)
    build.project(w, baht=400_000)
    late = queries.late_with_money(Project.objects.all(), build.TODAY).order_by("code")
    assert [row.unpaid_baht for row in late] == [300_000, 400_000]
    (month,) = queries.late_by_month(queries.unpaid_of(late))
    assert (month.label, month.project_count, month.unpaid_baht) == ("สิงหาคม 2564", 2, 700_000)
    (quarter,) = queries.late_by_quarter(queries.unpaid_of(late))
    assert (quarter.label, quarter.project_count) == ("ไตรมาส 4 ปีงบประมาณ 2564", 2)


def test_ladder_by_hand(w):
    """Wrong if a rung stood at another amount, day or state than the records tell."""
    project = build.project(w, plan=(700_000, 200_000))
    first, second = project.instalments.all()
    build.pay(w, first, 700_000)
    build.pay(w, second, 100_000, on=dt.date(2021, 5, 5))
    services.clear_evidence(
        actor=w.manager, instalment=first, cleared_on=dt.date(2021, 4, 1), today=build.TODAY
    )
    give_back(w, first, 131_327)
    project.refresh_from_db()
    rungs = queries.ladder(project, money(project), build.TODAY)
    assert [(rung.key, rung.amount_baht, rung.on, rung.state) for rung in rungs] == [
        ("planned", Decimal(900_000), dt.date(2021, 3, 1), "done"),
        ("requested", Decimal(1_000_000), dt.date(2021, 1, 10), "done"),
        ("approved", Decimal(1_000_000), APPROVED_ON, "done"),
        ("paid", Decimal(800_000), dt.date(2021, 5, 5), "late"),
        ("cleared", Decimal(700_000), dt.date(2021, 4, 1), "part"),
        ("returned", Decimal(131_327), dt.date(2021, 6, 1), "done"),
    ]
    assert [rung.width for rung in rungs] == [90, 100, 100, 80, 70, 13]


def test_ladder_of_a_draft_waits(w):
    """Wrong if an empty rung looked done."""
    draft = build.project(w, "draft")
    rungs = queries.ladder(draft, money(draft), build.TODAY)
    assert {rung.state for rung in rungs} == {"waiting"}


def test_instalments_tell_paid_left_and_overdue(w):
    """Wrong if an instalment past its day with money left was not marked."""
    project = build.project(w, plan=(700_000, 300_000))
    build.pay(w, project.instalments.get(number=1), 700_000)
    project.refresh_from_db()
    first, second = queries.instalments_of(project, build.TODAY)
    assert (first.net_baht, first.left_baht, first.is_overdue) == (700_000, 0, False)
    assert (second.net_baht, second.left_baht, second.is_overdue) == (0, 300_000, True)
    give_back(w, first.instalment, 100_000)
    first, _second = queries.instalments_of(project, build.TODAY)
    assert (first.net_baht, first.left_baht, first.is_overdue) == (600_000, 100_000, False)


def test_ledger_runs_a_balance_and_links_corrections_both_ways(w):
    """Wrong if the balance skipped an entry, or a mistake did not show what undid it."""
    project = build.project(w, plan=(700_000, 300_000))
    wrong = build.pay(w, project.instalments.get(number=1), 700_000)
    build.pay(w, project.instalments.get(number=2), 300_000, on=dt.date(2021, 3, 1))
    undone = reverse(w, wrong)
    lines = queries.ledger_of(project)
    assert [line.balance_baht for line in lines] == [700_000, 1_000_000, 300_000]
    assert lines[0].correction == undone
    assert lines[2].entry.reverses == wrong


def test_frame_left_after_moves_and_approvals():
    """Wrong if a frame promised money that moved away or is committed.

    3,000,000 less 500,000 moved out less 1,000,000 approved leaves 1,500,000.
    """
    w = build.world(frame_baht=3_000_000)
    project = build.project(w)
    services.move_budget(
        actor=w.finance,
        from_frame=w.frames[ProjectLevel.PROVINCE],
        to_frame=w.frames[ProjectLevel.SUBDISTRICT],
        amount_baht=Decimal(500_000),
        moved_on=dt.date(2021, 6, 1),
        reason="ปรับแผน",
        approval_document="พอช. 1/2564",
        request_key=uuid.uuid4(),
        today=build.TODAY,
    )
    state = frames.frame_of(project)
    assert (state.current_baht, state.committed_baht) == (2_500_000, 1_000_000)
    assert state.left_baht == 1_500_000


def test_due_soon_looks_a_month_ahead_at_what_is_unpaid(w):
    """Wrong if paid instalments were called for, or those far ahead."""
    project = build.project(w)
    lines = [
        services.PlannedInstalment(1, Decimal(400_000), dt.date(2021, 8, 1)),
        services.PlannedInstalment(2, Decimal(300_000), dt.date(2021, 9, 12)),
        services.PlannedInstalment(3, Decimal(300_000), dt.date(2021, 9, 13)),
    ]
    services.plan_instalments(actor=w.officer, project=project, plan=lines)
    found = queries.due_soon(w.finance, build.TODAY)
    assert [line.number for line in found] == [1, 2]
    build.pay(w, project.instalments.get(number=1), 400_000, on=dt.date(2021, 8, 10))
    assert [line.number for line in queries.due_soon(w.finance, build.TODAY)] == [2]
