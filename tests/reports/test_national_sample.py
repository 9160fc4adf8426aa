"""The national sample: counted by plain SQL, it gives the printed tables.

The statements here know nothing of the figures of the product: both must come to the same.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings

from codi.figures.figure import FigureScope, get
from tests.reports.published import by_line, by_region, columns_of

pytestmark = pytest.mark.django_db

DAY = "DATE '2019-08-31'"
ENDS = ("DATE '2018-12-31'", "DATE '2019-03-31'", "DATE '2019-06-30'", DAY)
IN_2562 = f"BETWEEN DATE '2018-10-01' AND {DAY}"
FILES = ("councils_councilfile", "councils_capabilityfile", "councils_termfile", "welfare_fundfile")
TABLES = ("councils_%", "welfare_%", "programs_%", "finance_%")


def asked(statement: str) -> list[tuple[Any, ...]]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def counted(statement: str) -> dict[str, tuple[Decimal, ...]]:
    """Key → numbers, with the sums of all as ``total``."""
    rows = asked(statement)
    found = {str(key): tuple(Decimal(number) for number in numbers) for key, *numbers in rows}
    return found | {"total": tuple(sum(column) for column in zip(*found.values(), strict=True))}


def alive(alias: str, day: str = DAY, since: str = "registered_on") -> str:
    """The condition that a record stood on the day."""
    return (
        f"{alias}.{since} <= {day} AND "
        f"({alias}.withdrawn_on IS NULL OR {alias}.withdrawn_on > {day})"
    )


@pytest.fixture(scope="module", autouse=True)
def loaded(
    django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The sample in a transaction that the module's end undoes, and its dead rows swept away."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media):
        with transaction.atomic():
            call_command("load_places", verbosity=0)
            call_command("load_sample", "national-2562", verbosity=0)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            yield
            transaction.set_rollback(True)
        likes = " OR ".join(f"relname LIKE '{name}'" for name in TABLES)
        names = asked(f"SELECT relname FROM pg_class WHERE relkind = 'r' AND ({likes})")
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM {', '.join(name for (name,) in names)}")


def test_t01_establishment():
    """Wrong if authorities, councils, groups or members of a region were not the printed ones."""
    found = counted(f"""
        SELECT r.code,
          (SELECT base_count FROM programs_regionbase b WHERE b.region_id = r.code
              AND kind = 'local_authorities' AND fiscal_year = 2562 AND stands_on <= {DAY}),
          (SELECT count(*) FROM councils_council c WHERE c.region_id = r.code AND {alive("c")}),
          (SELECT count(*) FROM councils_communitygroup g JOIN councils_council c ON c.id = g.council_id
            WHERE c.region_id = r.code AND {alive("c")} AND g.registered_on <= {DAY}
              AND (g.ended_on IS NULL OR g.ended_on > {DAY})),
          (SELECT count(*) FROM councils_member m JOIN councils_council c ON c.id = m.council_id
            WHERE c.region_id = r.code AND {alive("c")} AND m.selected_on <= {DAY}
              AND (m.left_on IS NULL OR m.left_on > {DAY}))
        FROM places_region r""")
    assert found == by_region(
        "t01", "local_units_total", "councils_established", "groups_registered", "members_total"
    )


def test_t02_new_councils():
    """Wrong if a quarter's new councils of a region were not the printed ones."""
    found = counted(f"""
        SELECT c.region_id,
          (SELECT base_count FROM programs_regionbase b
            WHERE b.region_id = c.region_id AND kind = 'new_councils'),
          count(*) FILTER (WHERE registered_on <= {ENDS[0]}),
          count(*) FILTER (WHERE registered_on > {ENDS[0]} AND registered_on <= {ENDS[1]}),
          count(*) FILTER (WHERE registered_on > {ENDS[1]} AND registered_on <= {ENDS[2]}),
          count(*) FILTER (WHERE registered_on > {ENDS[2]}), count(*)
        FROM councils_council c WHERE registered_on {IN_2562} AND {alive("c")} GROUP BY 1""")
    assert found == by_region(
        "t02", "target", "new_q1", "new_q2", "new_q3", "new_q4_jul_aug", "new_total"
    )


