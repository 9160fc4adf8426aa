"""Pages of saved filters and of the columns of a list; each belongs to one list and one person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.errors import Refused
from codi.kept import services
from codi.kept.forms import ColumnsForm, FilterForm
from codi.kept.models import SavedFilter
from codi.kept.pages import address_of, list_page
from codi.kept.permissions import can_change_filter
from codi.ui.lists import PAGE_SIZES, SORT, ListPage
from codi.ui.pages import FormPage


class ListSettings(ScopedMixin, View):
    """Columns, order and page size of a list, and the saved filters that the person sees in it."""

    page: ListPage

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The list first: an unknown one is 404, one that is not theirs 403."""
        if request.user.is_authenticated:
            self.page = list_page(kwargs["name"], request, request.GET)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        return self._show(self._form())

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._show(form)
        services.keep_columns(
            actor=self.user,
            list_name=name,
            columns=form.columns(),
            sort=form.cleaned_data["sort"],
            page_size=form.cleaned_data["size"],
        )
        if form.cleaned_data["move"]:
            return redirect(f"{request.path}?moved={form.cleaned_data['move']}")
        messages.success(request, "บันทึกการแสดงของรายการแล้ว")
        return redirect(self.page.request.path)

    def _form(self, data: Any = None) -> ColumnsForm:
        kept = self.page.kept
        shown = [bound.name for bound in self.page.shown_columns]
        asked = self.page.sort if SORT in self.request.GET else kept.sort
        return ColumnsForm(
            data,
            initial={"show": shown, "sort": asked, "size": kept.page_size},
            page=self.page,
            user=self.user,
            today=timezone.localdate(),
        )

    def _show(self, form: ColumnsForm) -> HttpResponse:
        shown = [bound.name for bound in self.page.shown_columns]
        rest = [name for name in form.titles if name not in shown]
        checked = form.data.getlist("show") if form.is_bound else shown  # type: ignore[attr-defined]
        saved = SavedFilter.objects.visible_to(self.user).of_list(self.kwargs["name"])
        title = self.page.page_title
        context = {
            "page_title": f"การแสดงของรายการ: {title}",
            "crumbs": [(title, self.page.request.path), ("การแสดงของรายการ", "")],
            "form": form,
            "has_errors": form.is_bound and bool(form.errors),
            "columns": [(name, form.titles[name], name in checked) for name in [*shown, *rest]],
            "moved": self.request.GET.get("moved", ""),
            "name": self.kwargs["name"],
            "filters": self._filters(saved.select_related("owner")),
        }
        return render(self.request, "kept/settings.html", context)

    def _filters(self, saved: Any) -> list[dict[str, Any]]:
        address, default = self.page.request.path, self.page.kept.default_query
        found = []
        for one in saved:
            query = self.page.selection(QueryDict(one.query)).urlencode()
            facts = {"saved": one, "url": f"{address}?{query}", "is_default": query == default}
            found.append(facts | {"may": can_change_filter(self.user, one)})
        return found


class Reset(ScopedMixin, View):
    """Show a list as it was declared."""

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        page = list_page(name, request, QueryDict())
        services.forget_columns(actor=self.user, list_name=name)
        messages.success(request, "แสดงรายการตามที่ระบบกำหนดแล้ว")
        return redirect(page.request.path)


class PageSize(ScopedMixin, View):
    """Keep how many rows a page has, and go back to where the person was."""

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        page = list_page(name, request, QueryDict())
        size = request.POST.get("size", "")
        if size in map(str, PAGE_SIZES):
            services.keep_page_size(actor=self.user, list_name=name, page_size=int(size))
        here = QueryDict(request.POST.get("here", ""))
        query = page.selection(here)
        query[SORT] = here.get(SORT, "")
        return redirect(f"{page.request.path}?{query.urlencode()}")


class FilterForms(ScopedMixin, FormPage):
    """What saving and changing a filter share."""

    form_class = FilterForm
    list_name: str

    def get_context(self, form: Any) -> dict[str, Any]:
        page = list_page(self.list_name, self.request, QueryDict())
        crumbs = [(page.page_title, page.request.path), (self.page_title, "")]
        return super().get_context(form) | {"crumbs": crumbs, "cancel_url": page.request.path}


class FilterNew(FilterForms):
    """Save the filter in the address under a name."""

    page_title = "บันทึกตัวกรอง"
    page_lead = "ตัวกรองที่บันทึกจะอยู่เหนือรายการ กดครั้งเดียวก็ได้เงื่อนไขเดิม"
    submit_label = "บันทึกตัวกรอง"
    template_name = "kept/save.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The list first: an unknown one is 404, one that is not theirs 403."""
        self.list_name = kwargs["name"]
        if request.user.is_authenticated:
            self.page = list_page(self.list_name, request, request.GET)
        return super().dispatch(request, *args, **kwargs)

    def act(self, form: FilterForm) -> HttpResponse:
        if not self.page.filterset.is_valid():
            raise Refused("ตัวกรองนี้มีค่าที่ใช้ไม่ได้ กลับไปแก้ตัวกรองในรายการ แล้วบันทึกอีกครั้ง")
        query = self.page.selection().urlencode()
        chosen = form.cleaned_data
        saved = services.save_filter(
            actor=self.user, list_name=self.list_name, query=query, **chosen
        )
        messages.success(self.request, f"บันทึกตัวกรอง “{saved.name}” แล้ว")
        return redirect(f"{self.page.request.path}?{query}")

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {"chips": self.page.chips}


class FilterEdit(FilterForms):
    """Give an own filter another name or audience."""

    page_title = "แก้ไขตัวกรอง"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Sight and right before the form."""
        if request.user.is_authenticated:
            self.saved: SavedFilter = self.get_visible_or_404(SavedFilter, pk=kwargs["pk"])
            self.require(can_change_filter(self.user, self.saved))
            self.list_name = self.saved.list_name
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        initial = {"name": self.saved.name, "audience": self.saved.audience}
        return super().get_form_kwargs() | {"initial": initial}

    def act(self, form: FilterForm) -> HttpResponse:
        services.change_filter(actor=self.user, saved=self.saved, **form.cleaned_data)
        messages.success(self.request, "แก้ไขตัวกรองแล้ว")
        return redirect("kept:settings", name=self.list_name)


class OpenWith(ScopedMixin, View):
    """Open a list with a filter from now on, or no longer (``off``)."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        saved: SavedFilter = self.get_visible_or_404(SavedFilter, pk=pk)
        chosen = None if "off" in request.POST else saved
        services.open_with(actor=self.user, list_name=saved.list_name, saved=chosen)
        address_of(saved.list_name)
        messages.success(
            request,
            f"เปิดรายการด้วยตัวกรอง “{saved.name}” ตั้งแต่ครั้งต่อไป"
            if chosen
            else "เปิดรายการโดยไม่กรองตั้งแต่ครั้งต่อไป",
        )
        return redirect("kept:settings", name=saved.list_name)
