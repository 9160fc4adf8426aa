"""Councils and groups that stand in the register twice: found, asked, checked, merged, taken back."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey
from django.test import Client
from django.urls import reverse

from codi.errors import Conflict, Refused
from codi.notices.models import Notice
from codi.quality import declared, sweeping
from codi.quality.models import Finding
from councils import services as councils
from councils.models import (
    CommunityGroup,
    Council,
    CouncilDouble,
    CouncilFile,
    CouncilMeeting,
    GroupCertification,
    GroupDouble,
    Member,
    Proposal,
    ProposalOfCouncil,
    QualityReview,
    StatusLetter,
)
from programs.merging import MERGERS, references
from programs.models import QualityScale
from programs.models.duplicates import CaseState, DuplicateCase
from programs.services import merging
from programs.services.doubles import find_doubles
from tests import world as build
from tests.broken import refused_by
from tests.finance.test_races import at_once

DAY, TODAY, YESTERDAY = dt.date(2020, 11, 2), build.TODAY, dt.date(2021, 8, 12)
NOW = dt.datetime(2021, 8, 1, 9, 0, tzinfo=dt.UTC)
TRIES = 8


def here(name: str, **facts: Any) -> Council:
    """A council of one district."""
    tambon = build.subdistrict()
    return build.council(name, subdistrict=tambon, district=tambon.district, **facts)


def review(of: Council, score: int, grade: str) -> QualityReview:
    scale, _ = QualityScale.objects.get_or_create(
        subject="council", fiscal_year=2562, source="แบบสอบทาน"
    )
    return QualityReview.objects.create(
        council=of, fiscal_year=2564, reviewed_on=TODAY, scale=scale, score_pct=score, grade=grade
    )


def asked(w: build.World, kept: Any, gone: Any, case: Any = CouncilDouble, **told: Any) -> Any:
    """A request of the officer."""
    return merging.propose(
        actor=w.officer, case=case, kept=kept, gone=gone, reason="แห่งเดียวกัน", today=TODAY, **told
    )


def merged(w: build.World, case: Any) -> Any:
    return merging.merge(actor=w.administrator, case=case, today=TODAY)


def taken_back(w: build.World, case: Any) -> Any:
    return merging.take_back(actor=w.administrator, case=case, reason="คนละแห่ง", today=TODAY)


def keys_of_everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row that names a council or a group, by its keys, past the models' managers."""
    found = {}
    for model in (Council, CommunityGroup):
        for reference in references(model):
            table = reference.model._base_manager.order_by("pk")
            column = f"{reference.key}_id"
            found[reference.label] = list(table.values_list("pk", column))
    facts = ("pk", "withdrawn_on", "withdrawal_reason", "merged_into")
    found["councils"] = list(Council.objects.order_by("pk").values_list(*facts))
    contents = ("pk", "score_pct", "grade")
    found["reviews"] = list(QualityReview.objects.order_by("pk").values_list(*contents))
    return found


@pytest.fixture
def w(db: None) -> build.World:
    return build.world()


def furnished(w: build.World) -> tuple[Council, Council]:
    """Two records of one council, the second with one of everything, some of it a double too."""
    kept = here("สภาองค์กรชุมชนตำบลศรีภูมิ", code="30001")
    gone = here("สภาองค์กรชุมชนตำบลศรีภูม", code="30307")
    build.term(kept, DAY)
    build.term(gone, DAY)
    build.term(gone, dt.date(2016, 11, 1), renewed_on=DAY)
    build.members(kept, 5)
    build.members(gone, 3)
    same = {"name": "นายซ้ำ", "kind": "representative", "selected_on": DAY}
    Member.objects.create(council=kept, **same)
    Member.objects.create(council=gone, **same)
    review(kept, 80, "A")
    review(gone, 60, "B")
    for number, of in ((1, kept), (1, gone), (2, gone)):
        CouncilMeeting.objects.create(
            council=of, fiscal_year=2564, number=number, held_on=DAY, topics=of.code
        )
    group = build.group(gone, code="G1")
    letter = {"fiscal_year": 2564, "issued_on": DAY, "issued_by": w.officer}
    StatusLetter.objects.create(council=gone, number=1, **letter)
    StatusLetter.objects.create(council=gone, group=group, number=2, **letter)
    proposal = Proposal.objects.create(title="น้ำ", fiscal_year=2564, agency="อบต.", sent_on=DAY)
    ProposalOfCouncil.objects.create(proposal=proposal, council=gone)
    CouncilFile.objects.create(
        subject=gone, file_name="a.pdf", format="pdf", byte_count=1, sha256="2" * 64,
        document="js02", attached_by=w.officer, attached_at=NOW,
    )  # fmt: skip
    return kept, gone