def both_forms(day: str) -> str:
    """The condition that a council had both forms by the end of a day in Thailand."""
    return f"""2 = (SELECT count(DISTINCT document) FROM councils_councilfile f
        WHERE f.subject_id = c.id AND document IN ('js02', 'js03')
          AND (attached_at AT TIME ZONE 'Asia/Bangkok')::date <= {day}
          AND (removed_at IS NULL OR (removed_at AT TIME ZONE 'Asia/Bangkok')::date > {day}))"""


def test_t03_certification_of_new_councils():
    """Wrong if the year's new councils were certified, or had forms, in another number."""
    found = counted(f"""
        SELECT c.region_id, count(*), count(*) FILTER (WHERE certified_on <= {DAY}),
          count(*) FILTER (WHERE certified_on IS NULL OR certified_on > {DAY}),
          count(*) FILTER (WHERE {both_forms(DAY)})
        FROM councils_council c WHERE registered_on {IN_2562} AND {alive("c")} GROUP BY 1""")
    assert found == by_region(
        "t03", "newly_registered", "indicator_certified_eis", "must_certify_and_complete",
        "js02_03_files_attached",
    )  # fmt: skip


def test_t04_missions():
    """Wrong if a mission was performed by another number of councils."""
    found = counted(f"""
        SELECT mission, count(DISTINCT council_id) FROM councils_section21mission
        WHERE fiscal_year = 2562 AND reported_on <= {DAY} GROUP BY 1""")
    del found["total"]
    assert found == by_line("t04", "mission_no", "councils")


def test_t05_certification_of_groups():
    """Wrong if the cumulative certification of groups was not the printed one in a quarter."""
    ends = ", ".join(f"count(*) FILTER (WHERE x.certified_on <= {end})" for end in ENDS)
    found = counted(f"""
        SELECT c.region_id, count(*), count(*) FILTER (WHERE g.registered_on {IN_2562}), {ends}
        FROM councils_communitygroup g JOIN councils_council c ON c.id = g.council_id
        LEFT JOIN councils_groupcertification x ON x.group_id = g.id AND x.fiscal_year = 2562
        GROUP BY 1""")
    assert found == by_region(
        "t05", "groups_cumulative", "groups_registered_2562",
        "certified_q1", "certified_q2", "certified_q3", "certified_q4",
    )  # fmt: skip


def test_t06_forms():
    """Wrong if councils with both forms were not the printed ones at the end of a quarter."""
    ends = ", ".join(f"count(*) FILTER (WHERE {both_forms(end)})" for end in ENDS)
    found = counted(f"""
        SELECT c.region_id, count(*), {ends}, count(*) FILTER (WHERE NOT {both_forms(DAY)})
        FROM councils_council c WHERE {alive("c")} GROUP BY 1""")
    assert found == by_region(
        "t06", "councils_cumulative", "attached_q1", "attached_q2", "attached_q3", "attached_q4",
        "not_attached",
    )  # fmt: skip


def test_t07_terms_that_fall_too():
    """Wrong if expired or renewed terms of a quarter differed, the falling series among them."""
    ends = ", ".join(
        f"count(*) FILTER (WHERE {alive('t', end, 'expires_on')}), "
        f"count(*) FILTER (WHERE {alive('t', end, 'expires_on')} AND renewed_on <= {end})"
        for end in ENDS
    )
    found = counted(f"""
        SELECT c.region_id, {ends} FROM councils_term t
        JOIN councils_council c ON c.id = t.council_id GROUP BY 1""")
    columns = [f"q{number}_{what}" for number in (1, 2, 3, 4) for what in ("term_expired", "reviewed")]  # fmt: skip
    assert found == by_region("t07", *columns)


