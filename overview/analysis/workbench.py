"""An analysis from its words: form, table and files; pages, API and charts begin here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict

from codi.accounts.models import User
from codi.errors import Refused
from codi.figures.figure import Figure
from codi.fiscal import FiscalYear
from codi.places.models import Province, Region
from overview.analysis.forms import AnalysisForm
from overview.analysis.layout import Layout
from overview.analysis.table import Axis, Table
from programs.models import Programme

WORDS = (
    "measure", "since", "until", "quarter", "day", "region", "province", "programme",
    "places", "row", "row2", "head", "show",
)  # fmt: skip
MOST_PARTS = 4
HELD = "ตัวกรองที่ผู้บันทึกเลือกไว้อยู่นอกขอบเขตของท่าน จึงคำนวณในขอบเขตของท่านแทน"


def first_words(today: dt.date) -> QueryDict:
    """What a new analysis begins with: the present year by place, nothing chosen yet."""
    year = str(FiscalYear.of(today).number)
    query = QueryDict(mutable=True)
    query.update(
        {"since": year, "until": year, "places": "split", "row": "place", "head": "period"}
    )
    query.setlist("quarter", ["1", "2", "3", "4"])
    return query


def asked_words(query: QueryDict, today: dt.date) -> QueryDict:
    """The words of an analysis in an address; what it leaves open is as in a new one."""
    found = first_words(today)
    if "measure" in query and "day" in query and "quarter" not in query:
        del found["quarter"]
    for name in WORDS:
        if name in query:
            found.setlist(name, query.getlist(name))
    return found


@dataclass
class Workbench:
    """One analysis for one person; ``words`` say what, ``user`` what of it is in sight."""

    words: QueryDict
    user: User
    today: dt.date
    held: bool = False

    @classmethod
    def of_saved(cls, query: str, user: User, today: dt.date) -> Workbench:
        """A saved analysis in the reader's own scope: filters out of sight are left out."""
        words = asked_words(QueryDict(query), today)
        held = False
        for name, model, key in (
            ("region", Region, "pk"), ("province", Province, "pk"), ("programme", Programme, "code"),
        ):  # fmt: skip
            manager: Any = model._default_manager
            wanted = words.get(name)
            if wanted and not manager.visible_to(user).filter(**{key: wanted}).exists():
                del words[name]
                held = True
        return cls(words, user, today, held)

    @cached_property
    def form(self) -> AnalysisForm:
        """What was chosen."""
        return AnalysisForm(self.words, user=self.user, today=self.today)

    @cached_property
    def has_begun(self) -> bool:
        """Whether anything was chosen at all."""
        return "measure" in self.words

    @cached_property
    def layout(self) -> Layout | None:
        """The table; None where nothing is chosen, or the form says what is wrong."""
        if not self.has_begun or not self.form.is_valid():
            return None
        try:
            return Layout(Table(self.form.choice()))
        except Refused as refused:
            self.form.add_refusal(refused)
            return None

    @property
    def figures(self) -> list[Figure]:
        """The figures of the chosen measures, each once."""
        chosen = self.layout.choice.measures if self.layout else ()
        return list({one.figure.key: one.figure for one in chosen}.values())

    @property
    def has_filters(self) -> bool:
        """Whether places or programmes are chosen, so that their part of the form stands open."""
        chosen = [self.words.get(name) for name in ("region", "province", "programme")]
        return any(chosen) or self.words.get("places") == "whole"

    @property
    def has_layout(self) -> bool:
        """Whether the table is set out in another way than at first."""
        first = first_words(self.today)
        moved = any(
            self.words.get(name, "") != first.get(name, "") for name in ("row", "row2", "head")
        )
        return moved or "show" in self.words

    @property
    def parts(self) -> list[str]:
        """The columns of a chart: the last few values of the first measure.

        Measures in rows share their bars' axis only where they share a unit.
        """
        layout = self.layout
        if layout is None:
            return []
        choice = layout.choice
        if Axis.MEASURE in choice.rows and len({one.unit for one in choice.measures}) > 1:
            return []
        values = [one for one in layout.grid.columns if layout.is_value(one.key)]
        first = layout.measure_of(values[0].key)
        own = [one.key for one in values if layout.measure_of(one.key) == first]
        return own[-MOST_PARTS:]

    @property
    def chart_title(self) -> str:
        """What the chart shows."""
        layout = self.layout
        if layout is None or not self.parts:
            return ""
        measure = layout.measure_of(self.parts[0])
        told = measure.title if measure else layout.grid.title
        return f"{told} · {layout.grid.scope_label}"
