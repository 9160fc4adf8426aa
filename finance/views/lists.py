"""Lists of projects, ledger entries, late projects and budget moves."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from codi.accounts.access import ScopedMixin
from codi.thai.normalise import search_key
from codi.ui.lists import Empty, ListPage, Total
from finance import filters, permissions, queries, tables
from finance.frames import with_money
from finance.models import BudgetMove, Instalment, LedgerEntry
from programs.models import BudgetFrame, Organisation, Project
from programs.permissions import can_create_project

KEYS_IN_SEARCH = 500
"""So many records of another table are looked up by key; a search that fits more is too wide."""


class ProjectRows(ScopedMixin, ListPage):
    """What the lists of projects share: joins for the page and search by organisation too."""

    model = Project
    search_keys = ("search_key",)
    search_label = "ค้นหารหัส ชื่อโครงการ หรือองค์กร"
    unit = "โครงการ"

    def get_queryset(self) -> QuerySet[Any]:
        """Projects in sight with what the page names."""
        joins = ("organisation", "province", "district", "subdistrict")
        return Project.objects.visible_to(self.user).select_related(*joins)

    def _search_condition(self) -> Q:
        """As the kit's; organisations are looked up first, so that both sides use their index."""
        found = super()._search_condition()
        key = search_key(self.search_text)
        if not key:
            return found
        organisations = Organisation.objects.filter(search_key__contains=key)
        keys = list(organisations.values_list("pk", flat=True)[: KEYS_IN_SEARCH + 1])
        if len(keys) > KEYS_IN_SEARCH:
            return found | Q(organisation__search_key__contains=key)
        return found | Q(organisation__in=keys)


class Projects(ProjectRows):
    """Every project in sight with its money as of today."""

    table_class = tables.ProjectTable
    filterset_class = filters.ProjectFilter
    page_title = "โครงการ"
    template_name = "finance/project_list.html"
    totals = {
        "approved": Total("อนุมัติ", Sum("standing_baht")),
        "paid": Total("จ่ายสุทธิ", Sum("net_paid_baht")),
        "remaining": Total("คงเหลือ", Sum("left_to_pay_baht")),
    }
    empty = Empty(
        "ยังไม่มีโครงการในขอบเขตของท่าน",
        "เจ้าหน้าที่ภาคสร้างโครงการใหม่ได้จากปุ่มด้านบน หรือนำเข้าจากไฟล์ตาราง",
        "folder-open",
    )

    def get_queryset(self) -> QuerySet[Any]:
        """With the sums of each row, which the database makes for the page's rows only."""
        return queries.with_money(super().get_queryset(), timezone.localdate())

    @cached_property
    def sums(self) -> dict[str, Any]:
        """The totals, by one aggregate over projects and one over the ledger instead of per row."""
        money = queries.sums_of(self.rows, timezone.localdate())
        return {
            "row_count": money.project_count,
            "approved": money.approved_baht,
            "paid": money.net_baht,
            "remaining": money.left_baht,
        }

    def get_context(self) -> dict[str, Any]:
        return {"create": can_create_project(self.user)}


class Late(ProjectRows):
    """Projects that are not fully paid within six months of approval."""

    table_class = tables.LateTable
    filterset_class = filters.LateFilter
    page_title = "โครงการเบิกจ่ายล่าช้า"
    page_lead = "อนุมัติแล้วเกิน 6 เดือนแต่ยังจ่ายไม่ครบ (ยอดจ่ายไม่หักคืนงบ ไม่นับโครงการที่ปิดหรือยกเลิก)"
    template_name = "finance/list.html"
    results_template_name = "finance/late_results.html"
    default_sort = "due_on"
    totals = {"unpaid": Total("ยังไม่จ่าย", Sum("unpaid_baht"))}
    empty = Empty("ไม่มีโครงการล่าช้า", "ทุกโครงการในขอบเขตของท่านจ่ายครบหรือยังไม่ถึงกำหนด", "circle-check")

    def get_queryset(self) -> QuerySet[Any]:
        """Late as of today, with what each lacks."""
        return queries.late_with_money(super().get_queryset(), timezone.localdate())

    @cached_property
    def unpaid(self) -> list[queries.Unpaid]:
        """What every late project of the filter lacks, read once."""
        return queries.unpaid_of(self.rows)

    @cached_property
    def sums(self) -> dict[str, Any]:
        """Count and sum of what was read."""
        return {
            "row_count": len(self.unpaid),
            "unpaid": sum((baht for _due_on, baht in self.unpaid), queries.ZERO),
        }

    def get_context(self) -> dict[str, Any]:
        months = queries.late_by_month(self.unpaid)
        return {
            "crumbs": [("โครงการ", reverse("finance:projects")), (self.page_title, "")],
            "as_of": timezone.localdate(),
            "months": months,
            "quarters": queries.late_by_quarter(self.unpaid),
            "most": max((month.project_count for month in months), default=1),
        }