def test_a_term_that_left_the_count_says_why():
    """Wrong if the printed falls (north 32, Bangkok and east 3) had no reason on record."""
    assert asked("""
        SELECT c.region_id, count(*), count(DISTINCT t.withdrawal_reason), max(t.withdrawn_on) <= '2019-03-31'
        FROM councils_term t JOIN councils_council c ON c.id = t.council_id
        WHERE t.withdrawn_on IS NOT NULL GROUP BY 1 ORDER BY 1""") == [
        ("BKE", 3, 1, True), ("N", 32, 1, True),
    ]  # fmt: skip


def test_t08_capability():
    """Wrong if the indicator's councils, or those with each of the three files, differed."""
    has = {
        name: f"EXISTS (SELECT 1 FROM councils_capabilityfile f WHERE f.subject_id = x.id AND "
        f"f.document = '{name}' AND f.removed_at IS NULL AND f.attached_at < '2019-09-01 00:00+07')"
        for name in ("problems", "letter_copy", "follow_up")
    }
    files = ", ".join(
        f"count(*) FILTER (WHERE {each})" for each in (*has.values(), " AND ".join(has.values()))
    )
    found = counted(f"""
        SELECT c.region_id, (SELECT base_count FROM programs_regionbase b
            WHERE b.region_id = c.region_id AND kind = 'capable_councils'), count(*), {files}
        FROM councils_capabilityresult x JOIN councils_council c ON c.id = x.council_id
        WHERE fiscal_year = 2562 AND reported_on <= {DAY} AND reports_harm
          AND (advises OR asks_for_services) GROUP BY 1""")
    assert found == by_region(
        "t08", "target", "councils_with_capability_s21_4or5_and_9", "file1_problem_and_proposal_report",
        "file2_letter_copy_evidence", "file3_followup_report", "summary_files_1_to_3",
    )  # fmt: skip


def test_t09_quality_reviews():
    """Wrong if a grade of a year had another number of councils, or a grade broke its scale."""
    each = ", ".join(
        f"count(*) FILTER (WHERE q.fiscal_year = {year} AND grade = '{grade}')"
        for year in (2561, 2562)
        for grade in "ABC"
    )
    found = counted(f"""
        SELECT c.region_id, {each}, count(DISTINCT council_id) FROM councils_qualityreview q
        JOIN councils_council c ON c.id = q.council_id WHERE reviewed_on <= {DAY} GROUP BY 1""")
    columns = [f"y{year}_{grade}" for year in (2561, 2562) for grade in "abc"]
    assert found == by_region("t09", *columns, "all_total")
    assert (
        asked("""
        SELECT 1 FROM councils_qualityreview q WHERE grade <> (SELECT b.grade FROM programs_qualityband b
        WHERE b.scale_id = q.scale_id AND b.from_pct <= score_pct ORDER BY b.from_pct DESC LIMIT 1)""")
        == []
    )


# Figure → its printed table; columns that carry a year or quarter in the print have other names.
FIGURES = {
    "councils.established": "t01",
    "councils.new": "t02",
    "councils.new_certification": "t03",
    "councils.group_certification": "t05",
    "councils.forms": "t06",
    "councils.terms": "t07",
    "councils.capability": "t08",
    "councils.quality": "t09",
    "welfare.contributions": "t10",
    "welfare.status": "t12",
    "welfare.one_page": "t14",
}
# What came back is printed as "remaining": it has a column of its own, and another test.
OTHERWISE = {"t10": {"no", "remaining_undisbursed_baht", "remaining_note_th"}}
PRINTED_AS = {
    "new_q4": "new_q4_jul_aug",
    "groups_registered_in_year": "groups_registered_2562",
    "attached_pct": "attached_q4_pct",
    "reviewed_pct": "q4_reviewed_pct",
    "not_reviewed_pct": "q4_not_reviewed_pct",
    **{f"previous_{grade}": f"y2561_{grade}" for grade in "abc"},
    **{f"current_{grade}": f"y2562_{grade}" for grade in "abc"},
}


