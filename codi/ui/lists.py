"""Lists: what a person may see, searched, filtered, sorted, paged, summed and exported.

The whole state is in the address, so a list can be bookmarked and sent on. What the address leaves
open (columns, order, page size) is as the person keeps it (``codi.ui.keeping``). Everything works
without script; with htmx only the results are exchanged.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Page, Paginator
from django.db.models import Aggregate, Count, F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views import View

from codi.thai.dates import short_date
from codi.thai.normalise import clean, search_key
from codi.thai.numbers import baht, number
from codi.ui import exports
from codi.ui.additions import WORD, Narrowing, narrowings_of, tools_of
from codi.ui.export_rows import rows_of
from codi.ui.fields import BahtField, ThaiDateField
from codi.ui.keeping import Kept, kept_of
from codi.ui.tables import ListTable

PAGE_SIZES = (25, 50, 100)
# Above so many rows the order is found on keys alone, and only the page's rows are read whole.
LARGE_LIST_COUNT = 10_000
# Characters in a file for the widths on the screen.
EXPORT_WIDTHS = {"wide": 48, "roomy": 48, "middling": 32, "code": 18, "nowrap": 18}
LONGEST_SEARCH = 100
# Words of the address that are not filters.
SEARCH, SORT, PAGE, SIZE, EXPORT = "q", "sort", "page", "size", "export"
# Opens the whole list for those whom it otherwise greets with a filter of their own.
EVERYTHING = "all"


class ThaiDateFilter(django_filters.Filter):  # type: ignore[misc]
    """A day as people write it."""

    field_class = ThaiDateField


class BahtFilter(django_filters.Filter):  # type: ignore[misc]
    """An amount as people write it."""

    field_class = BahtField


class ListFilter(django_filters.FilterSet):  # type: ignore[misc]
    """The filters of a list; choices of places and records must be ``visible_to(request.user)``."""

    @property
    def form(self) -> Any:
        """The filter form, its fields told who filters and on which day."""
        form = super().form
        form.label_suffix = ""
        form.use_required_attribute = False
        for field in form.fields.values():
            if hasattr(field, "bind"):
                field.bind(user=self.request.user, today=timezone.localdate())
        return form


@dataclass(frozen=True)
class Total:
    """A sum below the heading of a list, over all rows of the filter and not only of the page."""

    label: str
    expression: Aggregate
    unit: str = "บาท"


@dataclass(frozen=True)
class Chip:
    """An active filter, and the address without it."""

    text: str
    url: str


@dataclass(frozen=True)
class Header:
    """The head of a column with its state of sorting; ``url`` and ``sort`` turn it round."""

    name: str
    label: str
    unit: str
    css_class: str
    url: str = ""
    sort: str = ""
    aria_sort: str = ""


@dataclass(frozen=True)
class Empty:
    """Why a list is empty and what to do."""

    title: str
    text: str
    icon: str = "inbox"
    url: str = ""
    label: str = ""


class CountedPaginator(Paginator):  # type: ignore[type-arg]
    """A paginator that was told the count by the query of the sums."""

    def __init__(self, rows: QuerySet[Any], size: int, total_count: int) -> None:
        super().__init__(rows, size)
        self.total_count = total_count

    @cached_property
    def count(self) -> int:
        """Rows of the whole filter."""
        return self.total_count


class ListPage(LoginRequiredMixin, View):
    """One list.

    A subclass gives ``model``, ``table_class``, ``page_title``, mostly ``filterset_class`` and
    ``default_sort``, and where to search: ``search_keys`` are stored keys made by
    ``codi.thai.normalise.search_key``, ``search_texts`` plain fields such as codes.
    ``search_codes`` are codes of joined records beside names of people: a search with a digit looks
    there, any other in the rest, because an index cannot serve both at once.
    Rows always come through ``.visible_to(user)``; :meth:`get_queryset` may add joins to them.
    """

    request: HttpRequest
    model: type[Model]
    table_class: type[ListTable]
    filterset_class: type[ListFilter] = ListFilter
    page_title: ClassVar[str] = ""
    page_lead: ClassVar[str] = ""
    template_name: ClassVar[str] = "ui/list.html"
    results_template_name: ClassVar[str] = "ui/list_results.html"
    default_sort: ClassVar[str] = ""
    search_keys: ClassVar[Sequence[str]] = ()
    search_texts: ClassVar[Sequence[str]] = ()
    search_codes: ClassVar[Sequence[str]] = ()
    search_label: ClassVar[str] = "ค้นหา"
    totals: ClassVar[Mapping[str, Total]] = {}
    unit: ClassVar[str] = "รายการ"
    stacked: ClassVar[bool] = True
    empty: ClassVar[Empty] = Empty("ยังไม่มีข้อมูล", "เมื่อมีการบันทึกข้อมูล รายการจะแสดงที่นี่")

    # What a subclass may change

    def get_queryset(self) -> QuerySet[Any]:
        """The rows in sight of the person."""
        manager: Any = self.model._default_manager
        visible: QuerySet[Any] = manager.visible_to(self.request.user)
        return visible

    def allowed(self) -> Any:
        """A ``Decision``: whether the person may open this list at all."""
        return True

    def get_context(self) -> dict[str, Any]:
        """More for the template, such as ``crumbs``."""
        return {}

    # The state of the list

    @cached_property
    def search_text(self) -> str:
        """What was typed into the search box."""
        return clean(self.request.GET.get(SEARCH, ""))[:LONGEST_SEARCH]

    @cached_property
    def filterset(self) -> ListFilter:
        """The filters as the address sets them."""
        return self.filterset_class(
            self.request.GET, queryset=self.get_queryset(), request=self.request
        )

    @cached_property
    def narrowed(self) -> Sequence[tuple[Narrowing, str]]:
        """The narrowings that the address asks for, each with its value."""
        given = ((one, self.request.GET.get(WORD + one.key)) for one in narrowings_of(type(self)))
        return [(narrowing, text) for narrowing, text in given if text is not None]

    @cached_property
    def kept(self) -> Kept:
        """What the person keeps of this list."""
        return kept_of(self)

    @cached_property
    def table_columns(self) -> Sequence[Any]:
        """Every column that the table has, in the order of its declaration."""
        return list(self.table_class([]).columns)

    @cached_property
    def shown_columns(self) -> Sequence[Any]:
        """The columns on the screen, on paper and in files, in order."""
        known = {bound.name: bound for bound in self.table_columns}
        chosen = [known[name] for name in self.kept.columns if name in known]
        return chosen or self.table_columns

    @cached_property
    def sort(self) -> str:
        """The column to sort by, ``-`` before it for downwards; unknown ones count as default."""
        known = {column.name for column in self.table_columns if column.orderable}
        for asked in (self.request.GET.get(SORT, ""), self.kept.sort):
            if asked.removeprefix("-") in known:
                return asked
        return self.default_sort

    @cached_property
    def page_size(self) -> int:
        """The asked size, else the one this person keeps for this list."""
        asked = self.request.GET.get(SIZE, "")
        if asked in map(str, PAGE_SIZES):
            return int(asked)
        kept = self.kept.page_size
        return kept if kept in PAGE_SIZES else PAGE_SIZES[0]

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """The rows of search and filter, in order."""
        if not self.filterset.is_valid():
            return self.get_queryset().none()
        found: QuerySet[Any] = self.filterset.qs
        if self.search_text:
            found = found.filter(self._search_condition())
        for narrowing, text in self.narrowed:
            found = narrowing.narrow(found, text)
        order = self._order()
        return found.order_by(*order, "pk") if order else found

    def _search_condition(self) -> Q:
        condition = Q(pk=None)
        if key := search_key(self.search_text):
            for path in self.search_keys:
                condition |= Q(**{f"{path}__contains": key})
        texts = self.search_texts
        if self.search_codes and any(letter.isdigit() for letter in self.search_text):
            texts = self.search_codes
        for path in texts:
            condition |= Q(**{f"{path}__icontains": self.search_text})
        return condition

    def _order(self) -> list[OrderBy | str]:
        name = self.sort.removeprefix("-")
        column = next((column for column in self.table_columns if column.name == name), None)
        if column is None:
            return [self.sort] if self.sort else []
        paths = column.column.order_by or (column.accessor,)
        downwards = self.sort.startswith("-")
        return [_ordering(self.model, str(path).replace(".", "__"), downwards) for path in paths]

    @cached_property
    def sums(self) -> dict[str, Any]:
        """The count and the sums of the whole filter, by one query."""
        wanted = {name: total.expression for name, total in self.totals.items()}
        found: dict[str, Any] = self.rows.order_by().aggregate(row_count=Count("*"), **wanted)
        return found

    @property
    def is_filtered(self) -> bool:
        """Whether search or a filter takes rows away."""
        return bool(self.chips) or not self.filterset.is_valid()

    @cached_property
    def chips(self) -> Sequence[Chip]:
        """The active search and filters."""
        chips = []
        if self.search_text:
            chips.append(Chip(f"ค้นหา “{self.search_text}”", self.address(**{SEARCH: None})))
        form = self.filterset.form
        if self.filterset.is_valid():
            for name, value in form.cleaned_data.items():
                if value not in (None, "", []):
                    text = f"{form[name].label}: {_shown(form.fields[name], value)}"
                    chips.append(Chip(text, self.address(**{name: None})))
        for narrowing, value in self.narrowed:
            text = f"{narrowing.title}: {narrowing.shown(self.rows, value)}"
            chips.append(Chip(text, self.address(**{WORD + narrowing.key: None})))
        return chips

    @cached_property
    def words(self) -> Sequence[str]:
        """The words of the address that choose rows: search, filters, narrowings."""
        narrowings = (WORD + one.key for one in narrowings_of(type(self)))
        return (SEARCH, *self.filterset.filters, *narrowings)

    def selection(self, given: QueryDict | None = None) -> QueryDict:
        """What of the address (or of ``given``) chooses rows; order, page and strange words not."""
        chosen = QueryDict(mutable=True)
        for word in self.words:
            asked = self.request.GET if given is None else given
            if values := [value for value in asked.getlist(word) if value]:
                chosen.setlist(word, values)
        return chosen

    def address(self, **changes: Any) -> str:
        """This list's address with some words changed; the page begins anew unless it is given."""
        query = self.request.GET.copy()
        for name, value in {PAGE: None, EXPORT: None, EVERYTHING: None, **changes}.items():
            query.pop(name, None)
            if value not in (None, ""):
                query[name] = str(value)
        return f"?{query.urlencode()}" if query else self.whole_list

    def _whole_address(self) -> str:
        """This list's address with its path, for who asks for its file later."""
        address = self.address()
        return f"{self.request.path}{address}" if address.startswith("?") else address

    @property
    def whole_list(self) -> str:
        """The address of the list without search and filter."""
        return (
            f"{self.request.path}?{EVERYTHING}=1" if self.kept.default_query else self.request.path
        )

    # Answers

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (decision := self.allowed()):
            return self._without_right(str(getattr(decision, "reason", "")))
        if not request.GET and self.kept.default_query:
            return redirect(f"{request.path}?{self.kept.default_query}")
        if request.GET.get(EXPORT) == "csv":
            return self._csv()
        if request.GET.get(EXPORT) == "xlsx" and not self.is_long:
            return exports.xlsx_response(self.as_export())
        return self._page()

    @property
    def is_long(self) -> bool:
        """Whether a file of all rows takes so long that it becomes a job, one at a time."""
        return bool(self.sums["row_count"] > settings.EXPORT_DIRECT_ROW_COUNT)

    def _csv(self) -> HttpResponseBase:
        if not self.is_long:
            return exports.csv_response(self.as_export())
        person: Any = self.request.user.pk
        if exports.LargeExport.begin(person):
            return exports.csv_response(self.as_export(), large_for=person)
        empty = Empty(
            "กำลังส่งออกรายการใหญ่ของท่านอยู่",
            "ส่งออกรายการใหญ่ได้ครั้งละ 1 ไฟล์ กรุณารอให้ไฟล์เดิมดาวน์โหลดเสร็จ แล้วลองใหม่อีกครั้ง",
            "hourglass",
        )
        context = {"page_title": self.page_title, "empty": empty, "refused": True}
        return render(self.request, self.template_name, context, status=429)

    def _page(self) -> HttpResponse:
        fragment = self.request.headers.get("HX-Target") == "results"
        template = self.results_template_name if fragment else self.template_name
        response = render(self.request, template, self._context())
        patch_vary_headers(response, ["HX-Target"])
        return response

    def _without_right(self, reason: str) -> HttpResponse:
        empty = Empty("ไม่มีสิทธิดูรายการนี้", reason or "ติดต่อผู้ดูแลระบบเพื่อขอสิทธิ", "lock")
        context = {"page_title": self.page_title, "empty": empty, "refused": True}
        return render(self.request, self.template_name, context, status=403)

    def _context(self) -> dict[str, Any]:
        count = self.sums["row_count"]
        searchable = bool(self.search_keys or self.search_texts)
        page = CountedPaginator(self.rows, self.page_size, count).get_page(
            self.request.GET.get(PAGE)
        )
        return {
            "page_title": self.page_title,
            "page_lead": self.page_lead,
            "results_template": self.results_template_name,
            "filter_form": self.filterset.form,
            "filters_open": bool(self.chips) or len(self.filterset.filters) <= 4,
            "searchable": searchable,
            "has_form": searchable or bool(self.filterset.form.fields),
            "search_label": self.search_label,
            "search_text": self.search_text,
            "sort": self.sort,
            "chips": self.chips,
            "narrowed": [(WORD + narrowing.key, text) for narrowing, text in self.narrowed],
            "tools": [(tool, url) for tool in tools_of(type(self)) if (url := tool.address(self))],
            "clear_url": self.whole_list,
            "kept": self.kept,
            "selection": self.selection().urlencode(),
            "kept_here": self.address(size=None).removeprefix("?"),
            "row_count": count,
            "unit": self.unit,
            "sums": self._shown_sums(),
            "headers": self._headers(),
            "table": self._table(self._records_of(page)),
            "stacked": self.stacked,
            "page": page,
            "pager": self._pager(page),
            "sizes": [(size, self.address(size=size)) for size in PAGE_SIZES],
            "page_size": self.page_size,
            **self._export_context(),
            "empty": self._why_empty() if not count else None,
            **self.get_context(),
        }

    def _export_context(self) -> dict[str, Any]:
        """The ways to a file of this list."""
        return {
            "export_urls": {kind: self.address(export=kind) for kind in ("xlsx", "csv")},
            "long_export": exports.long_address() if self.is_long else "",
            "too_many_for_xlsx": self.sums["row_count"] > exports.XLSX_ROWS,
            "export_key": uuid.uuid4().hex,
            "list_address": self._whole_address(),
            "asked_for_long": self.request.GET.get(EXPORT) == "xlsx",
        }

    def _table(self, records: list[Any]) -> ListTable:
        shown = [bound.name for bound in self.shown_columns]
        hidden = {bound.name for bound in self.table_columns}.difference(shown)
        return self.table_class(records, sequence=shown, exclude=hidden)

    def _records_of(self, page: Page[Any]) -> list[Any]:
        """The records of a page in order.

        Of a large list the keys are put in order first, without the joins and sums that only the
        rows on the screen need: a page far down then costs little more than the first.
        """
        if not page.paginator.count:
            return []
        if page.paginator.count <= LARGE_LIST_COUNT:
            return list(page.object_list)
        keys = list(page.object_list.values_list("pk", flat=True))  # type: ignore[attr-defined]
        found = {record.pk: record for record in self.get_queryset().filter(pk__in=keys)}
        return [found[key] for key in keys if key in found]

    def _shown_sums(self) -> Sequence[tuple[str, str]]:
        return [
            (
                total.label,
                f"{(baht if total.unit == 'บาท' else number)(self.sums[name] or 0)} {total.unit}",
            )
            for name, total in self.totals.items()
        ]

    def _headers(self) -> Sequence[Header]:
        return [self._header(bound) for bound in self.shown_columns]

    def _header(self, bound: Any) -> Header:
        column, name = bound.column, bound.name
        css_class = getattr(column, "css_class", "")
        plain = Header(name, str(bound.header), getattr(column, "unit", ""), css_class)
        if not bound.orderable:
            return plain
        up, down = self.sort == name, self.sort == f"-{name}"
        turned = f"-{name}" if up else name
        return Header(
            name,
            plain.label,
            plain.unit,
            css_class,
            url=self.address(sort=turned),
            sort=turned,
            aria_sort="ascending" if up else "descending" if down else "",
        )

    def _pager(self, page: Page[Any]) -> Sequence[tuple[str, str]]:
        """Number and address of each page to offer; an empty number stands for a gap."""
        numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        return [
            (str(entry), self.address(page=entry)) if isinstance(entry, int) else ("", "")
            for entry in numbers
        ]

    def _why_empty(self) -> Empty:
        """Three reasons, three texts: a wrong filter, nothing left by the filter, no data."""
        if not self.filterset.is_valid():
            return Empty("อ่านตัวกรองไม่ได้", "แก้ไขตัวกรองที่มีข้อความสีแดง แล้วค้นหาอีกครั้ง", "funnel-x")
        if self.is_filtered and self.get_queryset().exists():
            return Empty(
                "ไม่พบรายการตามเงื่อนไขนี้",
                "ลองใช้คำค้นที่สั้นลง หรือเอาตัวกรองบางตัวออก",
                "search-x",
                self.whole_list,
                "ล้างตัวกรอง",
            )
        return self.empty

    # Export

    def as_export(self) -> exports.Export:
        """The whole list of the present filter and order, in the columns of the screen."""
        columns = self.shown_columns
        today = short_date(timezone.localdate())
        return exports.Export(
            title=self.page_title,
            file_title=f"{self.page_title} ณ {today}",
            columns=[_export_column(bound) for bound in columns],
            rows=rows_of(self.rows, columns),
            conditions=self._conditions(),
        )

    def _conditions(self) -> Sequence[tuple[str, str]]:
        user: Any = self.request.user
        sorted_by = next(
            (
                str(bound.header) + (" จากมากไปน้อย" if self.sort.startswith("-") else "")
                for bound in self.table_columns
                if bound.name == self.sort.removeprefix("-")
            ),
            "ตามลำดับเดิมของรายการ",
        )
        return [
            ("ข้อมูล ณ", exports.moment_of_export()),
            ("จำนวน", f"{number(self.sums['row_count'])} {self.unit}"),
            *self._shown_sums(),
            ("ตัวกรอง", "\n".join(chip.text for chip in self.chips) or "ไม่มี (ทุกรายการที่เห็นได้)"),
            ("เรียงตาม", sorted_by),
            ("ผู้ส่งออก", str(user)),
            ("ขอบเขตที่เห็น", str(getattr(user, "scope_label", ""))),
        ]


def _ordering(model: type[Model], path: str, downwards: bool) -> OrderBy | str:
    """Downwards, empty values go last; a field that is never empty keeps the use of its index."""
    if not downwards:
        return path
    nullable = path not in {field.name for field in model._meta.fields if not field.null}
    return F(path).desc(nulls_last=True) if nullable else f"-{path}"


def _export_column(bound: Any) -> exports.ExportColumn:
    column = bound.column
    heading = f"{bound.header} ({column.unit})" if column.unit else str(bound.header)
    width = EXPORT_WIDTHS.get(column.css_class, 0) if column.kind == "text" else 0
    return exports.ExportColumn(heading, column.kind, column.definition, width)


def _shown(field: Any, value: Any) -> str:
    """A filter's value in words."""
    if hasattr(field, "shown"):
        return str(field.shown(value))
    if isinstance(value, QuerySet | list | tuple):
        return ", ".join(_shown(field, item) for item in value)
    choices = {} if isinstance(value, Model) else dict(getattr(field, "choices", ()))
    return str(choices.get(value, value))
