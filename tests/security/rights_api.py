"""Who may ask the API for what: the part of the table of rights (``rights.py``) for programs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.security.row import (
    ALL,
    APPROVERS,
    BRINGERS,
    CENTRE,
    CHECKERS,
    DECIDERS,
    FINANCE,
    MAKERS,
    NATION,
    REPORTERS,
    Row,
)


def _api(register: str, about: str, scope: str, *, may_add: str = "") -> tuple[Row, Row]:
    """A register of the API: its list, and one row; an act without a one-time key is a 400."""
    post = 400 if may_add else 405
    return (
        Row(f"api:{register}-list", "", "", ALL, 200, post, may_post=may_add),
        Row(f"api:{register}-detail", about, scope, ALL, 200, 405),
    )


def _api_act(name: str, about: str, scope: str, may: str) -> Row:
    return Row(f"api:{name}", about, scope, may, 405, 400)


def _api_part(name: str, about: str, scope: str, **more: Any) -> Row:
    return Row(f"api:{name}", about, scope, ALL, 200, 405, **more)


def _api_own(register: str, about: str, scope: str, *, may_add: str = "") -> tuple[Row, Row]:
    """A register whose list is not for people of one province: reports and their parts."""
    first, second = _api(register, about, scope, may_add=may_add)
    return replace(first, may="OMF" + NATION), second


def _api_files(
    key: str, about: str, scope: str, may: str, *, may_remove: str | None = None
) -> tuple[Row, ...]:
    """The register of the files of one kind of record, its acts and its content."""
    name = f"{key}-files"
    return (
        *_api(name, about, scope),
        _api_act(f"{name}-replace", about, scope, may),
        _api_act(f"{name}-remove", about, scope, may if may_remove is None else may_remove),
        _api_act(f"{name}-restore", about, scope, may),
        _api_part(f"{name}-content", about, scope),
        _api_part(f"{name}-preview", about, scope),
    )


def _api_edition(step: str, of: str, may: str) -> Row:
    return _api_act(f"editions-{step}", f"edition {of}", "report", may)


def _api_batch(step: str, of: str, may: str) -> Row:
    return _api_act(f"import-batches-{step}", f"batch {of}", "report", may)


def _api_place(register: str, key: str) -> tuple[Row, Row]:
    return (
        Row(f"api:{register}-list", "", "", ALL, 200, 405),
        Row(f"api:{register}-detail", "", "", ALL, 200, 405, kwargs=(("pk", key),)),
    )


def _api_project(step: str, of: str, may: str) -> Row:
    return _api_act(f"projects-{step}", f"project {of}", "province", may)


def _api_doubles(kind: str) -> tuple[Row, ...]:
    """The register of one kind of pairs of doubles, with its acts."""
    register = f"{kind}-doubles"
    states = ("found", "asked", "merged", "closed")
    found, asked, merged, closed = (f"{kind} double {state}" for state in states)
    return (
        *_api(register, found, "province", may_add=MAKERS),
        _api_act(f"{register}-request", found, "province", MAKERS),
        _api_act(f"{register}-send-back", asked, "province", CHECKERS),
        _api_act(f"{register}-merge", asked, "province", CHECKERS),
        _api_act(f"{register}-close", found, "province", MAKERS + CHECKERS),
        _api_act(f"{register}-reopen", closed, "province", CHECKERS),
        _api_act(f"{register}-take-back", merged, "province", CHECKERS),
    )


API_ROWS = (
    *_api_place("regions", "N"),
    *_api_place("provinces", "50"),
    *_api_place("districts", "5001"),
    *_api_place("subdistricts", "500101"),
    *_api("bin", "binned", "province"),
    _api_act("bin-restore", "binned", "province", MAKERS),
    *_api("programmes", "programme", "", may_add=CENTRE),
    _api_act("programmes-frames", "programme", "", CENTRE),
    _api_act("programmes-targets", "programme", "", CENTRE),
    *_api("bases", "base", "region", may_add="D"),
    *_api("scales", "scale", "", may_add="D"),
    _api_part("scales-bands", "scale", ""),
    *_api("funding-sources", "source", "", may_add=CENTRE),
    *_api("frames", "frame", "region"),
    *_api("targets", "target", "region"),
    *_api("organisations", "organisation", "province", may_add=MAKERS),
    _api_act("organisations-certifications", "organisation", "province", MAKERS),
    _api_act("organisations-files", "organisation", "province", MAKERS),
    *_api_files("organisation", "file of organisation", "province", MAKERS),
    *_api("councils", "council", "province", may_add=MAKERS),
    _api_act("councils-certify", "council", "province", "M"),
    _api_act("councils-withdraw", "council", "province", "MD"),
    _api_act("councils-reinstate", "council withdrawn", "province", "MD"),
    _api_act("councils-terms", "council", "province", MAKERS),
    _api_act("councils-members", "council", "province", MAKERS),
    _api_act("councils-files", "council", "province", MAKERS),
    *_api_files("council", "file of council", "province", MAKERS),
    *_api("council-terms", "term", "province"),
    _api_act("council-terms-renew", "term", "province", MAKERS),
    _api_act("council-terms-withdraw", "term", "province", MAKERS),
    _api_act("council-terms-files", "term", "province", MAKERS),
    *_api_files("term", "file of term", "province", MAKERS),
    *_api("council-members", "member", "province"),
    _api_act("council-members-end", "member", "province", MAKERS),
    *_api("certifications", "certification", "province"),
    *(
        _api_act(f"councils-{act}", "council", "province", MAKERS)
        for act in ("meetings", "missions", "capability", "reviews", "groups", "letters")
    ),
    *_api("council-meetings", "council meeting", "province"),
    *_api("council-missions", "mission", "province"),
    *_api("council-capability", "capability", "province"),
    _api_act("council-capability-files", "capability", "province", MAKERS),
    *_api_files("capability", "file of capability", "province", MAKERS),
    *_api("council-reviews", "review", "province"),
    *_api("groups", "group", "province"),
    _api_act("groups-end", "group", "province", MAKERS),
    _api_act("groups-reinstate", "group ended", "province", "M"),
    _api_act("groups-certifications", "group", "province", MAKERS),
    _api_act("groups-letters", "group", "province", MAKERS),
    *_api("group-certifications", "group certification", "province"),
    _api_act("group-certifications-withdraw", "group certification", "province", "M"),
    *_api("letters", "letter", "province"),
    _api_act("letters-revoke", "letter", "province", "M"),
    _api_act("letters-reissue", "letter", "province", "M"),
    *_api_doubles("council"),
    *_api_doubles("group"),
    *_api("proposals", "proposal", "province", may_add=MAKERS),
    _api_act("proposals-follow-up", "proposal", "province", MAKERS),
    *_api("committees", "committee", "region", may_add=MAKERS),
    _api_act("committees-meetings", "committee", "region", MAKERS),
    *_api("meetings", "meeting", "region"),
    _api_act("meetings-resolutions", "meeting", "region", MAKERS),
    _api_act("meetings-files", "meeting", "region", MAKERS),
    *_api_files("meeting", "file of meeting", "region", MAKERS),
    *_api("resolutions", "resolution", "region"),
    *_api("projects", "project under_way", "province", may_add=MAKERS),
    _api_project("submit", "draft", MAKERS),
    _api_project("endorse", "submitted", "M"),
    _api_project("approve", "endorsed", DECIDERS),
    _api_project("send-back", "submitted", DECIDERS),
    _api_project("cancel", "draft", "OMFCP"),
    _api_project("close", "under_way", "M"),
    _api_project("record-in-pm", "approved", MAKERS),
    _api_project("instalments", "draft", "OMFCP"),
    _api_project("payments", "approved", FINANCE),
    _api_project("returns", "under_way", FINANCE),
    _api_project("adjustments", "under_way", FINANCE),
    _api_project("files", "approved", BRINGERS),
    *_api_files("project", "file", "province", BRINGERS),
    *_api("instalments", "instalment", "province"),
    _api_act("instalments-files", "instalment", "province", BRINGERS),
    # Money went through this instalment: its evidence stays.
    *_api_files("instalment", "file of instalment", "province", BRINGERS, may_remove=""),
    _api_act("instalments-clear-evidence", "instalment", "province", DECIDERS),
    *_api("ledger-entries", "entry", "province"),
    _api_act("ledger-entries-reverse", "entry", "province", FINANCE),
    *_api("budget-moves", "move", "region", may_add=FINANCE),
    *_api("funds", "fund", "province", may_add=MAKERS),
    _api_act("funds-stop", "fund", "province", MAKERS),
    _api_act("funds-withdraw", "fund", "province", "MD"),
    _api_act("funds-statuses", "fund", "province", MAKERS),
    _api_act("funds-indicators", "fund", "province", MAKERS),
    _api_act("funds-reviews", "fund", "province", MAKERS),
    _api_act("funds-contributions", "fund", "province", MAKERS),
    _api_act("funds-files", "fund", "province", MAKERS),
    *_api_files("fund", "file of fund", "province", MAKERS),
    *_api_doubles("fund"),
    *_api("findings", "finding", "province"),
    _api_act("findings-close", "finding", "province", MAKERS),
    _api_act("findings-reopen", "finding explained", "province", MAKERS),
    *_api("fund-statuses", "fund status", "province"),
    _api_act("fund-statuses-benefits", "fund status", "province", MAKERS),
    *_api("fund-benefits", "fund benefit", "province"),
    *_api("fund-indicators", "fund indicators", "province"),
    *_api("fund-reviews", "fund review", "province"),
    *_api("contributions", "contribution", "province"),
    _api_act("contributions-project", "contribution", "province", MAKERS),
    *_api_own("editions", "edition submitted", "report", may_add=REPORTERS),
    _api_edition("submit", "draft", REPORTERS),
    _api_edition("send-back", "submitted", APPROVERS),
    _api_edition("approve", "submitted", APPROVERS),
    _api_edition("issue", "approved", APPROVERS),
    _api_edition("withdraw", "issuing", APPROVERS),
    _api_edition("replace", "issued", REPORTERS),
    _api_edition("render", "draft", "OMAE"),
    _api_edition("waivers", "failing", REPORTERS),
    *_api("quarters", "quarter open", ""),
    _api_act("quarters-close", "quarter open", "", "ED"),
    _api_act("quarters-reopen", "quarter closed", "", "ED"),
    _api_act("quarters-due", "quarter open", "", "AE"),
    *_api_own("later-changes", "later change", "report"),
    *_api_own("edition-texts", "text", "report"),
    *_api_own("edition-checks", "check", "report"),
    _api_act("edition-checks-allow", "check", "report", APPROVERS),
    _api_part("editions-content", "edition issued", "report"),
    _api_part("editions-files-pdf", "edition issued", "report"),
    _api_part("editions-files-xlsx", "edition issued", "report"),
    Row("api:figures-list", "", "", ALL, 200, 405),
    Row(
        "api:figures-detail",
        "region",
        "region",
        ALL,
        200,
        405,
        kwargs=(("key", "projects.detail"),),
        query="region={region}&as_of=2021-05-31",
    ),
    *_api("analyses", "analysis", "office", may_add=ALL),
    _api_part("analyses-table", "analysis", "office"),
    _api_part("analyses-csv", "analysis", "office"),
    *_api("jobs", "job queued", "requester"),
    _api_part("jobs-file", "job done", "requester"),
    _api_act("jobs-cancel", "job queued", "requester", "OMD"),
    _api_act("jobs-retry", "job failed", "requester", "OMD"),
    *_api("import-batches", "batch previewed", "report", may_add="OMFPCD"),
    _api_batch("check-again", "previewed", "O"),
    _api_batch("confirm", "previewed", "O"),
    _api_batch("send", "to send", "O"),
    _api_batch("refuse", "waiting", DECIDERS),
    _api_batch("discard", "previewed", "O"),
    _api_batch("undo", "previewed", ""),
    _api_part("import-batches-errors", "batch wrong", "report"),
    _api_part("import-batches-errors-xlsx", "batch wrong", "report"),
    *_api("import-rows", "import row", "report"),
)