@pytest.mark.parametrize("key", FIGURES)
def test_the_figures_are_the_printed_tables(key: str):
    """Wrong if a figure of the product differed from the print anywhere but in its known slips."""
    grid = get(key).compute(FigureScope(), dt.date(2019, 8, 31))
    assert grid.check() == ()
    printed = set(columns_of(FIGURES[key])) - OTHERWISE.get(FIGURES[key], set())
    compared = [c.key for c in grid.columns if PRINTED_AS.get(c.key, c.key) in printed]
    assert {PRINTED_AS.get(column, column) for column in compared} == printed
    expected = by_region(FIGURES[key], *(PRINTED_AS.get(column, column) for column in compared))
    for row, numbers in expected.items():
        told = {column: grid.value(row, column) or 0 for column in compared}
        assert told == dict(zip(compared, numbers, strict=True)), row


def test_what_the_north_east_returned_is_told_as_returned():
    """Wrong if 131,327 baht stood as remaining, or net paid differed from what was approved."""
    grid = get("welfare.contributions").compute(FigureScope(), dt.date(2019, 8, 31))
    columns = ("returned_baht", "net_disbursed_baht", "remaining_undisbursed_baht")
    assert [grid.value("NE", column) for column in columns] == [131_327, 130_070_119, 0]
    assert [grid.value("N", column) for column in columns] == [0, 42_161_041, 0]


@pytest.mark.parametrize(
    ("key", "table", "heading"),
    [("welfare.change", "t11", "item_path"), ("welfare.indicators", "t13", "indicator_no")],
)
def test_two_quarters_are_the_printed_ones(key: str, table: str, heading: str):
    """Wrong if a line of June or August differed from the print, to the satang."""
    grid = get(key).compute(FigureScope(), dt.date(2019, 8, 31))
    for row, numbers in by_line(table, heading, "q3", "q4").items():
        assert (grid.value(row, "previous"), grid.value(row, "current")) == numbers, row


def test_what_the_text_tells_of_funds():
    """Wrong if benefits, both registers, reports of the quarter or unclassified members differed."""
    day = dt.date(2019, 8, 31)
    benefits = get("welfare.benefits").compute(FigureScope(), day)
    told = [[benefits.value(row, c.key) for c in benefits.columns] for row in ("medical", "death")]
    assert told == [
        [823_818, Decimal("41.74"), 442_110_715, Decimal("21.65")],
        [159_222, Decimal("8.07"), 1_072_705_170, Decimal("52.52")],
    ]
    registers = get("welfare.registers").compute(FigureScope(), day)
    assert list(registers.cells["total"].values()) == [5997, 5983, 14]
    completeness = get("welfare.completeness").compute(FigureScope(), day)
    columns = ("updated", "not_updated")
    assert [completeness.value("total", column) for column in columns] == [3379, 2618]
    assert completeness.value("NE", "not_updated") == 1398
    change = get("welfare.change").compute(FigureScope(), day)
    assert list(change.cells["1.1.6"].values()) == [270_850, 561_800, 290_950]


def test_the_figure_of_missions_is_the_printed_list():
    """Wrong if a mission of section 21 had another number of councils."""
    grid = get("councils.missions").compute(FigureScope(), dt.date(2019, 8, 31))
    told = {row.key: (grid.value(row.key, "councils"),) for row in grid.rows}
    assert told == by_line("t04", "mission_no", "councils")


def test_the_figure_of_letters_is_the_printed_text():
    """Wrong if other than 5,701 councils (74.37 %) and 131,742 groups held a letter (l.126)."""
    grid = get("councils.letters").compute(FigureScope(), dt.date(2019, 8, 31))
    columns = ("councils_with_letter", "councils_with_letter_pct", "groups_with_letter")
    assert [grid.value("total", column) for column in columns] == [5701, Decimal("74.37"), 131742]


