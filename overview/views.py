"""The dashboard and its parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.gzip import gzip_page

from codi.accounts.access import ScopedMixin, visible_or_404
from codi.accounts.models import User
from codi.fiscal import AsOf
from codi.places.models import Province, Subdistrict
from codi.thai.dates import DateError, long_date, parse_date
from codi.ui.lists import Empty, ListPage
from councils.permissions import can_manage_councils
from overview.filters import TambonFilter
from overview.indicators import FIRST, INDICATORS, Indicator, shown_map
from overview.parts import PARTS, shown_part
from overview.standpoint import CAPITAL, Standpoint, default_day, form_of, standpoint_of
from overview.tables import TambonTable
from overview.tambon import tambon_shown
from overview.tambons import SHOWN, chosen, sums_of, tambons_for_list, tambons_of

MAP = "map"
DASHBOARD = ("ภาพรวม", reverse_lazy("overview:dashboard"))
TAMBONS_A_PAGE = 100
# The parts of the dashboard from above to below.
ORDER = ("councils", "new", "funds", "money", MAP, "work", "quality")


def word(code: str) -> str:
    """A code of the address; raises ``Http404`` for a character that no code has."""
    if "\0" in code:
        raise Http404
    return code


def visible_province_or_404(user: User, code: str) -> Province:
    """The province of a code in the person's sight."""
    provinces: Any = Province.objects.select_related("region")
    found: Province = visible_or_404(provinces, user, pk=word(code))
    return found


def province_title(province: Province) -> str:
    """จังหวัดเชียงใหม่; Bangkok as it is."""
    return province.name if province.pk == CAPITAL else f"จังหวัด{province.name}"


def tambon_title(place: Subdistrict, province: Province) -> str:
    """ตำบลศรีภูมิ; in Bangkok แขวง."""
    return f"แขวง{place.name}" if province.pk == CAPITAL else f"ตำบล{place.name}"


def region_url(province: Province) -> str:
    """The dashboard of the province's region."""
    return f"{reverse('overview:dashboard')}?region={province.region_id}"


def indicator_of(request: HttpRequest) -> Indicator:
    """What the map shows; raises ``Http404`` for an unknown word."""
    found = INDICATORS.get(request.GET.get("indicator") or FIRST)
    if found is None:
        raise Http404
    return found


def part_context(request: HttpRequest, key: str, here: Standpoint) -> dict[str, Any]:
    """What a part shows; raises ``Http404`` for an unknown one."""
    if key == MAP:
        shown = shown_map(indicator_of(request), here)
        return {"template": "overview/map.html", "shown": shown}
    if key not in PARTS:
        raise Http404
    return {"template": "overview/part.html", "shown": shown_part(PARTS[key], here)}


class Dashboard(ScopedMixin, View):
    """The country, a region or a province on a day: tiles, charts, map.

    Its parts are loaded one by one; ``?whole=1`` shows all of them at once, for paper and for
    browsers without scripts.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        form = form_of(request, self.user, self.today())
        context: dict[str, Any] = {"page_title": "ภาพรวม", "form": form, "has_errors": False}
        if not form.is_valid():
            return render(request, "overview/dashboard.html", context | {"has_errors": True})
        here = standpoint_of(request, self.user, form)
        indicator = indicator_of(request)
        keys = ORDER
        context |= {
            "here": here,
            "keys": keys,
            "query": here.query(indicator=indicator.key),
            "is_earlier": not form.cleaned_data["as_of"] and here.as_of != form.today,
        }
        if request.GET.get("whole"):
            context["parts"] = [part_context(request, key, here) for key in keys]
        return render(request, "overview/dashboard.html", context)

    def today(self) -> dt.date:
        """The day on which the page is opened, by the clock of Thailand."""
        return timezone.localdate()


@method_decorator(gzip_page, name="dispatch")
class DashboardPart(ScopedMixin, View):
    """One part of the dashboard, as a piece of its page."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        form = form_of(request, self.user, timezone.localdate())
        if not form.is_valid():
            raise Http404
        context = part_context(request, key, standpoint_of(request, self.user, form))
        return render(request, "overview/piece.html", context)