def test_a_merge_moves_what_is_there_and_back_again_to_the_key(w):
    """Wrong if a row was lost, left behind or doubled, or if taking back restored anything else."""
    kept, gone = furnished(w)
    before = keys_of_everything()
    case = merged(w, asked(w, kept, gone, exchanged=["councils.qualityreview"]))
    gone.refresh_from_db()
    assert (gone.withdrawn_on, gone.merged_into) == (TODAY, kept)
    assert gone.withdrawal_reason == "ซ้ำ รวมเข้ากับรหัส 30001"
    of_kept = {name: getattr(kept, name).count() for name in ("members", "groups", "files")}
    assert of_kept == {"members": 5 + 3 + 1, "groups": 1, "files": 1}
    # Left behind: the member of the same name and day, the first meeting of the year, the term over
    # the same years, the letter of the record itself.
    assert [row.name for row in gone.members.all()] == ["นายซ้ำ"]
    assert [row.number for row in gone.meetings.all()] == [1]
    assert [row.selected_on for row in gone.terms.all()] == [DAY]
    # Letters name the record that they were issued for, also that of a group which goes over.
    assert [row.group for row in gone.letters.order_by("number")] == [None, kept.groups.get()]
    assert not kept.letters.exists()
    assert kept.proposals.count() == 1
    # The merged record's review counts: both changed contents, and both keep their trail.
    assert (kept.reviews.get().grade, gone.reviews.get().grade) == ("B", "A")
    taken_back(w, case)
    assert keys_of_everything() == before


def test_a_merge_counts_from_its_day(w):
    """Wrong if a merge changed how many councils stood, or how many members served, before it."""
    kept, gone = furnished(w)

    def counted(day: dt.date) -> tuple[int, int]:
        standing = Council.objects.established_as_of(day)
        serving = Member.objects.serving_as_of(day).filter(council__in=standing)
        return standing.count(), serving.count()

    before = counted(YESTERDAY)
    assert before == (2, 10)
    merged(w, asked(w, kept, gone))
    assert counted(YESTERDAY) == before
    # The member who stands twice counts once from the day of the merge on.
    assert counted(TODAY) == (1, 9)


def test_every_table_that_names_a_register_is_known(w):
    """Wrong if a table that came later were forgotten by a merge: all keys are read off the models."""
    for merger in MERGERS.values():
        told = {(one.model, one.key) for one in references(merger.model)}
        named = {
            (model, field.name)
            for model in apps.get_models(include_auto_created=True)
            for field in model._meta.local_fields
            if isinstance(field, ForeignKey) and field.related_model is merger.model
            if not hasattr(model, "pgh_tracked_model") and not issubclass(model, DuplicateCase)
        }
        assert told == named
        assert set(merger.stays) <= {one.label for one in references(merger.model)}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conrelid::regclass::text FROM pg_constraint "
                "WHERE contype = 'f' AND confrelid = %s::regclass",
                [merger.model._meta.db_table],
            )
            stored = sorted(name for (name,) in cursor.fetchall())
        cases = [merger.case._meta.db_table] * 3
        assert stored == sorted([*(model._meta.db_table for model, _ in named), *cases])


def test_only_headquarters_merges_and_never_who_asked(w):
    """Wrong if a request could be allowed in the region, by its maker, or on an old version."""
    case = asked(w, here("สภาเดิม"), here("สภาซ้ำ"))
    for person in (w.officer, w.manager, w.executive, w.finance):
        with pytest.raises(Refused, match="ทำได้เฉพาะ"):
            merging.merge(actor=person, case=case, today=TODAY)
    CouncilDouble.objects.filter(pk=case.pk).update(requested_by=w.analyst)
    with pytest.raises(Refused, match="ผู้ขอ"):
        merging.merge(actor=w.analyst, case=case, today=TODAY)
    with pytest.raises(Conflict):
        merging.merge(
            actor=w.administrator, case=case, expected_version=case.version - 1, today=TODAY
        )
    sent = merging.send_back(actor=w.analyst, case=asked_again(case, w), reason="ไม่ชัด", today=TODAY)
    assert sent.state == CaseState.SENT_BACK
    assert Notice.objects.filter(recipient=w.officer, kind="councildouble-decided").count() == 1
    assert Notice.objects.filter(recipient=w.analyst, kind="councildouble-asked").count() == 1