def test_letters_in_force():
    """Wrong if other than 5,701 councils and 131,742 groups had a printed letter (the text, l.126)."""
    assert asked(f"""
        SELECT count(DISTINCT council_id) FILTER (WHERE group_id IS NULL), count(DISTINCT group_id)
        FROM councils_statusletter s WHERE issued_on <= {DAY} AND revoked_on IS NULL
        AND EXISTS (SELECT 1 FROM councils_letterprint p WHERE p.letter_id = s.id)""") == [
        (5701, 131742)
    ]


def test_experts_are_at_most_a_fifth_of_the_representatives():
    """Wrong if the sample broke section 5 in any council."""
    assert (
        asked("""
        SELECT council_id FROM councils_member GROUP BY 1
        HAVING 5 * count(*) FILTER (WHERE kind = 'expert') > count(*) FILTER (WHERE kind <> 'expert')""")
        == []
    )


def test_the_doubled_records_stand_beside_their_twins():
    """Wrong if the five codes of the report were missing, or had nothing that they double."""
    found = asked("""
        SELECT d.code, d.region_id, count(t.id) FROM councils_council d
        LEFT JOIN councils_council t ON t.subdistrict_id = d.subdistrict_id AND t.id <> d.id
          AND similarity(t.search_key, d.search_key) > 0.4
        WHERE d.code IN ('30307', '30312', '30313', '30332', '30333') GROUP BY 1, 2 ORDER BY 1""")
    assert [(code, region) for code, region, _ in found] == [
        (code, "NE") for code in ("30307", "30312", "30313", "30332", "30333")
    ]
    assert all(count for *_, count in found)


def test_places_and_days_fit():
    """Wrong if a council stood in no tambon or เขต, or anything came after the sample's last day."""
    assert asked("SELECT 1 FROM councils_council WHERE district_id IS NULL") == []
    assert asked("""
        SELECT province_id FROM councils_council WHERE subdistrict_id IS NULL GROUP BY 1""") == [
        ("10",)
    ]
    latest = asked("""
        SELECT greatest((SELECT max(registered_on) FROM councils_council), (SELECT max(certified_on) FROM councils_council),
          (SELECT max(registered_on) FROM councils_communitygroup), (SELECT max(held_on) FROM councils_councilmeeting),
          (SELECT max(issued_on) FROM councils_statusletter), (SELECT max(renewed_on) FROM councils_term),
          (SELECT max(attached_at)::date FROM councils_councilfile)) <= '2019-08-26'""")
    assert latest == [(True,)]
    assert asked("SELECT 1 FROM councils_communitygroup g JOIN councils_council c ON c.id = g.council_id "
                 "WHERE g.registered_on < c.registered_on LIMIT 1") == []  # fmt: skip


LATEST = """SELECT DISTINCT ON (fund_id) s.* FROM welfare_fundstatus s
    WHERE reported_on <= {day} AND NOT has_nothing_to_report
    ORDER BY fund_id, fiscal_year DESC, quarter DESC"""
SOURCES = [
    "from_members_baht",
    "from_local_government_baht",
    "from_codi_baht",
    "from_other_state_baht",
    "from_others_baht",
    "from_donations_baht",
]
THIRD = ENDS[2]


def standing(day: str) -> str:
    """Funds that stood on a day, with the latest status of each that told anything."""
    return f"""welfare_welfarefund f LEFT JOIN ({LATEST.format(day=day)}) s ON s.fund_id = f.id
        WHERE {alive("f", day, "founded_on")}"""


