"""Who may open what: the table of rights, written by hand from what the product promises.

``row.py`` says who the people are, ``rights_api.py`` has the part for programs.

A row says: who sees such a thing of the own region (others get 404), who of them may do it (others
get 403), and what the allowed are answered to a GET and to an empty POST. 405 is for everybody.
"""

from __future__ import annotations

from typing import Any

from tests.security.place import ANALYSIS, CELL, FAILING
from tests.security.rights_api import API_ROWS
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

LIST = (("name", "finance:projects"),)


def _project(name: str, step: str, may: str, post: int = 200, get: int = 200) -> Row:
    return Row(f"finance:{name}", f"project {step}", "province", may, get, post)


def _edition(name: str, step: str, may: str, post: int = 200, **more: Any) -> Row:
    return Row(f"reports:{name}", f"edition {step}", "report", may, 200, post, **more)


def _quarter(name: str, may: str, number: str, post: int = 200) -> Row:
    of = (("year", "2564"), ("number", number))
    return Row(f"reports:{name}", "", "", may, 200, post, kwargs=of)


def _files(name: str, about: str, may: str, get: int, post: int) -> Row:
    kind = (("kind", "project"),)
    return Row(f"files:{name}", about, "province", may, get, post, kwargs=kind)


def _fund(name: str, post: int = 200, *, about: str = "fund") -> Row:
    return Row(f"welfare:{name}", about, "province", MAKERS, 200, post)


def _doubles(room: str, kind: str) -> tuple[Row, ...]:
    """The pages of one kind of pairs of doubles."""
    name = f"{room}:{kind}_double"
    states = ("found", "asked", "merged", "closed")
    found, asked, merged, closed = (f"{kind} double {state}" for state in states)
    return (
        _list(f"{name}s"),
        _new(f"{name}_new", MAKERS),
        Row(f"{name}_find", "", "", CHECKERS, 405, 302),
        Row(name, found, "province", ALL, 200, 405),
        Row(f"{name}_request", found, "province", MAKERS, 200, 200),
        Row(f"{name}_send_back", asked, "province", CHECKERS, 200, 200),
        Row(f"{name}_merge", asked, "province", CHECKERS, 200, 200),
        Row(f"{name}_close", found, "province", MAKERS + CHECKERS, 200, 200),
        Row(f"{name}_reopen", closed, "province", CHECKERS, 200, 200),
        Row(f"{name}_take_back", merged, "province", CHECKERS, 200, 200),
    )


def _list(name: str, may: str = ALL) -> Row:
    return Row(name, "", "", may, 200, 405)


def _new(name: str, may: str) -> Row:
    return Row(name, "", "", may, 200, 200)