class ProvincePage(ScopedMixin, View):
    """A province: its tiles, and its tambons with what each has."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        province = visible_province_or_404(self.user, code)
        form = form_of(request, self.user, timezone.localdate(), in_place=True)
        context: dict[str, Any] = {
            "page_title": province_title(province),
            "crumbs": [
                DASHBOARD,
                (str(province.region), region_url(province)),
                (province.name, ""),
            ],
            "form": form,
            "province_code": province.pk,
            "has_errors": not form.is_valid(),
        }
        if form.is_valid():
            here = standpoint_of(request, self.user, form, province=province)
            context |= {"here": here, "keys": tuple(PARTS), "query": here.query()}
            context |= self._tambons(request, province, here)
            if request.GET.get("whole"):
                context["parts"] = [part_context(request, key, here) for key in PARTS]
        return render(request, "overview/province.html", context)

    @staticmethod
    def _tambons(request: HttpRequest, province: Province, here: Standpoint) -> dict[str, Any]:
        """The tambons that are searched for, a page of them, and their sums."""
        text = request.GET.get("q", "").replace("\0", "")[:100]
        shown = request.GET.get("shown", "")
        every = tambons_of(province, here.as_of)
        lines = chosen(every, text, shown)
        pages = Paginator(lines, TAMBONS_A_PAGE)
        return {
            "page": pages.get_page(request.GET.get("page")),
            "sums": sums_of(lines),
            "all_count": sum(bool(line.code) for line in every),
            "text": text,
            "shown": shown if shown in SHOWN else "",
            "choices": SHOWN.items(),
            "list_query": here.query(region="", province="", q=text, shown=shown),
            "place_query": here.query(region="", province=""),
        }


class TambonList(ScopedMixin, ListPage):
    """The tambons in sight with what each has on a day; searched, sorted and taken out."""

    model = Subdistrict
    table_class = TambonTable
    filterset_class = TambonFilter
    template_name = "overview/tambons.html"
    page_title = "ตำบลและแขวง"
    unit = "ตำบล"
    default_sort = "province"
    search_keys = ("search_key", "district__search_key")
    search_label = "ค้นหาตำบลหรืออำเภอ"
    empty = Empty("ยังไม่มีรายชื่อตำบล", "ผู้ดูแลระบบโหลดรายชื่อพื้นที่ได้ด้วยคำสั่ง load_places", "map")

    @cached_property
    def day(self) -> dt.date:
        """The day of which the list tells: the one asked for, else as the dashboard opens."""
        today = timezone.localdate()
        asked = self.request.GET.get("as_of", "").replace("\0", "")
        try:
            return parse_date(asked, today=today)
        except DateError:
            return default_day(self.user, today)

    def get_queryset(self) -> QuerySet[Any]:
        return tambons_for_list(self.user, self.day)

    def get_context(self) -> dict[str, Any]:
        return {"crumbs": [DASHBOARD, (self.page_title, "")], "page_lead": AsOf(self.day).label}

    def _conditions(self) -> Sequence[tuple[str, str]]:
        return [("นับถึงวันที่", long_date(self.day)), *super()._conditions()]


class SubdistrictPage(ScopedMixin, View):
    """A tambon: its councils, funds, projects, and what they did over the years."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        place = get_object_or_404(
            Subdistrict.objects.select_related("district__province__region"), pk=word(code)
        )
        province = visible_province_or_404(self.user, place.district.province_id)
        form = form_of(request, self.user, timezone.localdate(), in_place=True)
        way = (province.name, reverse("overview:province", args=[province.pk]))
        context: dict[str, Any] = {
            "page_title": tambon_title(place, province),
            "crumbs": [DASHBOARD, way, (place.name, "")],
            "form": form,
            "place": place,
            "province": province,
            "has_errors": not form.is_valid(),
        }
        if form.is_valid():
            here = standpoint_of(request, self.user, form, province=province)
            context |= {"here": here, "shown": tambon_shown(self.user, place, here.as_of)}
        return render(request, "overview/tambon.html", context | self._registering(place))

    def _registering(self, place: Subdistrict) -> dict[str, str]:
        """Where to register a council of the tambon, or who may."""
        may = can_manage_councils(self.user)
        url = f"{reverse('councils:council_new')}?subdistrict={place.pk}"
        return {
            "new_council": url if may else "",
            "council_advice": "" if may else f"การจดแจ้งสภา{may.reason}",
        }
