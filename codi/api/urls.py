"""Addresses of the API, its documents, and the page of a person's tokens."""

from django.urls import path

from codi.api import views
from codi.api.declared import RESOURCES, VIEWS
from codi.api.viewsets import addresses

app_name = "api"
urlpatterns = [
    path("me/tokens/", views.TokenList.as_view(), name="tokens"),
    path("me/tokens/new/", views.TokenNew.as_view(), name="token_new"),
    path("me/tokens/<int:pk>/revoke/", views.TokenRevoke.as_view(), name="token_revoke"),
    path("api/v1/", views.Handbook.as_view(), name="handbook"),
    path("api/v1/handbook/<slug:key>/", views.HandbookChapter.as_view(), name="handbook_chapter"),
    path("api/v1/schema/", views.Schema.as_view(), name="schema"),
    *(
        path(f"api/v1/{address.pattern}", address.callback, name=address.name)
        for resource in RESOURCES.values()
        for address in addresses(resource)
    ),
    *(path(f"api/v1/{route}", view.as_view(), name=name) for route, name, view in VIEWS),
]
