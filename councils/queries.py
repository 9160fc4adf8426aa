"""What the pages of councils, members and terms read across tables."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from codi.files.models import DocumentKind
from councils.models import (
    AuthorityKind,
    Council,
    CouncilFile,
    Member,
    MemberKind,
    Term,
    TermState,
)
from councils.rules import Readiness
from programs.queries import counted

if TYPE_CHECKING:
    from codi.accounts.models import User

PLACES = ("region", "province", "district", "subdistrict")


def _has_form(document: DocumentKind) -> Exists:
    """Whether a form is attached to the outer council now."""
    return Exists(CouncilFile.objects.present().filter(subject=OuterRef("pk"), document=document))


FORM_WORDS = {"whole": "ครบ", "js02": "ขาด จส.02", "js03": "ขาด จส.03", "none": "ยังไม่มี"}


def _forms() -> Case:
    """Which of the two forms the outer council has, under the keys of ``FORM_WORDS``."""
    return Case(
        When(Q(has_js02=True, has_js03=True), then=Value("whole")),
        When(has_js02=True, then=Value("js03")),
        When(has_js03=True, then=Value("js02")),
        default=Value("none"),
        output_field=CharField(),
    )


def _term_state(day: dt.date) -> Case:
    """How the outer council stands with its term on the day."""
    terms = Term.objects.counted_as_of(day).filter(council=OuterRef("pk"))
    later = Term.objects.counted_as_of(day).filter(
        council=OuterRef("council"), selected_on__gt=OuterRef("selected_on")
    )
    latest = terms.filter(~Exists(later))
    return Case(
        When(Exists(terms.filter(expires_on__gt=day)), then=Value(TermState.CURRENT)),
        When(Exists(latest.filter(renewed_on__lte=day)), then=Value(TermState.RENEWED)),
        When(Exists(terms), then=Value(TermState.EXPIRED)),
        default=Value(TermState.NONE),
        output_field=CharField(),
    )


def councils_for_list(user: User, day: dt.date) -> QuerySet[Any]:
    """Councils in sight with their forms, term and serving members as of the day."""
    terms = Term.objects.counted_as_of(day).filter(council=OuterRef("pk")).order_by("-selected_on")
    serving = Member.objects.serving_as_of(day)
    return (
        Council.objects.visible_to(user)
        .select_related(*PLACES)
        .annotate(
            has_js02=_has_form(DocumentKind.JS02),
            has_js03=_has_form(DocumentKind.JS03),
            forms=_forms(),
            term_state=_term_state(day),
            term_expires_on=Subquery(terms.values("expires_on")[:1]),
            member_count=counted(serving, "council"),
        )
    )


def readiness_of(council: Council, day: dt.date) -> Readiness:
    """What stands on record for the certification of a council on the day: three queries."""
    forms = set(
        CouncilFile.objects.present().filter(subject=council).values_list("document", flat=True)
    )
    serving = council.members.serving_as_of(day)
    needs_tambon = council.kind != AuthorityKind.DISTRICT
    place = council.subdistrict_id if needs_tambon else council.district_id
    return Readiness(
        has_js02=DocumentKind.JS02 in forms,
        has_js03=DocumentKind.JS03 in forms,
        has_current_term=council.terms.counted_as_of(day).filter(expires_on__gt=day).exists(),
        representative_count=serving.filter(kind=MemberKind.REPRESENTATIVE).count(),
        is_placed=bool(place),
    )


def terms_for_list(user: User, day: dt.date) -> QuerySet[Any]:
    """Terms in sight with how each stands on the day."""
    state = Case(
        When(expires_on__gt=day, then=Value(TermState.CURRENT)),
        When(renewed_on__lte=day, then=Value(TermState.RENEWED)),
        default=Value(TermState.EXPIRED),
        output_field=CharField(),
    )
    return (
        Term.objects.visible_to(user)
        .select_related("council__region", "council__province")
        .annotate(state=state)
    )


def members_for_list(user: User) -> QuerySet[Any]:
    """Members of the councils in sight."""
    rows: QuerySet[Any] = Member.objects.visible_to(user)
    return rows.select_related("council__region", "council__province")
