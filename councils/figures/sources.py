"""What the figures of councils count: the records of a scope that stood on a day.

Records are narrowed to councils (or groups) that stood then by ``IN`` over one plain subquery, which
the database reads once and hashes; a subselect per row would be asked 250,000 times.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from codi.figures.figure import FigureScope
from codi.files.models import DocumentKind
from codi.fiscal import FiscalYear
from codi.places.figures import PlaceSource, within
from councils.models import (
    CapabilityResult,
    CommunityGroup,
    Council,
    CouncilFile,
    GroupCertification,
    Member,
    QualityReview,
    Section21Mission,
    Term,
)

SOURCE = "ทะเบียนสภาองค์กรชุมชน"


def year_of(day: dt.date) -> int:
    """The number of the day's fiscal year."""
    return FiscalYear.of(day).number


def councils(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Councils established on the day."""
    return Council.objects.established_as_of(day).filter(within(scope))


def new_councils(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Councils registered within the day's fiscal year and established on the day."""
    return councils(scope, day).filter(registered_on__gte=FiscalYear.of(day).start)


def members(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Members serving on the day, of councils established then."""
    serving: Any = Member.objects.serving_as_of(day)
    found: QuerySet[Any] = serving.filter(council__in=councils(scope, day))
    return found


def groups(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Groups registered on the day, of councils established then."""
    registered: Any = CommunityGroup.objects.registered_as_of(day)
    found: QuerySet[Any] = registered.filter(council__in=councils(scope, day))
    return found


def certifications(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Certifications of the day's fiscal year made by the day, of groups registered then.

    They are fewer than groups by far, so that their groups are joined and not looked up in a list.
    """
    of_year = GroupCertification.objects.filter(fiscal_year=year_of(day), certified_on__lte=day)
    standing = Q(group__ended_on=None) | Q(group__ended_on__gt=day)
    return of_year.filter(
        standing, group__registered_on__lte=day, group__council__in=councils(scope, day)
    )


def expired_terms(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Terms whose four years were over on the day, of councils established then."""
    expired: Any = Term.objects.expired_as_of(day)
    found: QuerySet[Any] = expired.filter(council__in=councils(scope, day))
    return found


def missions(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Missions of the day's fiscal year that were reported by the day."""
    return Section21Mission.objects.filter(
        fiscal_year=year_of(day), reported_on__lte=day, council__in=councils(scope, day)
    )


def capable(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Results of the year told by the day that meet section 21 (4) or (5), and (9)."""
    told = CapabilityResult.objects.filter(fiscal_year=year_of(day), reported_on__lte=day)
    return told.filter(
        Q(advises=True) | Q(asks_for_services=True),
        reports_harm=True,
        council__in=councils(scope, day),
    )


def reviews(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Quality reviews of the day's fiscal year and the one before, made by the day."""
    year = year_of(day)
    return QualityReview.objects.filter(
        fiscal_year__in=(year - 1, year), reviewed_on__lte=day, council__in=councils(scope, day)
    )


def with_form(document: DocumentKind, day: dt.date) -> Q:
    """The condition that a council had a form attached on the day."""
    files: Any = CouncilFile.objects.attached_as_of(day)
    return Q(pk__in=files.filter(document=document).order_by().values("subject"))


def with_both_forms(day: dt.date) -> Q:
    """The condition that a council had จส.02 and จส.03 attached on the day."""
    return with_form(DocumentKind.JS02, day) & with_form(DocumentKind.JS03, day)


COUNCILS = PlaceSource(councils, "")
NEW_COUNCILS = PlaceSource(new_councils, "")
MEMBERS = PlaceSource(members, "council__")
GROUPS = PlaceSource(groups, "council__")
CAPABLE = PlaceSource(capable, "council__")
REVIEWS = PlaceSource(reviews, "council__")