def asked_again(case: Any, w: build.World) -> Any:
    CouncilDouble.objects.filter(pk=case.pk).update(requested_by=w.officer)
    case.refresh_from_db()
    return case


def other_province(w: build.World) -> tuple[Council, Council]:
    return here("สภา ก"), build.council("สภา ก", province=build.province("51", "ลำพูน"))


def later_kept(w: build.World) -> tuple[Council, Council]:
    return here("สภา ก", registered_on=TODAY), here("สภา ก")


def withdrawn(w: build.World) -> tuple[Council, Council]:
    return here("สภา ก"), here("สภา ก", withdrawn_on=DAY, withdrawal_reason="ผิด")


@pytest.mark.parametrize(
    ("pair", "told"),
    [(other_province, "จังหวัด"), (later_kept, "จดแจ้งหลัง"), (withdrawn, "ไม่อยู่ในทะเบียน")],
)
def test_what_cannot_be_merged_is_refused_with_its_remedy(w, pair: Callable[..., Any], told: str):
    """Wrong if two places were mixed, or earlier figures lost what stood before the kept record."""
    with pytest.raises(Refused) as caught:
        asked(w, *pair(w))
    assert told in " ".join([caught.value.message, *caught.value.details])


def test_a_merge_is_not_taken_back_when_something_rests_on_it(w):
    """Wrong if taking back tore what was built since: a row gone, a letter of a moved group."""
    kept, gone = furnished(w)
    case = merged(w, asked(w, kept, gone))
    group = CommunityGroup.objects.get(code="G1")
    letter = StatusLetter.objects.create(
        council=kept, group=group, number=9, fiscal_year=2564, issued_on=TODAY, issued_by=w.officer
    )
    with pytest.raises(Refused) as caught:
        taken_back(w, case)
    assert any("จดหมาย" in text for text in caught.value.details)
    StatusLetter.objects.filter(pk=letter.pk).delete()
    Member.objects.filter(pk=case.moved["rows"]["councils.member.council"][0]).delete()
    with pytest.raises(Refused) as caught:
        taken_back(w, case)
    assert any("สมาชิกสภา" in text for text in caught.value.details)
    assert CouncilDouble.objects.get().state == CaseState.MERGED


def test_taking_back_opens_other_pairs_again_and_waits_for_merged_groups(w):
    """Wrong if other pairs stayed closed for good, or a moved group was torn from its merge."""
    kept, gone = (here(f"สภา {name}") for name in "กข")
    other, third = asked(w, here("สภา ค"), gone), here("สภา ง")
    found = CouncilDouble.objects.create(first=gone, second=third, found_on=YESTERDAY)
    groups = [build.group(kept, code="K"), build.group(gone, code="G")]
    case = merged(w, asked(w, kept, gone))
    states = CouncilDouble.objects.filter(pk__in=[other.pk, found.pk]).order_by("pk")
    assert list(states.values_list("state", flat=True)) == ["not_double", "not_double"]
    for group in groups:
        group.refresh_from_db()
    pair = merged(w, asked(w, *groups, case=GroupDouble))
    with pytest.raises(Refused) as caught:
        taken_back(w, case)
    assert any("ให้ยกเลิกการรวมกลุ่มก่อน" in text for text in caught.value.details)
    taken_back(w, pair)
    taken_back(w, case)
    told = ("state", "decided_by", "decided_on", "decision_reason")
    assert list(states.values_list(*told)) == [
        ("requested", None, None, ""), ("found", None, None, ""),
    ]  # fmt: skip


def test_a_merged_record_takes_nothing_more_whoever_writes(w):
    """Wrong if a row could come to a record where nobody looks any more, be it by plain SQL."""
    kept, gone = here("สภา ก"), here("สภา ข")
    merged(w, asked(w, kept, gone))
    with refused_by("councils_merged_takes_nothing"):
        Member.objects.bulk_create(
            [Member(council=gone, name="ใหม่", selected_on=DAY, kind="representative")]
        )
    groups = build.group(kept, "กลุ่ม ก"), build.group(kept, "กลุ่ม ข")
    merged(w, asked(w, *groups, GroupDouble))
    with refused_by("councils_merged_group_takes_nothing"):
        GroupCertification.objects.bulk_create(
            [GroupCertification(group=groups[1], fiscal_year=2564, certified_on=DAY)]
        )


