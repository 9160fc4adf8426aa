"""A list by the name of its address: which page it is, and which words and columns it knows."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.urls import NoReverseMatch, resolve, reverse

from codi.ui.lists import ListPage


def address_of(list_name: str) -> str:
    """The list's address. Raises ``Http404`` where there is no such list."""
    try:
        address = reverse(list_name)
    except NoReverseMatch:
        raise Http404 from None
    view = getattr(resolve(address).func, "view_class", None)
    if view is None or not issubclass(view, ListPage):
        raise Http404
    return address


def list_page(list_name: str, request: HttpRequest, query: QueryDict) -> ListPage:
    """The list as the person of ``request`` would open it with ``query``.

    Raises ``Http404`` for an unknown list and ``PermissionDenied`` for one that is not theirs.
    """
    view: Any = resolve(address_of(list_name)).func
    page: ListPage = view.view_class()
    asked: Any = HttpRequest()
    asked.user, asked.session, asked.META = request.user, request.session, request.META
    asked.GET, asked.path, asked.method = query, address_of(list_name), "GET"
    asked.resolver_match = resolve(asked.path)
    page.setup(asked)
    if not (decision := page.allowed()):
        raise PermissionDenied(getattr(decision, "reason", ""))
    return page