def test_t10_contributions_and_the_money_that_came_back():
    """Wrong if what a region asked, got and was paid differed, or the return of the north-east."""
    paid = "SELECT sum(e.amount_baht * e.direction) FROM finance_ledgerentry e WHERE e.project_id = p.id"
    found = counted(f"""
        SELECT f.region_id, count(*) FILTER (WHERE x.round_number = 1), sum(x.requested_member_count),
          (SELECT base_count FROM programs_regionbase b
            WHERE b.region_id = f.region_id AND kind = 'funds_in_pms' AND stands_on <= {DAY}),
          (SELECT allocated_baht FROM programs_budgetframe b JOIN programs_programme g ON g.id = b.programme_id
            WHERE g.code = 'WF2562' AND b.region_id = f.region_id AND b.level = 'subdistrict'),
          count(*), count(*) FILTER (WHERE p.approved_on <= {DAY}),
          sum(x.member_count), sum(x.contributed_member_count), sum(p.approved_baht),
          sum(({paid} AND e.kind = 'payment')), coalesce(sum(-({paid} AND e.kind = 'return')), 0)
        FROM welfare_contribution x JOIN welfare_welfarefund f ON f.id = x.fund_id
        JOIN programs_project p ON p.id = x.project_id WHERE x.fiscal_year = 2562 GROUP BY 1""")
    assert found == by_region(
        "t10", "allocated_funds_round1", "allocated_members_requested", "allocated_funds_in_region",
        "allocated_budget_frame_baht", "funds_total", "funds_approved_recorded", "result_members_total",
        "result_members_contributed", "result_budget_approved_baht", "disbursed_baht",
        "remaining_undisbursed_baht",
    )  # fmt: skip
    assert asked(
        f"SELECT count(*) FROM programs_project p WHERE code LIKE 'WF2562-%' AND approved_baht <> ({paid})"
    ) == [(0,)]
    assert (
        asked(
            "SELECT net_baht FROM finance_projectbalance b JOIN programs_project p ON p.id = b.project_id WHERE p.code LIKE 'WF2562-%' AND net_baht <> approved_baht"
        )
        == []
    )


def test_t11_change_between_two_quarters():
    """Wrong if a measure of the third or the fourth quarter was not the printed one."""
    items = {
        "1": "count(*)", "1.1": "sum(member_count)", "1.1.1": "sum(working_age_count)",
        "1.1.2": "sum(youth_count)", "1.1.3": "sum(elderly_count)", "1.1.4": "sum(disadvantaged_count)",
        "1.1.5": "sum(other_count)", "1.2": f"sum({' + '.join(SOURCES)})",
        **{f"1.2.{at}": f"sum({name})" for at, name in enumerate(SOURCES[:4], start=1)},
        "1.2.5": "sum(from_others_baht + from_donations_baht)", "1.3": "sum(beneficiary_count)",
        "1.4": "sum(benefit_baht)",
    }  # fmt: skip
    asks = ", ".join(items.values())
    (then,), (now,) = (asked(f"SELECT {asks} FROM {standing(day)}") for day in (THIRD, DAY))
    found = dict(zip(items, zip(then, now, strict=True), strict=True))
    assert found == by_line("t11", "item_path", "q3", "q4")


def test_t12_status_by_region():
    """Wrong if funds, members, villages or a source of money of a region differed."""
    sums = ", ".join(f"sum({name})" for name in SOURCES)
    found = counted(f"""
        SELECT f.region_id, count(*), sum(member_count), sum(village_count), sum({" + ".join(SOURCES)}), {sums}
        FROM {standing(DAY)} GROUP BY 1""")
    assert found == by_region(
        "t12", "funds", "members", "villages", "money_total_baht", "src_6_members_baht",
        "src_64_local_gov_baht", "src_65_codi_baht", "src_66_other_state_baht", "src_67_other_baht",
        "src_75_donation_baht",
    )  # fmt: skip