class Ledger(ScopedMixin, ListPage):
    """Every entry in sight."""

    model = LedgerEntry
    table_class = tables.LedgerTable
    filterset_class = filters.LedgerFilter
    page_title = "บัญชีเบิกจ่าย"
    page_lead = "รายการจ่าย คืนงบ กลับรายการ และปรับปรุง เพิ่มได้อย่างเดียว แก้หรือลบไม่ได้"
    search_texts = ("document_number",)
    search_label = "ค้นหาเลขที่เอกสาร รหัส หรือชื่อโครงการ"
    template_name = "finance/ledger_list.html"
    default_sort = "-effective_on"
    totals = {"net": Total("ยอดสุทธิ", Sum("net_baht"))}
    empty = Empty(
        "ยังไม่มีรายการเบิกจ่าย", "รายการเกิดขึ้นเมื่อเจ้าหน้าที่การเงินบันทึกการจ่ายจากหน้าโครงการ", "banknote"
    )

    def get_queryset(self) -> QuerySet[Any]:
        """Entries in sight with what the page names."""
        joins = ("project", "instalment", "actor")
        return LedgerEntry.objects.visible_to(self.user).select_related(*joins)

    def _search_condition(self) -> Q:
        """By document or project; projects are looked up first, so that both use their index."""
        found = super()._search_condition()
        key = search_key(self.search_text)
        if not key:
            return found
        projects = Project.objects.visible_to(self.user).filter(search_key__contains=key)
        keys = list(projects.values_list("pk", flat=True)[: KEYS_IN_SEARCH + 1])
        if len(keys) > KEYS_IN_SEARCH:
            return found | Q(project__search_key__contains=key)
        return found | Q(project__in=keys)


class Instalments(ScopedMixin, ListPage):
    """Every planned instalment in sight."""

    model = Instalment
    table_class = tables.InstalmentTable
    filterset_class = filters.InstalmentFilter
    page_title = "งวดเงิน"
    page_lead = "แผนงวดเงินของทุกโครงการ ยอดที่จ่ายแล้ว และการตรวจรับหลักฐาน"
    unit = "งวด"
    search_keys = ("project__search_key",)
    search_label = "ค้นหารหัสหรือชื่อโครงการ"
    template_name = "finance/list.html"
    default_sort = "planned_on"
    totals = {
        "planned": Total("ตามแผน", Sum("planned_baht")),
        "net": Total("จ่ายสุทธิ", Sum("net_baht")),
        "left": Total("คงเหลือ", Sum("left_baht")),
    }
    empty = Empty("ยังไม่มีแผนงวดเงิน", "วางแผนงวดเงินได้จากหน้าของโครงการ", "calendar-range")

    def get_queryset(self) -> QuerySet[Any]:
        """Instalments in sight with what was paid of each."""
        seen = Instalment.objects.visible_to(self.user).select_related("project")
        found: QuerySet[Any] = queries.with_left(seen)
        return found

    def get_context(self) -> dict[str, Any]:
        return {"crumbs": [("โครงการ", reverse("finance:projects")), (self.page_title, "")]}


class Frames(ScopedMixin, ListPage):
    """Every frame in sight as it stands now."""

    model = BudgetFrame
    table_class = tables.FrameTable
    filterset_class = filters.FrameFilter
    page_title = "กรอบงบประมาณ"
    page_lead = "งบที่จัดสรรให้ภาคและระดับโครงการ ที่ปรับโอน ที่ผูกพันด้วยการอนุมัติ และที่ยังอนุมัติได้"
    unit = "กรอบ"
    search_keys = ("programme__search_key",)
    search_label = "ค้นหารหัสหรือชื่อโครงการหลัก"
    template_name = "finance/list.html"
    default_sort = "programme"
    totals = {
        "allocated": Total("จัดสรร", Sum("allocated_baht")),
        "moved": Total("ปรับโอนสุทธิ", Sum("moved_baht")),
        "committed": Total("ผูกพัน", Sum("committed_baht")),
        "free": Total("คงเหลือ", Sum("free_baht")),
    }
    empty = Empty("ยังไม่มีกรอบงบ", "ผู้มีขอบเขตทั้งประเทศตั้งกรอบงบได้จากหน้าของโครงการหลัก", "wallet")

    def get_queryset(self) -> QuerySet[Any]:
        """Frames in sight with what moved, is committed and is free."""
        seen = BudgetFrame.objects.visible_to(self.user).select_related("programme", "region")
        return with_money(seen)

    def get_context(self) -> dict[str, Any]:
        return {"crumbs": [("แผนงาน", reverse("programs:programmes")), (self.page_title, "")]}


class Moves(ScopedMixin, ListPage):
    """Every budget move in sight."""

    model = BudgetMove
    table_class = tables.MoveTable
    filterset_class = filters.MoveFilter
    page_title = "ปรับโอนงบประมาณ"
    page_lead = "การโอนงบที่ยังไม่ผูกพันระหว่างกรอบงบ แก้หรือลบไม่ได้ หากผิดให้โอนกลับด้วยรายการใหม่"
    template_name = "finance/move_list.html"
    default_sort = "-moved_on"
    totals = {"moved": Total("โอนรวม", Sum("amount_baht"))}
    empty = Empty("ยังไม่มีการปรับโอนงบ", "เจ้าหน้าที่การเงินบันทึกการปรับโอนได้จากปุ่มด้านบน", "arrow-left-right")

    def get_queryset(self) -> QuerySet[Any]:
        """Moves in sight with what the page names."""
        frames = (
            f"{side}__{of}" for side in ("from_frame", "to_frame") for of in ("programme", "region")
        )
        return BudgetMove.objects.visible_to(self.user).select_related("actor", *frames)

    def get_context(self) -> dict[str, Any]:
        crumbs = [("บัญชีเบิกจ่าย", reverse("finance:ledger")), (self.page_title, "")]
        return {"move": permissions.can_move_budget(self.user), "crumbs": crumbs}
