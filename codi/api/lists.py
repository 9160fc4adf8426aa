"""A page of a register's rows: search, the list's own filters, order by allow-list, pages with a total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from rest_framework.request import Request

from codi.api import errors
from codi.api.declared import Resource
from codi.api.errors import Problem
from codi.thai.normalise import clean, search_key

SEARCH, SORT, PAGE, SIZE = "q", "sort", "page", "size"
USUAL_SIZE, LARGEST_SIZE = 100, 500
LAST_PAGE = 1_000_000
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class PageOfRows:
    """The rows of one page, of how many."""

    rows: list[Any]
    count: int
    number: int
    size: int

    def link(self, request: Request, step: int) -> str | None:
        """The address of the page before or after, where there is one."""
        number = self.number + step
        if number < 1 or (number - 1) * self.size >= self.count:
            return None
        query = request.query_params.copy()
        query[PAGE] = str(number)
        return str(request.build_absolute_uri(f"{request.path}?{query.urlencode()}"))


def page_of(request: Request, resource: Resource) -> PageOfRows:
    """The asked page: three queries, however many rows. Raises :class:`Problem` for a wild word.

    The keys are put in order first, so that joins and sums are made for the page's rows only.
    """
    _require_known_words(request, resource)
    number = _whole(request, PAGE, 1, LAST_PAGE)
    size = _whole(request, SIZE, USUAL_SIZE, LARGEST_SIZE)
    found = _filtered(request, resource)
    count = found.order_by().count()
    start = (number - 1) * size
    keys = list(found.values_list("pk", flat=True)[start : start + size]) if start < count else []
    rows = {row.pk: row for row in resource.visible(request.user).filter(pk__in=keys)}
    return PageOfRows([rows[key] for key in keys if key in rows], count, number, size)


def words_of(resource: Resource) -> Mapping[str, Any]:
    """The filters of a register by the word of the address."""
    filters: Mapping[str, Any] = resource.filters.base_filters
    return filters


def is_searchable(resource: Resource) -> bool:
    """Whether ``?q=`` means something."""
    return bool(resource.search_keys or resource.search_texts)


def _require_known_words(request: Request, resource: Resource) -> None:
    known = {SORT, PAGE, SIZE, *words_of(resource), *([SEARCH] if is_searchable(resource) else [])}
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        blamed = [
            {"field": word, "code": "unknown_parameter", "message": "ไม่มีตัวกรองชื่อนี้"}
            for word in unknown
        ]
        raise Problem("invalid", "ลบตัวกรองที่ไม่รู้จักออกแล้วเรียกใหม่", errors=blamed)


def _whole(request: Request, word: str, usual: int, largest: int) -> int:
    typed = request.query_params.get(word, "")
    if word not in request.query_params:
        return usual
    if typed.isascii() and typed.isdigit() and len(typed) < 9 and 1 <= int(typed) <= largest:
        return int(typed)
    blamed = [{"field": word, "code": "invalid", "message": f"ต้องเป็นจำนวนเต็มตั้งแต่ 1 ถึง {largest}"}]
    raise Problem("invalid", "แก้ค่าในที่อยู่ (URL) แล้วเรียกใหม่", errors=blamed)


def _filtered(request: Request, resource: Resource) -> QuerySet[Any]:
    given = resource.filters(
        request.query_params, queryset=resource.visible(request.user), request=request
    )
    if not given.is_valid():
        raise errors.of_form({name: found.as_data() for name, found in given.form.errors.items()})
    found: QuerySet[Any] = given.qs
    if SEARCH in request.query_params:
        found = found.filter(_search(request.query_params[SEARCH], resource))
    return found.order_by(*_order(request, resource), "pk")


def _search(text: str, resource: Resource) -> Q:
    if "\0" in text:
        blamed = [{"field": SEARCH, "code": "invalid", "message": "คำค้นมีอักขระที่ใช้ไม่ได้"}]
        raise Problem("invalid", "แก้คำค้นแล้วเรียกใหม่", errors=blamed)
    wanted = clean(text)[:LONGEST_SEARCH]
    condition = Q()
    if key := search_key(wanted):
        for path in resource.search_keys:
            condition |= Q(**{f"{path}__contains": key})
    if wanted:
        for path in resource.search_texts:
            condition |= Q(**{f"{path}__icontains": wanted})
    return condition


def _order(request: Request, resource: Resource) -> list[Any]:
    asked = request.query_params.get(SORT, resource.default_sort)
    if not asked:
        return []
    path = resource.order.get(asked.removeprefix("-"))
    if path is None:
        names = ", ".join(resource.order)
        blamed = [{"field": SORT, "code": "invalid_choice", "message": f"เรียงได้เฉพาะตาม {names}"}]
        raise Problem("invalid", "แก้ค่า sort แล้วเรียกใหม่", errors=blamed)
    return [F(path).desc(nulls_last=True) if asked.startswith("-") else F(path).asc()]