def test_the_north_grew_as_the_text_says():
    """Wrong if the north's growth differed (l.280), or its three doubles left without a reason."""
    each = "SELECT count(*), sum(member_count), sum({}) FROM {} AND region_id = 'N'"
    money = " + ".join(SOURCES)
    (then,), (now,) = (asked(each.format(money, standing(day))) for day in (THIRD, DAY))
    growth = [after - before for before, after in zip(then, now, strict=True)]
    assert growth == [-3, 55429, Decimal("227712568.95")]
    gone = asked("""
        SELECT d.name, d.withdrawal_reason <> '', t.subdistrict_id = d.subdistrict_id
        FROM welfare_welfarefund d JOIN welfare_welfarefund t ON t.id = d.merged_into_id ORDER BY 1""")
    assert gone == [
        (name, True, True)
        for name in (
            "กองทุนสวัสดิการชุมชนตำบลช่างเคิ่ง", "กองทุนสวัสดิการชุมชนตำบลปิงโค้ง",
            "กองทุนสัจจะวันละบาทเพื่อสวัสดิการชุมชนตำบลห้วยทราย",
        )
    ]  # fmt: skip
    assert asked(
        "SELECT region_id, count(*) FROM welfare_welfarefund WHERE founded_on > '2019-06-30' GROUP BY 1"
    ) == [("CW", 2)]


def test_t13_indicators():
    """Wrong if an indicator of a quarter differed, or one that was met came undone."""

    def of(day: str) -> tuple[Any, ...]:
        passing = " AND ".join(f"indicator_{number}" for number in range(1, 6))
        each = ", ".join(f"count(*) FILTER (WHERE indicator_{number})" for number in range(1, 11))
        (found,) = asked(f"""SELECT count(*) FILTER (WHERE {passing}), {each} FROM (
            SELECT DISTINCT ON (fund_id) * FROM welfare_fundindicators
            WHERE fiscal_year = 2562 AND reported_on <= {day} ORDER BY fund_id, quarter DESC) x""")
        return found

    told = by_line("t13", "indicator_no", "q3", "q4")
    assert list(zip(of(THIRD), of(DAY), strict=True)) == list(told.values())
    fell = " OR ".join(
        f"(a.indicator_{number} AND NOT b.indicator_{number})" for number in range(1, 11)
    )
    assert (
        asked(f"""SELECT 1 FROM welfare_fundindicators a JOIN welfare_fundindicators b
        ON b.fund_id = a.fund_id AND a.quarter = 3 AND b.quarter = 4 WHERE {fell}""")
        == []
    )


def test_t14_one_page():
    """Wrong if complete one-page sheets of a region differed, or one had no file."""
    found = counted("""
        SELECT f.region_id, (SELECT base_count FROM programs_regionbase b
            WHERE b.region_id = f.region_id AND kind = 'one_page_funds'), count(*)
        FROM welfare_fundindicators i JOIN welfare_welfarefund f ON f.id = i.fund_id
        WHERE quarter = 4 AND has_complete_one_page AND EXISTS (
            SELECT 1 FROM welfare_fundfile x WHERE x.subject_id = f.id AND document = 'one_page'
              AND (attached_at AT TIME ZONE 'Asia/Bangkok')::date <= i.reported_on) GROUP BY 1""")
    assert found.pop("total") == (1710, 1885)
    assert found == by_region("t14", "target_funds", "funds_passed_complete")


def test_benefits_by_kind():
    """Wrong if the kinds that the text tells (l.274) differed, or parts missed their whole."""
    found = counted(f"""
        SELECT kind, sum(person_count), sum(paid_baht) FROM welfare_benefit b
        JOIN (SELECT s.id AS latest FROM {standing(DAY)}) l ON l.latest = b.status_id GROUP BY 1""")
    assert found["medical"] == (823818, 442110715)
    assert found["death"] == (159222, 1072705170)
    assert found["total"] == (1973697, 2042534102)
    assert (
        asked("""SELECT s.id FROM welfare_fundstatus s LEFT JOIN welfare_benefit b ON b.status_id = s.id
        GROUP BY s.id HAVING coalesce(sum(person_count), 0) <> beneficiary_count
          OR coalesce(sum(paid_baht), 0) <> benefit_baht""")
        == []
    )