def test_near_names_are_found_once_and_a_closed_pair_stays_closed(w):
    """Wrong if a wrong kind were called a double, numbers mixed up, or a closed pair came again."""
    first = here("สภาองค์กรชุมชนตำบลห้วยทรายงาม", code="1")
    wrong = here("สภาองค์กรชุมชนเทศบาลตำบลห้วยทรายงาม", code="2")
    typo = here("สภาองค์กรชุมชน อบต.ห้วยทรายงา", code="3")
    here("สภาองค์กรชุมชนตำบลแม่น้ำน่าน", code="4")
    build.council("สภาองค์กรชุมชนตำบลห้วยทรายงาม", code="5")  # of no district
    for number in ("หมู่ 1", "หมู่ 2", "หมู่ ๒"):
        build.group(first, f"กลุ่มออมทรัพย์บ้านดอน {number}")
    assert find_doubles(case=CouncilDouble, today=TODAY) == 3
    pairs = CouncilDouble.objects.order_by("first", "second")
    told = [(one.first, one.second, one.suspicion) for one in pairs]
    assert told == [
        (first, wrong, "kind"), (first, typo, "double"), (wrong, typo, "kind"),
    ]  # fmt: skip
    assert find_doubles(case=GroupDouble, today=TODAY) == 1
    closed = merging.close_case(actor=w.officer, case=pairs[0], reason="คนละแห่ง", today=TODAY)
    councils.update_council(
        actor=w.officer, council=typo, expected_version=None, today=TODAY,
        name="สภาองค์กรชุมชนตำบลสันกำแพง",
    )  # fmt: skip
    assert find_doubles(case=CouncilDouble, today=TODAY) == 0
    assert list(CouncilDouble.objects.all()) == [closed]


