"""The page of a record's history."""

from __future__ import annotations

from typing import Any, cast

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404
from django.views.generic import TemplateView

from codi.accounts.access import ScopedMixin
from codi.history.queries import DELETED, Change, changes_of, event_model_of

PAGE_SIZE = 25


class HistoryPage(ScopedMixin, TemplateView):
    """Who changed the record and its parts; as visible as the record itself.

    What was deleted is out of everybody's scope but the nation's, who may still see its trail,
    unless it was somebody's own.
    """

    template_name = "history/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        model = _tracked_model(kwargs["model"])
        record = _record(self.visible(model), kwargs["pk"])
        changes = (
            changes_of(model, kwargs["pk"], user=self.user)
            if record or (self.user.sees_nation and not _is_personal(model))
            else []
        )
        if record is None and not _ends_deleted(model, changes):
            raise Http404
        page = Paginator(changes, PAGE_SIZE).get_page(self.request.GET.get("page"))
        address = getattr(record, "get_absolute_url", str)()
        name = str(record) if record else "รายการที่ถูกลบแล้ว"
        return super().get_context_data(
            page_title="ประวัติการแก้ไข",
            page_lead=f"{model._meta.verbose_name}: {name}",
            crumbs=[(name, address), ("ประวัติการแก้ไข", "")],
            page=page,
            **kwargs,
        )


def _tracked_model(label: str) -> type[models.Model]:
    """The tracked model with scoped rows that ``label`` names; 404 for any other."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise Http404 from error
    if event_model_of(model) is None or not hasattr(model._default_manager, "visible_to"):
        raise Http404
    return model


def _is_personal(model: type[models.Model]) -> bool:
    """Whether records of the model are somebody's own, such as a filter that is kept."""
    return any(field.name == "owner" for field in model._meta.fields)


def _record(visible: models.QuerySet[Any], pk: str) -> Any | None:
    try:
        return cast(Any, visible.filter(pk=pk).first())
    except (ValueError, ValidationError) as error:
        raise Http404 from error


def _ends_deleted(model: type[models.Model], changes: list[Change]) -> bool:
    """Whether the record existed once and was deleted."""
    name = str(model._meta.verbose_name)
    own = [change for change in changes if change.record.startswith(name)]
    return bool(own) and own[0].verb == DELETED