def test_completeness_of_the_fourth_quarter():
    """Wrong if 3,379 funds had not reported, 2,618 been silent, 1,398 of them in the north-east."""
    told = "EXISTS (SELECT 1 FROM welfare_fundstatus s WHERE s.fund_id = f.id AND fiscal_year = 2562 AND quarter = 4)"
    found = counted(f"""
        SELECT region_id, count(*) FILTER (WHERE {told}), count(*) FILTER (WHERE NOT {told}),
          count(*) FILTER (WHERE committee_count IS NULL AND NOT {told})
        FROM welfare_welfarefund f WHERE {alive("f", DAY, "founded_on")} GROUP BY 1""")
    assert found["total"][:2] == (3379, 2618)
    assert found["NE"][1:] == (1398, 1166)


def test_a_number_of_a_fund_that_fell_says_why():
    """Wrong if a fund's total fell between the quarters without a reason on record."""
    fell = " OR ".join(
        f"b.{name} < a.{name}"
        for name in (
            *SOURCES,
            "member_count",
            "disadvantaged_count",
            "benefit_baht",
            "beneficiary_count",
        )
    )
    found = asked(f"""
        SELECT count(*), count(*) FILTER (WHERE b.correction_reason <> '')
        FROM welfare_fundstatus a JOIN welfare_fundstatus b ON b.fund_id = a.fund_id
          AND a.quarter = 3 AND b.quarter = 4 AND NOT a.has_nothing_to_report AND NOT b.has_nothing_to_report
        WHERE {fell}""")
    assert found[0][0] == found[0][1] > 0


def test_every_capable_council_stands_behind_a_proposal():
    """Wrong if a council met the indicator without a proposal, or one crossed its province."""
    assert (
        asked("""
        SELECT x.council_id FROM councils_capabilityresult x WHERE reports_harm AND NOT EXISTS (
            SELECT 1 FROM councils_proposalofcouncil p WHERE p.council_id = x.council_id)""")
        == []
    )
    assert (
        asked("""
        SELECT p.proposal_id FROM councils_proposalofcouncil p JOIN councils_council c ON c.id = p.council_id
        GROUP BY 1 HAVING count(DISTINCT c.province_id) > 1""")
        == []
    )


def test_every_file_lies_in_the_store():
    """Wrong if a row of the sample lacked its content, or the store held what no row names."""
    rows = {
        f"{key}.{form}": (byte_count, sha256)
        for table in FILES
        for key, form, byte_count, sha256 in asked(
            f"SELECT id, format, byte_count, sha256 FROM {table}"
        )
    }
    kept = {
        path.name: (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in Path(settings.MEDIA_ROOT, "attachments").iterdir()
    }
    assert kept == rows


def test_a_register_in_use_is_left_alone():
    """Wrong if the sample were poured into a register that people had begun to fill."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE councils_council SET code = 'X1' WHERE code = '30307'")
    with pytest.raises(CommandError, match="ทะเบียนสภามีข้อมูลอยู่แล้ว"):
        call_command("load_sample", "national-2562", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE councils_council SET code = '30307' WHERE code = 'X1'")
        cursor.execute("UPDATE welfare_welfarefund SET code = 'X1' WHERE code = 'W00001'")
    with pytest.raises(CommandError, match="ทะเบียนกองทุนมีข้อมูลอยู่แล้ว"):
        call_command("load_sample", "national-2562", verbosity=0)


def test_a_second_run_changes_nothing():
    """Wrong if loading again doubled anything, or a register in use was written into."""
    before = asked("SELECT count(*) FROM councils_councilevent")
    call_command("load_sample", "national-2562", verbosity=0)
    assert asked("SELECT count(*) FROM councils_councilevent") == before == [(7666,)]
