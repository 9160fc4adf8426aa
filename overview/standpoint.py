"""From where the dashboard looks: a place, a day, and the quarter that it is compared with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest

from codi.accounts.models import User
from codi.figures.figure import FigureScope
from codi.fiscal import AsOf, FiscalYear, Quarter
from codi.places.figures import place_name
from codi.places.models import Province, Region
from codi.thai.dates import full_echo, long_date
from codi.ui.fields import ScopedModelChoiceField, ThaiDateField
from codi.ui.forms import UserForm
from overview.queries import last_told_on
from reports.views.scope import visible_province, visible_region

CAPITAL = "10"
BEFORE, YEAR_BEFORE = "", "year"
QUARTERS_OFFERED = 12


def quarter_before(quarter: Quarter) -> Quarter:
    """The quarter before."""
    return Quarter.of(quarter.start - dt.timedelta(days=1))


@dataclass(frozen=True)
class Standpoint:
    """The place, the day, and the quarter whose last day the numbers are compared with."""

    scope: FigureScope
    as_of: dt.date
    compared: Quarter

    @property
    def compared_on(self) -> dt.date:
        """The day of the other numbers."""
        return self.compared.end

    @property
    def day_text(self) -> str:
        """ณ วันที่ 30 กันยายน 2562."""
        return AsOf(self.as_of).label

    @property
    def day_echo(self) -> str:
        """The day with its quarter."""
        return full_echo(self.as_of)

    @property
    def compared_text(self) -> str:
        """ไตรมาส 3 ปีงบประมาณ 2562 (30 มิถุนายน 2562)."""
        return f"{self.compared.label} ({long_date(self.compared_on)})"

    @property
    def place(self) -> str:
        """ภาคเหนือ, จังหวัด… or the whole country."""
        name = place_name(self.scope)
        return f"จังหวัด{name}" if self.scope.province and self.scope.province != CAPITAL else name

    def scope_on(self, day: dt.date, *, by_year: bool) -> FigureScope:
        """The scope of a figure; of projects those of the day's fiscal year."""
        return replace(self.scope, fiscal_year=FiscalYear.of(day).number) if by_year else self.scope

    def query(self, **more: str) -> str:
        """The words of an address that looks from here."""
        told = {
            "region": self.scope.region,
            "province": self.scope.province,
            "as_of": self.as_of.isoformat(),
            "compare": f"{self.compared.fiscal_year.number}-{self.compared.number}",
        }
        return urlencode({key: value for key, value in {**told, **more}.items() if value})


class StandpointForm(UserForm):
    """Place, day and comparison as the address gives them; what is left out has its default."""

    region = ScopedModelChoiceField(
        label="พื้นที่",
        model=Region,
        queryset_for=lambda user: Region.objects.visible_to(user),
        required=False,
        empty_label="ทั้งประเทศ",
    )
    as_of = ThaiDateField(label="ข้อมูล ณ วันที่", required=False, latest="today")
    compare = forms.ChoiceField(label="เทียบกับ", required=False)

    def __init__(self, *args: Any, in_place: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if in_place or not self.user.sees_nation:
            del self.fields["region"]
        self.fields["compare"].choices = [  # type: ignore[attr-defined]
            (BEFORE, "ไตรมาสก่อนหน้า"),
            (YEAR_BEFORE, "ไตรมาสเดียวกันของปีก่อน"),
            *self._offered(),
        ]

    def _offered(self) -> list[tuple[str, str]]:
        """The quarters before today's, and the one that the address already names."""
        quarters: list[Quarter] = []
        last = Quarter.of(self.today)
        for _ in range(QUARTERS_OFFERED):
            last = quarter_before(last)
            quarters.append(last)
        named = quarter_of(self.data.get("compare", "")) if self.is_bound else None
        if named is not None and named not in quarters and named.end < self.today:
            quarters.append(named)
        return [(f"{one.fiscal_year.number}-{one.number}", one.label) for one in quarters]

    def clean(self) -> dict[str, Any]:
        """The compared quarter is over before the day."""
        data = super().clean() or self.cleaned_data
        named = quarter_of(data.get("compare", ""))
        if named is not None and data.get("as_of") and named.end >= data["as_of"]:
            self.add_error("compare", "เลือกไตรมาสที่สิ้นสุดก่อนวันที่ของข้อมูล หรือเลือกไตรมาสก่อนหน้า")
        return data


def quarter_of(word: str) -> Quarter | None:
    """The quarter that "2562-3" names, if it names one."""
    year, _, number = word.partition("-")
    try:
        return Quarter(FiscalYear(int(year)), int(number))
    except ValueError:
        return None


def form_of(
    request: HttpRequest, user: User, today: dt.date, *, in_place: bool = False
) -> StandpointForm:
    """The form as the address fills it in; the page of a place does not ask for one."""
    return StandpointForm(request.GET, user=user, today=today, in_place=in_place)


def standpoint_of(
    request: HttpRequest, user: User, form: StandpointForm, *, province: Province | None = None
) -> Standpoint:
    """The standpoint of a form that is in order; raises ``Http404`` for a place out of sight."""
    if province is not None:
        scope = FigureScope(region=province.region_id, province=province.pk)
    else:
        region = visible_region(request, user)
        scope = FigureScope(region=region, province=visible_province(request, user, region))
    day: dt.date = form.cleaned_data["as_of"] or default_day(user, form.today)
    compare = form.cleaned_data["compare"]
    before = quarter_before(Quarter.of(day))
    if compare == YEAR_BEFORE:
        here = Quarter.of(day)
        before = Quarter(FiscalYear(here.fiscal_year.number - 1), here.number)
    named = quarter_of(compare)
    return Standpoint(scope, day, named if named is not None and named.end < day else before)


def default_day(user: User, today: dt.date) -> dt.date:
    """Today; where nothing was recorded in this quarter yet, the end of the last one with records."""
    last = last_told_on(user, today)
    return today if last is None or last in Quarter.of(today) else Quarter.of(last).end
