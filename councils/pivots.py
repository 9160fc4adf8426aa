"""Cross tables of councils, their members and terms."""

from __future__ import annotations

from codi.figures.grid import Unit
from codi.pivot import Dimension, Pivot, count_of, fiscal_quarter_of, register_pivot, sum_of
from councils.models import AuthorityKind, MemberKind, ProposalState, TermState
from councils.queries_of_work import GROUP_STATES
from councils.views.councils import CouncilList
from councils.views.groups import GroupList
from councils.views.members import MemberList
from councils.views.proposals import ProposalList
from councils.views.terms import TermList
from programs.pivots import place_of

KIND = Dimension("kind", "ประเภทพื้นที่", "kind", names=dict(AuthorityKind.choices))

register_pivot(
    Pivot(
        key="councils",
        title="สภาองค์กรชุมชน",
        url_name="councils:councils",
        page=CouncilList,
        dimensions=(
            *place_of(""),
            KIND,
            Dimension("term", "วาระสมาชิก", "term_state", names=dict(TermState.choices)),
            fiscal_quarter_of("registered", "ไตรมาสที่จดแจ้ง", "registered_on"),
        ),
        measures=(
            count_of("จำนวนสภา"),
            sum_of("members", "จำนวนสมาชิก", "member_count", unit=Unit.COUNT),
        ),
        first=("region", "term", ("count",)),
    )
)

register_pivot(
    Pivot(
        key="council-terms",
        title="วาระสมาชิกสภา",
        url_name="councils:terms",
        page=TermList,
        dimensions=(
            *place_of("council__"),
            Dimension("state", "สถานะ", "state", names=dict(TermState.choices)),
            fiscal_quarter_of("expiry", "ไตรมาสที่ครบวาระ", "expires_on"),
        ),
        measures=(count_of("จำนวนวาระ"),),
        first=("region", "state", ("count",)),
    )
)

register_pivot(
    Pivot(
        key="council-members",
        title="สมาชิกสภา",
        url_name="councils:members",
        page=MemberList,
        dimensions=(
            *place_of("council__"),
            Dimension("kind", "ประเภทสมาชิก", "kind", names=dict(MemberKind.choices)),
            fiscal_quarter_of("selection", "ไตรมาสที่คัดเลือก", "selected_on"),
        ),
        measures=(count_of("จำนวนสมาชิก"),),
        first=("region", "kind", ("count",)),
    )
)

register_pivot(
    Pivot(
        key="groups",
        title="กลุ่ม/องค์กรชุมชน",
        url_name="councils:groups",
        page=GroupList,
        dimensions=(
            *place_of("council__"),
            Dimension("state", "การรับรองปีนี้", "state", names=GROUP_STATES),
            fiscal_quarter_of("quarter", "ไตรมาสที่จดแจ้ง", "registered_on"),
        ),
        measures=(count_of("จำนวนกลุ่ม"),),
        first=("region", "state", ("count",)),
    )
)

register_pivot(
    Pivot(
        key="proposals",
        title="ข้อเสนอของสภา",
        url_name="councils:proposals",
        page=ProposalList,
        dimensions=(
            Dimension("fiscal_year", "ปีงบประมาณ", "fiscal_year", read=int),
            Dimension("state", "ความคืบหน้า", "state_key", names=dict(ProposalState.choices)),
        ),
        measures=(
            count_of("จำนวนข้อเสนอ"),
            sum_of("councils", "จำนวนสภาที่เสนอ", "council_count", unit=Unit.COUNT),
        ),
        first=("fiscal_year", "state", ("count",)),
    )
)