def test_the_way_of_a_pair_over_its_pages(w, client: Client):
    """Wrong if a person could not ask, check, merge and take back, or an old address led nowhere."""
    kept, gone = furnished(w)
    client.force_login(w.officer)
    found = CouncilDouble.objects.create(first=kept, second=gone, found_on=TODAY)
    page = reverse("councils:council_double", args=[found.pk])
    shown = client.get(page).content.decode()
    assert "จดหมายระบุระเบียนเดิม" in shown
    facts = {"keep": "first", "reason": "แห่งเดียวกัน", "version": "1"}
    assert client.post(f"{page}request/", facts).status_code == 302
    assert client.get(f"{page}merge/").status_code == 403
    client.force_login(w.administrator)
    assert "คำขอรวมสภาที่รอตรวจ" in client.get("/").content.decode()
    checked = client.post(f"{page}merge/", {"version": "2"})
    assert "30307" in checked.content.decode()
    assert not CouncilDouble.objects.filter(state=CaseState.MERGED).exists()
    assert client.post(f"{page}merge/", {"version": "2", "confirmed": "1"}).status_code == 302
    led = client.get(gone.get_absolute_url(), follow=True)
    assert led.redirect_chain[0][0].startswith(kept.get_absolute_url())
    assert "30307" in led.content.decode()
    own = client.get(f"{gone.get_absolute_url()}?own=1").content.decode()
    assert "นายซ้ำ" in own
    trail = client.get(reverse("history:detail", args=["councils.council", gone.pk]))
    assert kept.name in trail.content.decode()
    back = client.post(f"{page}take-back/", {"reason": "คนละแห่ง", "version": "3"})
    assert back.status_code == 302
    assert client.get(gone.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("more", [1, 3, 30])
def test_list_and_page_ask_a_constant_number_of_times(
    w, client: Client, more: int, django_assert_num_queries: Any
):
    """Wrong if the list or the page of a pair asked once per row."""
    kept, gone = here("สภา ก"), here("สภา ข")
    build.members(gone, more)
    for number in range(more):
        build.group(gone, f"กลุ่ม {number}")
        CouncilDouble.objects.create(first=kept, second=here(f"สภา {number}"), found_on=TODAY)
    case = CouncilDouble.objects.create(first=kept, second=gone, found_on=TODAY)
    client.force_login(w.analyst)
    for address, count in (
        (reverse("councils:council_doubles"), 9),
        (case.get_absolute_url(), 48),
    ):
        client.get(address)
        with django_assert_num_queries(count):
            assert client.get(address).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
@pytest.mark.usefixtures("patient")
def test_two_merges_and_a_member_at_the_same_moment():
    """Wrong if A went into B and B into C at once, or a member came to the record that had gone.

    The control: a plain insert beside the same merge, past the service and the trigger, leaves a
    member with the merged record in some of the tries.
    """
    w = build.world()
    stranded = []
    for guarded in (False, True):
        switch("ENABLE" if guarded else "DISABLE")
        try:
            stranded.append(sum(strand(w, guarded, try_ * 0.02) for try_ in range(TRIES)))
        finally:
            switch("ENABLE")
    loose, held = stranded
    assert loose > 0
    assert held == 0
    a, b, c = (here(f"สภา {name}") for name in "กขค")
    cases = [asked(w, b, a), asked(w, c, b)]

    def go(number: int) -> bool:
        try:
            merged(w, cases[number])
        except Refused:
            return False
        return True

    done = at_once(go, 2)
    assert done in {1, 2}  # B into C first: A has nowhere to go. A into B first: both end in C.
    standing = Council.objects.filter(pk__in=[a.pk, b.pk, c.pk], merged_into=None)
    assert standing.count() == 3 - done
    assert not Council.objects.filter(merged_into__merged_into__isnull=False).exists()


def strand(w: build.World, guarded: bool, after: float) -> bool:
    """Merge a council while a member comes to it; whether the member stays with the merged record."""
    kept, gone = here("สภา ก"), here("สภา ข")
    case = asked(w, kept, gone)

    def go(number: int) -> bool:
        try:
            if number:
                merged(w, case)
            else:
                time.sleep(after)
                join(w, gone, guarded)
        except Refused:
            return False
        return True

    at_once(go, 2)
    return gone.members.exists()


def join(w: build.World, council: Council, guarded: bool) -> None:
    facts = {"council": council, "name": "มาใหม่", "kind": "representative", "selected_on": DAY}
    if guarded:
        councils.add_member(actor=w.officer, today=TODAY, **facts)
    else:
        Member.objects.create(**facts)


def switch(state: str) -> None:
    """Put the last line of the members aside, or back."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE councils_member {state} TRIGGER USER")


def twins(case: Any) -> tuple[Any, Any, Any]:
    """Three records of one name, of which two are to be a pair."""
    if case is CouncilDouble:
        first, twin, third = (here("สภา ก", code=code) for code in "123")
    else:
        of = here("สภา ก")
        first, twin, third = (build.group(of, "กลุ่มทอผ้า", code=code) for code in "123")
    return first, twin, third


@pytest.mark.parametrize(
    ("case", "key"),
    [(CouncilDouble, "councils.doubles"), (GroupDouble, "councils.group_doubles")],
)
def test_the_inbox_names_pairs_until_somebody_settles_them(w, case: Any, key: str):
    """Wrong if a double stood in no inbox, a wrong kind were called one, or a settled pair stayed."""
    first, twin, third = twins(case)
    pair = case.objects.create(first=first, second=twin, found_on=TODAY)
    case.objects.create(first=twin, second=third, found_on=TODAY, suspicion="kind")
    rule = declared.RULES[key]
    sweeping.run_rule(rule=rule, today=TODAY)
    (found,) = Finding.objects.filter(rule_key=key, gone_on=None)
    assert (found.subject_label, found.province) == ("1 กับ 2", build.province())
    assert rule.link(found.subject_key) == pair.get_absolute_url()
    merging.close_case(actor=w.officer, case=pair, reason="คนละแห่ง", today=TODAY)
    sweeping.run_rule(rule=rule, today=TODAY)
    assert not Finding.objects.filter(rule_key=key, gone_on=None).exists()


def test_a_merged_pair_leaves_the_inbox_and_comes_back_with_the_taking_back(w):
    """Wrong if groups that were merged were still told to be doubles, or a mistake was forgotten."""
    first, twin, _third = twins(GroupDouble)
    case = asked(w, first, twin, GroupDouble)
    rule = declared.RULES["councils.group_doubles"]
    for act, count in ((None, 1), (merged, 0), (taken_back, 1)):
        if act is not None:
            case = act(w, case)
        sweeping.run_rule(rule=rule, today=TODAY)
        assert Finding.objects.filter(rule_key=rule.key, gone_on=None).count() == count
