"""The scope and day of a live figure, as an address gives them and the person may see them."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest
from django.utils import timezone

from codi.accounts.models import User
from codi.figures.figure import Figure, FigureScope, UnknownFigure, get
from codi.fiscal import FiscalYear
from codi.places.models import Province, Region
from codi.thai.dates import DateError, parse_date
from programs.models import Programme


def live_figure(key: str) -> Figure:
    """The figure of a key; raises ``Http404`` for an unknown one."""
    try:
        return get(key)
    except UnknownFigure as error:
        raise Http404 from error


def live_scope(request: HttpRequest, user: User) -> tuple[FigureScope, dt.date]:
    """Scope and day of the address; raises ``Http404`` for what is unknown or out of sight.

    A person of a region or province is held to it, whatever the address leaves out.
    """
    programme = _word(request, "programme")
    if programme and not Programme.objects.visible_to(user).filter(code=programme).exists():
        raise Http404
    region = visible_region(request, user)
    province = visible_province(request, user, region)
    scope = FigureScope(
        programme=programme, region=region, province=province, fiscal_year=_fiscal_year(request)
    )
    return scope, _day(request)


def visible_region(request: HttpRequest, user: User) -> str | None:
    """The region of the address, the person's own, or all; raises ``Http404`` for another's."""
    region = _word(request, "region")
    if not user.sees_nation:
        if region not in (None, user.region_id):
            raise Http404
        return user.region_id
    if region and not Region.objects.filter(pk=region).exists():
        raise Http404
    return region


def visible_province(request: HttpRequest, user: User, region: str | None) -> str | None:
    """The province of the address or the person's own; ``Http404`` for one that is out of sight,
    or lies in another region than the address names."""
    asked = _word(request, "province")
    if asked is None:
        return user.province_id
    found = Province.objects.visible_to(user).filter(pk=asked)
    if not (found.filter(region=region) if region else found).exists():
        raise Http404
    return asked


def _fiscal_year(request: HttpRequest) -> int | None:
    typed = request.GET.get("fiscal_year") or ""
    if not typed:
        return None
    try:
        return FiscalYear(int(typed)).number
    except ValueError as error:
        raise Http404 from error


def _word(request: HttpRequest, name: str) -> str | None:
    """A key of the address; raises ``Http404`` for a character that no key of the database has."""
    word = request.GET.get(name) or None
    if word and "\0" in word:
        raise Http404
    return word


def _day(request: HttpRequest) -> dt.date:
    today = timezone.localdate()
    typed = request.GET.get("as_of", "").strip()
    if not typed:
        return today
    try:
        return parse_date(typed, today=today)
    except DateError as error:
        raise Http404 from error
