"""What a person keeps of a list: one query, however many filters there are."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import JSONField, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.http import QueryDict
from django.urls import reverse

from codi.accounts.models import User
from codi.kept.models import Audience, ListChoice, SavedFilter
from codi.ui.keeping import Kept, SavedLink

MOST_FILTERS = 50


def kept_of_page(page: Any) -> Kept:
    """What the person who opened ``page`` keeps of that list; filters as the list can read them."""
    match = page.request.resolver_match
    if match is None:
        return Kept()
    row = _row_of(page.request.user, match.view_name)
    choice = row["choice"] or {}
    links, default_query = [], ""
    for saved in row["filters"]:
        query = page.selection(QueryDict(saved["query"])).urlencode()
        if not query:
            continue
        is_default = saved["id"] == choice.get("default_filter")
        default_query = query if is_default else default_query
        audience = str(Audience(saved["audience"]).label)
        url = f"{page.request.path}?{query}"
        links.append(SavedLink(saved["name"], url, query, audience, is_default))
    named = {"name": match.view_name}
    return Kept(
        columns=choice.get("columns") or (),
        sort=choice.get("sort") or "",
        page_size=choice.get("page_size"),
        default_query=default_query,
        filters=links,
        settings_url=reverse("kept:settings", kwargs=named),
        save_url=reverse("kept:save", kwargs=named),
        size_url=reverse("kept:size", kwargs=named),
    )


def _row_of(user: User, list_name: str) -> dict[str, Any]:
    """The person's choice and the filters in sight, as plain values."""
    choice = ListChoice.objects.filter(user=OuterRef("pk"), list_name=list_name).values(
        found=JSONObject(
            columns="columns",
            sort="sort",
            page_size="page_size",
            default_filter="default_filter_id",
        )
    )
    filters = SavedFilter.objects.visible_to(user).of_list(list_name).order_by("name", "pk")
    found = filters.values(
        found=JSONObject(id="pk", name="name", query="query", audience="audience")
    )[:MOST_FILTERS]
    row: dict[str, Any] = (
        User.objects.filter(pk=user.pk)
        .annotate(
            choice=Subquery(choice, output_field=JSONField()),
            filters=ArraySubquery(found),
        )
        .values("choice", "filters")
        .get()
    )
    return row
