"""The page of one's tokens, the document of the API, and its readable page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.views import View
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from codi.accounts.access import ScopedMixin
from codi.api import services
from codi.api.forms import TokenForm
from codi.api.handbook import handbook, problem_kinds
from codi.api.models import ApiToken
from codi.api.permissions import can_make_token
from codi.api.schema import document, rendered
from codi.ui.pages import FormPage

PROFILE = ("ข้อมูลของฉัน", reverse_lazy("accounts:profile"))
TOKENS = ("โทเคน API", reverse_lazy("api:tokens"))


class TokenList(ScopedMixin, View):
    """One's own tokens: what each may do, until when, when it was used, and the way to end it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        now, today = timezone.now(), timezone.localdate()
        tokens = self.visible(ApiToken).select_related("user")
        context = {
            "page_title": "โทเคน API",
            "page_lead": "ให้โปรแกรมของท่านอ่านหรือบันทึกข้อมูลแทนท่าน ด้วยสิทธิและขอบเขตของท่านเท่านั้น",
            "crumbs": [PROFILE, ("โทเคน API", "")],
            "tokens": [(token, token.ended(now, today)) for token in tokens],
            "may_make": can_make_token(self.user),
        }
        return render(request, "api/tokens.html", context)


class TokenNew(ScopedMixin, FormPage):
    """Make a token and show its text once."""

    form_class = TokenForm
    page_title = "สร้างโทเคน API"
    submit_label = "สร้างโทเคน"

    def get_context(self, form: Any) -> dict[str, Any]:
        crumbs = [PROFILE, TOKENS, (self.page_title, "")]
        return super().get_context(form) | {"crumbs": crumbs, "cancel_url": TOKENS[1]}

    def act(self, form: TokenForm) -> HttpResponse:
        token, raw = services.create_token(
            actor=self.user, now=timezone.now(), today=self.today(), **form.cleaned_data
        )
        context = {"page_title": "สร้างโทเคนแล้ว", "token": token, "raw": raw}
        response = render(self.request, "api/new_token.html", context)
        response["Cache-Control"] = "no-store"
        return response


class TokenRevoke(ScopedMixin, View):
    """End a token, by POST from the list."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        token = self.get_visible_or_404(ApiToken, pk=pk)
        services.revoke_token(actor=self.user, token=token, now=timezone.now())
        messages.success(
            request, f"ยกเลิกโทเคน “{token.name}” แล้ว โปรแกรมที่ใช้โทเคนนี้เรียกข้อมูลไม่ได้ตั้งแต่นี้ไป"
        )
        return redirect("api:tokens")


class Handbook(ScopedMixin, View):
    """The API for people: how it is called, all its addresses by register, its problems."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "page_title": "คู่มือ API",
            "page_lead": "ที่อยู่ทั้งหมดตามทะเบียน ตรงกับเอกสาร OpenAPI",
            "chapters": handbook(document()),
            "problem_kinds": problem_kinds(),
            "schema_url": reverse("api:schema"),
        }
        return render(request, "api/handbook.html", context)


class HandbookChapter(ScopedMixin, View):
    """One register of the API: what is sent to each of its addresses, and the answers."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        chapters = handbook(document())
        chapter = next((one for one in chapters if one.key == key), None)
        if chapter is None:
            raise Http404
        context = {
            "page_title": f"คู่มือ API: {chapter.title}",
            "page_lead": chapter.text,
            "crumbs": (("คู่มือ API", reverse("api:handbook")), (chapter.title, "")),
            "chapter": chapter,
        }
        return render(request, "api/handbook_chapter.html", context)


@extend_schema(exclude=True)
class Schema(APIView):
    """The OpenAPI document as YAML, or as JSON where it is asked for."""

    def get(self, request: Request) -> HttpResponse:
        """``?format=json`` or an Accept of JSON; else YAML."""
        accept = request.headers.get("Accept", "")
        wants_json = request.query_params.get("format") == "json" or "json" in accept
        kind: Any = OpenApiJsonRenderer if wants_json else OpenApiYamlRenderer
        return HttpResponse(rendered(kind), content_type=kind.media_type)