ROWS = (
    # The frame
    _list("home"),
    _list("health:live"),
    _list("health:ready"),
    _list("health:metrics"),
    Row("accounts:login", "", "", ALL, 302, 302),
    Row("accounts:logout", "", "", ALL, 405, 302),
    Row("accounts:profile", "", "", ALL, 200, 405),
    Row("accounts:password_change", "", "", ALL, 200, 200),
    Row("ui:echo_date", "", "", ALL, 200, 405, query="day=1/10/2569"),
    Row("ui:echo_baht", "", "", ALL, 200, 405, query="baht=1,000"),
    # People: the administrator of the whole country alone
    _list("accounts:user_list", "D"),
    _new("accounts:user_create", "D"),
    Row("accounts:user_edit", "person", "", "D", 200, 200),
    Row("accounts:user_active", "person", "", "D", 200, 200),
    Row("accounts:user_password", "person", "", "D", 405, 200),
    # Projects and their life
    _list("finance:projects"),
    _project("project", "under_way", ALL, post=405),
    _project("submit", "draft", MAKERS, post=302),
    _project("endorse", "submitted", "M"),
    _project("approve", "endorsed", DECIDERS),
    _project("send_back", "submitted", DECIDERS),
    _project("cancel", "draft", "OMFCP"),
    _project("close", "under_way", "M"),
    _project("record_in_pm", "approved", MAKERS),
    _new("programs:project_new", MAKERS),
    Row("programs:project_edit", "project draft", "province", MAKERS, 200, 200),
    # Their money
    _project("plan", "draft", "OMFCP"),
    _project("pay", "approved", FINANCE),
    _project("return", "under_way", FINANCE),
    _project("adjust", "under_way", FINANCE),
    Row("finance:evidence", "instalment", "province", DECIDERS, 200, 200),
    _list("finance:ledger"),
    # What people keep of lists: an office's filter is seen by the office and changed by its owner
    Row("kept:settings", "", "", ALL, 200, 200, kwargs=LIST),
    Row("kept:reset", "", "", ALL, 405, 302, kwargs=LIST),
    Row("kept:size", "", "", ALL, 405, 302, kwargs=LIST),
    Row("kept:save", "", "", ALL, 200, 200, kwargs=LIST),
    Row("kept:edit", "filter", "office", "O", 200, 200),
    Row("kept:open_with", "filter", "office", "OMF", 405, 302),
    # Analyses: an office's is opened by the office and changed by its owner
    _list("overview:analyses"),
    Row("overview:new_analysis", "", "", ALL, 200, 405, query=ANALYSIS),
    Row("overview:analysis_chart", "", "", ALL, 200, 405, query=ANALYSIS),
    Row("overview:save_analysis", "", "", ALL, 200, 200, query=ANALYSIS),
    Row("overview:analysis", "analysis", "office", ALL, 200, 405),
    Row("overview:change_analysis", "analysis", "office", "O", 200, 200),
    Row("pivot:table", "", "", ALL, 200, 405, kwargs=(("key", "projects"),)),
    Row("finance:entry", "entry", "province", ALL, 200, 405),
    Row("finance:reverse", "entry", "province", FINANCE, 200, 200),
    _list("finance:late"),
    _list("finance:instalments"),
    _list("finance:moves"),
    _list("finance:frames"),
    _new("finance:move_new", FINANCE),
    # Organisations, committees, meetings
    _list("programs:organisations"),
    _new("programs:organisation_new", MAKERS),
    Row("programs:organisation", "organisation", "province", ALL, 200, 405),
    Row("programs:organisation_edit", "organisation", "province", MAKERS, 200, 200),
    Row("programs:certify", "organisation", "province", MAKERS, 200, 200),
    _list("programs:meetings"),
    Row("programs:meeting", "meeting", "region", ALL, 200, 405),
    Row("programs:resolution_new", "meeting", "region", MAKERS, 200, 200),
    _list("programs:committees"),
    _new("programs:committee_new", MAKERS),
    Row("programs:meeting_new", "committee", "region", MAKERS, 200, 200),
    Row("programs:meeting_edit", "meeting", "region", MAKERS, 200, 200),
    Row("programs:committee_edit", "committee", "region", MAKERS, 200, 200),
    Row("programs:resolution_edit", "resolution", "region", MAKERS, 200, 200),
    Row("programs:certification_edit", "certification", "province", MAKERS, 200, 200),
    # Councils, their members and terms
    _list("councils:councils"),
    _new("councils:council_new", MAKERS),
    Row("councils:council", "council", "province", ALL, 200, 405),
    # Their work, groups, letters and proposals
    Row("councils:meeting_new", "council", "province", MAKERS, 200, 200),
    Row("councils:meeting_edit", "council meeting", "province", MAKERS, 200, 200),
    Row("councils:missions", "council", "province", MAKERS, 200, 200),
    Row("councils:capability_new", "council", "province", MAKERS, 200, 200),
    Row("councils:capability", "capability", "province", ALL, 200, 405),
    Row("councils:capability_edit", "capability", "province", MAKERS, 200, 200),
    Row("councils:review_new", "council", "province", MAKERS, 200, 200),
    Row("councils:review_edit", "review", "province", MAKERS, 200, 200),
    _list("councils:groups"),
    _new("councils:groups_certify", MAKERS),
    Row("councils:group_new", "council", "province", MAKERS, 200, 200),
    Row("councils:group", "group", "province", ALL, 200, 405),
    Row("councils:group_edit", "group", "province", MAKERS, 200, 200),
    Row("councils:group_end", "group", "province", MAKERS, 200, 200),
    Row("councils:group_reinstate", "group ended", "province", "M", 200, 302),
    Row("councils:group_certify", "group", "province", MAKERS, 200, 200),
    Row("councils:certification_withdraw", "group certification", "province", "M", 200, 200),
    Row("councils:letter_issue", "council", "province", MAKERS, 405, 302),
    Row("councils:group_letter_issue", "group", "province", MAKERS, 405, 302),
    Row("councils:letter", "letter", "province", ALL, 200, 405),
    Row("councils:letter_print", "letter", "province", MAKERS, 405, 200),
    Row("councils:letter_revoke", "letter", "province", "M", 200, 200),
    Row("councils:letter_reissue", "letter", "province", "M", 200, 200),
    # The page behind the code of a letter is for everybody; tests/councils asks it with real keys.
    Row("councils:check_letter", "", "", ALL, 404, 405, kwargs=(("token", "unknown"),)),
    _list("councils:proposals"),
    _new("councils:proposal_new", MAKERS),
    Row("councils:proposal", "proposal", "province", ALL, 200, 405),
    Row("councils:proposal_edit", "proposal", "province", MAKERS, 200, 200),
    Row("councils:proposal_follow_up", "proposal", "province", MAKERS, 200, 409),
    Row("councils:council_edit", "council", "province", MAKERS, 200, 200),
    Row("councils:certify", "council", "province", "M", 200, 200),
    Row("councils:council_withdraw", "council", "province", "MD", 200, 200),
    Row("councils:council_reinstate", "council withdrawn", "province", "MD", 200, 302),
    Row("councils:term_new", "council", "province", MAKERS, 200, 200),
    Row("councils:member_new", "council", "province", MAKERS, 200, 200),
    _list("councils:terms"),
    Row("councils:term", "term", "province", ALL, 200, 405),
    Row("councils:term_renew", "term", "province", MAKERS, 200, 200),
    Row("councils:term_withdraw", "term", "province", MAKERS, 200, 200),
    _list("councils:members"),
    Row("councils:member_edit", "member", "province", MAKERS, 200, 200),
    Row("councils:member_end", "member", "province", MAKERS, 200, 200),
    # Welfare funds: officers of the place record, the manager or the centre withdraws
    *_doubles("councils", "council"),
    *_doubles("councils", "group"),
    *_doubles("welfare", "fund"),
    _list("welfare:funds"),
    _list("welfare:completeness"),
    _new("welfare:fund_new", MAKERS),
    Row("welfare:fund", "fund", "province", ALL, 200, 405),
    _fund("fund_edit"),
    _fund("fund_stop", 409),
    Row("welfare:fund_withdraw", "fund", "province", "MD", 200, 200),
    _fund("status_new"),
    _fund("indicators_new"),
    _fund("review_new"),
    _fund("contribution_new"),
    _fund("status_edit", 409, about="fund status"),
    _fund("indicators_edit", 409, about="fund indicators"),
    _fund("review_edit", about="fund review"),
    _fund("contribution_edit", about="contribution"),
    _fund("contribution_project", about="contribution"),
    # Data quality: the inbox, one finding, the overview, the button
    _list("quality:list"),
    _list("quality:overview"),
    _list("quality:trend"),
    Row("quality:sweep", "", "", "OMFPCAD", 405, 302),
    Row("quality:finding", "finding", "province", ALL, 200, 405),
    Row("quality:close", "finding", "province", MAKERS, 200, 200),
    Row("quality:reopen", "finding", "province", MAKERS, 405, 302),
    # Entry grids: one of the kind of each address; the rights of the others: tests/entry
    Row("entry:grid", "", "", MAKERS, 200, 302, kwargs=(("key", "organisations"),)),
    Row("entry:rows", "", "", MAKERS, 405, 400, kwargs=(("key", "organisations"),)),
    Row("entry:grid_of", "project draft", "province", "OMFCP", 200, 302, kwargs=(("key", "plan"),)),
    Row("entry:rows_of", "project draft", "province", "OMFCP", 405, 400, kwargs=(("key", "plan"),)),
    # Programmes: for everybody to read, for the centre to set
    _list("programs:programmes"),
    _list("programs:programme_list"),
    _new("programs:programme_new", CENTRE),
    Row("programs:programme", "programme", "", ALL, 200, 405),
    Row("programs:programme_edit", "programme", "", CENTRE, 200, 200),
    Row("programs:frame_new", "programme", "", CENTRE, 200, 200),
    Row("programs:target_new", "programme", "", CENTRE, 200, 200),
    Row("programs:frame_edit", "frame", "region", CENTRE, 200, 200),
    Row("programs:target_edit", "target", "region", CENTRE, 200, 200),
    Row("programs:source_edit", "source", "", CENTRE, 200, 200),
    _list("programs:bases"),
    _new("programs:base_new", "D"),
    Row("programs:base_edit", "base", "region", "D", 200, 200),
    _list("programs:scales"),
    _new("programs:scale_new", "D"),
    Row("programs:scale_edit", "scale", "", "D", 200, 200),
    _list("programs:sources"),
    _new("programs:source_new", CENTRE),
    # Reports: of whole regions, so not for people of one province
    _list("reports:list", "OMF" + NATION),
    _new("reports:new", REPORTERS),
    _new("reports:new_quarterly", REPORTERS),
    _edition("detail", "submitted", ALL, post=405),
    _edition("progress", "submitted", ALL, post=405),
    _edition("text", "draft", REPORTERS, kwargs=(("slot", "results"),)),
    _edition("changes", "replacing", ALL, post=405),
    _edition("cell", "issued", ALL, post=405, query=CELL),
    _edition(
        "chart",
        "draft",
        ALL,
        post=405,
        kwargs=(("key", "projects.disbursement_by_province"),),
        query="as_of=2021-05-31",
    ),
    _edition("file", "issued", ALL, post=405, kwargs=(("kind", "pdf"),)),
    _edition("render", "draft", "OMAE"),
    _edition("submit", "draft", REPORTERS),
    _edition("send_back", "submitted", APPROVERS),
    _edition("approve", "submitted", APPROVERS),
    _edition("issue", "approved", APPROVERS),
    _edition("withdraw", "issuing", APPROVERS),
    _edition("replace", "issued", REPORTERS),
    Row("reports:compare", "edition replacing", "report", REPORTERS + "E", 405, 302),
    _edition("ask_waiver", "failing", REPORTERS, query=f"code={FAILING}"),
    Row("reports:allow_waiver", "check", "report", APPROVERS, 200, 200),
    # Quarters: parts of regions are accepted by the centre, never by the region itself
    Row("reports:approve", "part", "report", "AE", 200, 200),
    Row("reports:send_back", "part", "report", "AE", 200, 200),
    _list("reports:quarters", "OMF" + NATION),
    _quarter("quarter", "OMF" + NATION, "3", post=405),
    _quarter("quarter_close", "ED", "3"),
    _quarter("quarter_reopen", "ED", "1"),
    _quarter("quarter_due", "AE", "3"),
    Row("reports:quarter_by_key", "quarter open", "", ALL, 302, 405),
    _list("reports:later", "OMF" + NATION),
    Row("reports:later_read", "", "", "MAED", 405, 302),
    Row("reports:later_change", "later change", "report", ALL, 200, 405),
    # Live figures: of what the person sees; another region is no place at all
    _list("reports:figures"),
    Row(
        "reports:figure",
        "region",
        "region",
        ALL,
        200,
        405,
        kwargs=(("key", "projects.detail"),),
        query="region={region}&as_of=2021-05-31",
    ),
    Row(
        "reports:figure_cell",
        "region",
        "region",
        ALL,
        200,
        405,
        kwargs=(("key", "projects.disbursement_by_level"),),
        query="region={region}&as_of=2021-05-31&row=total&column=approved_baht",
    ),
    # Overviews: of what the person sees; another region, province or tambon is no place at all
    Row(
        "overview:dashboard",
        "region",
        "region",
        ALL,
        200,
        405,
        query="region={region}&as_of=2021-08-13&whole=1",
    ),
    Row(
        "overview:part",
        "region",
        "region",
        ALL,
        200,
        405,
        kwargs=(("key", "map"),),
        query="region={region}&as_of=2021-08-13",
    ),
    Row("overview:province", "province", "province", ALL, 200, 405, query="as_of=2021-08-13"),
    _list("overview:tambons"),
    Row("overview:subdistrict", "tambon", "province", ALL, 200, 405, query="as_of=2021-08-13"),
    # History: as visible as the record
    Row(
        "history:detail",
        "project under_way",
        "province",
        ALL,
        200,
        405,
        kwargs=(("model", "programs.project"),),
    ),
    # Files: as visible as the record they hang on; each kind of record has its own bringers
    _files("record", "project approved", ALL, 200, 405),
    _files("attach", "project approved", BRINGERS, 405, 200),
    _files("detail", "file", ALL, 200, 405),
    _files("content", "file", ALL, 200, 405),
    _files("preview", "file", ALL, 200, 405),
    _files("replace", "file", BRINGERS, 200, 200),
    _files("remove", "file", BRINGERS, 200, 200),
    _files("restore", "file removed", BRINGERS, 405, 302),
    # Long work: the requester's, the manager's of the region, the nation's
    _list("jobs:list"),
    Row("jobs:export", "", "", ALL, 405, 302),
    Row("jobs:detail", "job queued", "requester", ALL, 200, 405),
    Row("jobs:progress", "job queued", "requester", ALL, 200, 405),
    Row("jobs:download", "job done", "requester", ALL, 200, 405),
    Row("jobs:cancel", "job queued", "requester", "OMD", 405, 302),
    Row("jobs:retry", "job failed", "requester", "OMD", 405, 302),
    # Notices: everybody their own; how the mails went, the administrator
    _list("notices:list"),
    Row("notices:open", "notice", "told", "O", 302, 302),
    Row("notices:read", "", "", ALL, 405, 302),
    _new("notices:settings", ALL),
    _list("notices:mails", "D"),
    Row("notices:mails_again", "", "", "D", 405, 302),
    # The bin: as visible as the record was; who may delete such a record may bring it back
    _list("desk:bin"),
    Row("desk:binned", "binned", "province", ALL, 200, 405),
    Row("desk:restore", "binned", "province", MAKERS, 405, 302),
    Row(
        "desk:delete",
        "organisation",
        "province",
        MAKERS,
        405,
        302,
        kwargs=(("model", "programs.organisation"),),
    ),
    # Uploads: the uploader's and those of people who look after the whole region
    _list("imports:list"),
    _new("imports:new", "OMFPCD"),
    Row("imports:template", "", "", "OMFPC", 200, 405, kwargs=(("kind", "projects"),)),
    Row("imports:rows", "", "", "OMP", 200, 405, kwargs=(("kind", "organisations"),)),
    Row("imports:preview", "batch previewed", "report", ALL, 200, 405),
    Row("imports:errors", "batch wrong", "report", ALL, 200, 405),
    Row("imports:confirm", "batch previewed", "report", "O", 405, 302),
    Row("imports:send", "batch to send", "report", "O", 405, 302),
    Row("imports:check_again", "batch previewed", "report", "O", 405, 302),
    Row("imports:refuse", "batch waiting", "report", DECIDERS, 405, 200),
    Row("imports:undo", "batch previewed", "report", "", 200, 200),
    Row("imports:discard", "batch previewed", "report", "O", 405, 302),
    # The API: the same things, rights and scopes, in another shape
    _list("api:tokens"),
    _new("api:token_new", ALL),
    Row("api:token_revoke", "token", "nobody", "", 405, 302),
    _list("api:handbook"),
    Row("api:handbook_chapter", "", "", ALL, 200, 405, kwargs=(("key", "projects"),)),
    _list("api:schema"),
    *API_ROWS,
)
