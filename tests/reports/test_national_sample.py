"""The national sample: counted by plain SQL, it gives the printed tables.

The statements here know nothing of the figures of the product: both must come to the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

from tests.reports.published import by_line, by_region

pytestmark = pytest.mark.django_db

DAY = "DATE '2019-08-31'"
ENDS = ("DATE '2018-12-31'", "DATE '2019-03-31'", "DATE '2019-06-30'", DAY)
IN_2562 = f"BETWEEN DATE '2018-10-01' AND {DAY}"
FILES = ("councils_councilfile", "councils_capabilityfile")
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


def test_a_second_run_changes_nothing():
    """Wrong if loading again doubled anything, or a register in use was written into."""
    before = asked("SELECT count(*) FROM councils_councilevent")
    call_command("load_sample", "national-2562", verbosity=0)
    assert asked("SELECT count(*) FROM councils_councilevent") == before == [(7666,)]
