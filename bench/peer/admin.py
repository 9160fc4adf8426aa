"""Django's admin over the projects and the ledger, with what it does unless it is told better.

The columns are those of the product's lists; the sums of a project are what a developer writes
first: a method of the ``ModelAdmin`` that asks the database for the row's project.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Sum
from django.http import HttpRequest
from import_export import resources
from import_export.admin import ImportExportModelAdmin
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget

from codi.places.models import Province, Region
from finance.models import LedgerEntry
from programs.models import Organisation, Project
from welfare.models import FundStatus, WelfareFund
from welfare.services.status import AMOUNTS


def paid_baht(project: Project) -> Decimal:
    """Net paid of one project: one query."""
    found: Decimal | None = project.entries.aggregate(baht=Sum("net_baht"))["baht"]
    return found or Decimal(0)


class PeerSite(admin.AdminSite):
    """The admin for whoever is logged in: the product's users have no staff mark."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Everybody: rights are not what is measured."""
        return bool(request.user.is_active)


class Open(ImportExportModelAdmin):  # type: ignore[misc]
    """Everything is allowed, since the product's users have no permissions of Django's."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    has_change_permission = has_delete_permission = has_view_permission
    has_module_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True


class OrganisationResource(resources.ModelResource):  # type: ignore[misc]
    """A register in, as its documentation shows: codes of places by widget, a row by its name."""

    region = Field("region", "region", ForeignKeyWidget(Region, "code"))
    province = Field("province", "province", ForeignKeyWidget(Province, "code"))

    class Meta:
        model = Organisation
        import_id_fields = ("name", "province")
        fields = ("name", "kind", "region", "province", "contact")


class FundStatusResource(resources.ModelResource):  # type: ignore[misc]
    """What funds report in: the fund by its code, a row by fund and quarter."""

    fund = Field("fund", "fund", ForeignKeyWidget(WelfareFund, "code"))

    class Meta:
        model = FundStatus
        import_id_fields = ("fund", "fiscal_year", "quarter")
        fields = ("fund", "fiscal_year", "quarter", "reported_on", *AMOUNTS)


class ProjectResource(resources.ModelResource):  # type: ignore[misc]
    """The columns of the product's list."""

    paid = Field(column_name="paid")
    remaining = Field(column_name="remaining")

    class Meta:
        model = Project
        fields = (
            "code", "title", "organisation__name", "province__name", "status", "approved_on",
            "approved_baht", "paid", "remaining",
        )  # fmt: skip

    def dehydrate_paid(self, project: Project) -> Decimal:
        return paid_baht(project)

    def dehydrate_remaining(self, project: Project) -> Decimal:
        return (project.approved_baht or Decimal(0)) - paid_baht(project)


site = PeerSite(name="peer")


@admin.register(Project, site=site)
class ProjectAdmin(Open):
    """The list of projects."""

    resource_classes = [ProjectResource]
    list_display = (
        "code", "title", "organisation", "place_name", "status", "approved_on", "approved_baht",
        "paid", "remaining",
    )  # fmt: skip
    list_filter = ("programme", "region", "province", "level", "fiscal_year", "status")
    search_fields = ("code", "title", "organisation__name")

    @admin.display(description="paid")
    def paid(self, project: Project) -> Decimal:
        return paid_baht(project)

    @admin.display(description="remaining")
    def remaining(self, project: Project) -> Decimal:
        return (project.approved_baht or Decimal(0)) - paid_baht(project)


@admin.register(LedgerEntry, site=site)
class LedgerAdmin(Open):
    """The list of entries."""

    list_display = (
        "effective_on", "kind", "document_number", "project", "instalment", "amount_baht",
        "net_baht", "actor", "note",
    )  # fmt: skip
    list_filter = ("kind", "project__programme", "project__region", "project__province")
    search_fields = ("document_number", "project__title")
    ordering = ("-effective_on",)
