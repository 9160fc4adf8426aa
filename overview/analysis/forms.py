"""What an analysis sets out, as the address says it and a person chooses it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from codi.accounts.models import User
from codi.figures.figure import FigureScope
from codi.fiscal import FiscalYear
from codi.kept.models import Audience
from codi.kept.permissions import can_give_to
from codi.places.models import Province, Region
from codi.thai.dates import DateError, parse_date, short_date
from codi.ui.fields import ScopedModelChoiceField, TextField
from codi.ui.forms import UserForm
from overview.analysis.catalogue import Group, Offered, catalogue
from overview.analysis.points import points
from overview.analysis.table import AXIS_TITLES, Axis, Choice, Show
from programs.models import Programme

FIRST_YEAR = 2551
MOST_MEASURES = 12
QUARTERS = [(number, f"ไตรมาส {number}") for number in range(1, 5)]
AXES = [(axis.value, AXIS_TITLES[axis]) for axis in Axis]
SHOWS = [
    (Show.SHARE.value, "ร้อยละของรวมทุกพื้นที่"),
    (Show.CHANGE.value, "เปลี่ยนแปลงจากไตรมาสก่อน"),
    (Show.GROWTH.value, "เปลี่ยนแปลงเป็นร้อยละ"),
]


class AnalysisForm(UserForm):
    """Measures, points in time, places and filters, and how they are set out."""

    measure = forms.MultipleChoiceField(
        label="ตัวเลข",
        error_messages={"required": "เลือกตัวเลขอย่างน้อยหนึ่งตัวในข้อ 1"},
    )
    since = forms.TypedChoiceField(label="ตั้งแต่ปีงบประมาณ", coerce=int)
    until = forms.TypedChoiceField(label="ถึงปีงบประมาณ", coerce=int)
    quarter = forms.TypedMultipleChoiceField(
        label="ไตรมาส",
        coerce=int,
        choices=QUARTERS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    day = TextField(
        label="วันที่อื่น",
        required=False,
        max_length=200,
        help_text="เช่น 31 ส.ค. 62 หลายวันคั่นด้วย ,",
    )
    region = ScopedModelChoiceField(
        label="ภาค",
        model=Region,
        queryset_for=lambda user: Region.objects.visible_to(user),
        required=False,
        empty_label="ทั้งหมดที่ท่านเห็น",
    )
    province = ScopedModelChoiceField(
        label="จังหวัด",
        model=Province,
        queryset_for=lambda user: Province.objects.visible_to(user).current(),
        required=False,
        empty_label="ทุกจังหวัด",
    )
    programme = ScopedModelChoiceField(
        label="โครงการหลัก",
        model=Programme,
        queryset_for=lambda user: Programme.objects.visible_to(user).with_projects(),
        to_field_name="code",
        required=False,
        empty_label="ทุกโครงการหลัก",
    )
    places = forms.ChoiceField(
        label="แยกพื้นที่",
        choices=[("split", "แยกตามพื้นที่ย่อย"), ("whole", "รวมเท่านั้น")],
    )
    row = forms.ChoiceField(label="แถว", choices=AXES)
    row2 = forms.ChoiceField(label="แถวย่อย", required=False, choices=[("", "ไม่แยก"), *AXES])
    head = forms.ChoiceField(label="หัวคอลัมน์ชั้นบน", choices=AXES)
    show = forms.MultipleChoiceField(
        label="แสดงเพิ่ม", required=False, choices=SHOWS, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, *, user: User, today: dt.date) -> None:
        super().__init__(data, user=user, today=today)
        self.groups: list[Group] = catalogue(
            FigureScope(region=user.region_id, province=user.province_id), self._day_of_titles()
        )
        self.offered: dict[str, Offered] = {
            one.key: one for group in self.groups for one in group.offered
        }
        fields: dict[str, Any] = self.fields
        fields["measure"].choices = [(key, one.title) for key, one in self.offered.items()]
        last = FiscalYear.of(today).number
        years = [(year, str(year)) for year in range(last, FIRST_YEAR - 1, -1)]
        fields["since"].choices = fields["until"].choices = years
        self.days: Sequence[dt.date] = ()

    def _day_of_titles(self) -> dt.date:
        """The day whose columns are offered: the last that was asked for, where it can be read."""
        asked = self.data.get("until", "")
        if asked.isascii() and asked.isdigit() and len(asked) == len(str(FIRST_YEAR)):
            year = min(max(int(asked), FIRST_YEAR), FiscalYear.of(self.today).number)
            return min(FiscalYear(year).end, self.today)
        return self.today

    def clean_measure(self) -> list[str]:
        """Each once, and no more than a person can compare."""
        chosen = list(dict.fromkeys(self.cleaned_data["measure"]))
        if len(chosen) > MOST_MEASURES:
            raise forms.ValidationError(f"เลือกตัวเลขได้ไม่เกิน {MOST_MEASURES} ตัว เอาบางตัวออกก่อน")
        return chosen

    def clean_day(self) -> str:
        """Days as people write them, none that is still to come."""
        found = []
        for text in filter(None, (part.strip() for part in self.cleaned_data["day"].split(","))):
            try:
                day = parse_date(text, today=self.today)
            except DateError as error:
                raise forms.ValidationError(f"“{text}”: {error}") from error
            if day > self.today:
                raise forms.ValidationError(f"วันที่ {short_date(day)} ยังมาไม่ถึง เลือกวันที่ไม่เกินวันนี้")
            found.append(day)
        self.days = sorted(set(found))
        return ",".join(day.isoformat() for day in self.days)

    def clean(self) -> dict[str, Any]:
        """Years in order, a province of the region, each axis once."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", "ปีสุดท้ายต้องไม่น้อยกว่าปีแรก")
        province, region = data.get("province"), data.get("region")
        if province and region and province.region_id != region.pk:
            self.add_error(
                "province", f"จังหวัด{province.name}ไม่อยู่ใน{region.name} เลือกจังหวัดหรือภาคใหม่"
            )
        if data.get("row") and data["row"] == data.get("row2"):
            self.add_error("row2", "แถวย่อยต้องต่างจากแถว เลือกอย่างอื่น หรือเลือกไม่แยก")
        if not self.errors and not self.points:
            self.add_error("quarter", "ไม่มีช่วงเวลาที่ถึงแล้ว เลือกไตรมาสที่เริ่มแล้ว หรือใส่วันที่อื่น")
        return data

    @property
    def points(self) -> list[Any]:
        """The points in time that were chosen and have begun."""
        data = self.cleaned_data
        years = range(data["since"], data["until"] + 1)
        return points(years, data["quarter"], self.days, today=self.today)

    @property
    def scope(self) -> FigureScope:
        """What was chosen, within what the person sees."""
        data = self.cleaned_data
        province, region = data["province"], data["region"]
        return FigureScope(
            programme=data["programme"].code if data["programme"] else None,
            region=(province.region_id if province else region.pk if region else None)
            or self.user.region_id,
            province=province.pk if province else self.user.province_id,
        )

    def choice(self) -> Choice:
        """What to set out; only of a valid form."""
        data = self.cleaned_data
        rows = tuple(Axis(data[name]) for name in ("row", "row2") if data[name])
        return Choice(
            measures=tuple(self.offered[key] for key in data["measure"]),
            points=tuple(self.points),
            scope=self.scope,
            rows=rows,
            head=Axis(data["head"]),
            shows=tuple(Show(show) for show in data["show"]),
            split_places=data["places"] == "split",
            notes=tuple(self._notes()),
        )

    def _notes(self) -> Sequence[str]:
        """What the filter of a programme does not reach; quarters that have not begun."""
        data, notes = self.cleaned_data, []
        chosen = {self.offered[key].figure.key: self.offered[key].figure for key in data["measure"]}
        deaf = [figure.title for figure in chosen.values() if not figure.takes_programme]
        if data["programme"] and deaf:
            notes.append(f"ตัวกรองโครงการหลักไม่มีผลกับ: {' · '.join(deaf)}")
        asked = (data["until"] - data["since"] + 1) * len(set(data["quarter"])) + len(self.days)
        if asked > len(self.points):
            notes.append(f"ไม่แสดง {asked - len(self.points)} ไตรมาสที่ยังไม่เริ่ม")
        return notes

    def words(self) -> str:
        """The part of an address that brings this analysis back; only of a valid form."""
        data, query = self.cleaned_data, QueryDict(mutable=True)
        for name, value in data.items():
            if isinstance(value, list):
                query.setlist(name, [str(one) for one in value])
            elif value:
                key = value.code if isinstance(value, Programme) else getattr(value, "pk", value)
                query[name] = str(key)
        return query.urlencode()


class SaveForm(UserForm):
    """The name of an analysis and for whom it is; only what the person may give is offered."""

    title = TextField(label="ชื่อการวิเคราะห์", max_length=120)
    audience = forms.ChoiceField(
        label="ให้ใครเห็นการวิเคราะห์นี้",
        widget=forms.RadioSelect,
        initial=Audience.MINE,
        help_text="ผู้ที่เปิดเห็นตัวเลขในขอบเขตของตนเสมอ",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["audience"]
        offered.choices = [
            (value, f"{label} ({self.user.scope_label})" if value == Audience.OFFICE else label)
            for value, label in Audience.choices
            if can_give_to(self.user, value)
        ]


class ChangeForm(SaveForm):
    """An own analysis under another name or audience; ``version`` says which one was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class StateForm(SaveForm):
    """An analysis as a program saves it: with the words of its address."""

    query = TextField(
        label="คำในที่อยู่ (query string) ของการวิเคราะห์",
        max_length=4000,
        help_text="คัดลอกจากที่อยู่ของหน้าวิเคราะห์หลังเครื่องหมาย ?",
    )
