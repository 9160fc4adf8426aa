"""Who may open what: the table of rights, written by hand from what the product promises.

People: ``O`` officer, ``M`` manager and ``F`` finance officer of the north; ``P`` an officer of
Chiang Mai alone; ``C`` finance officer, ``A`` analyst, ``E`` executive and ``D`` administrator of
the whole country; ``-`` nobody logged in.

A row says: who sees such a thing of the own region (others get 404), who of them may do it (others
get 403), and what the allowed are answered to a GET and to an empty POST. 405 is for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from tests.security.country import ANALYSIS, CELL, FAILING, Country

PEOPLE = "OMFPCAED"
NATION = "CAED"
ANONYMOUS = "-"

# Who sees a thing of Chiang Mai, of another province of the north, and of the north-east.
SEES = {
    "": (PEOPLE, PEOPLE, PEOPLE),
    "province": (PEOPLE, "OMF" + NATION, NATION),
    "region": (PEOPLE, PEOPLE, NATION),
    "report": ("OMF" + NATION, "OMF" + NATION, NATION),
    # A notice is its recipient's alone, while its record is in sight: O was told of each place.
    "told": ("O", "O", ""),
    "office": ("OMF", "OMF", ""),
    "requester": ("OM" + NATION, "OM" + NATION, NATION),
    "nobody": ("", "", ""),
}
PLACES = ("own", "near", "other")
# Things that the address names by an official code.
CODED = ("province", "tambon")


@dataclass(frozen=True)
class Row:
    """One address: what it is about, within whose sight that lies, who may, and the answers."""

    name: str
    about: str
    scope: str
    may: str
    get: int
    post: int
    kwargs: tuple[tuple[str, str], ...] = ()
    query: str = ""
    refused: int = 403
    may_post: str = ""

    @property
    def places(self) -> tuple[str, ...]:
        """The places whose thing is asked for; the second province where it makes a difference."""
        if not self.about:
            return ("own",)
        return PLACES if self.scope == "province" else ("own", "other")

    @property
    def is_for_programs(self) -> bool:
        """Whether the address is one of the API: strangers are told so, not sent to log in."""
        return self.name.startswith("api:") and self.name not in PAGES_OF_THE_API

    def refuses(self, method: str) -> bool:
        """Whether nobody may ask in this way."""
        return (self.get if method == "GET" else self.post) == 405

    def address(self, country: Country, place: str) -> str:
        """The address of the thing of a place."""
        given = dict(self.kwargs)
        if self.about in CODED:
            here = country.places[place]
            is_province = self.about == "province"
            given["code"] = here.province.pk if is_province else here.things["tambon"].pk
        elif self.about and self.about != "region":
            given.setdefault("pk", str(country.thing(self.about, place).pk))
        region = country.places[place].region.pk
        query = self.query.replace("{region}", region)
        url = reverse(self.name, kwargs=given)
        return f"{url}?{query}" if query else url

    def expected(self, who: str, place: str, method: str) -> int:
        """The status that the person is answered."""
        allowed = self.get if method == "GET" else self.post
        if who == ANONYMOUS and self.is_for_programs:
            return 401
        if who == ANONYMOUS:
            return PUBLIC.get((self.name, method), 302)
        if allowed == 405:
            return 405
        if who not in SEES[self.scope][PLACES.index(place)]:
            return 404
        may = self.may_post if self.may_post and method == "POST" else self.may
        return allowed if who in may else self.refused


# What people who have not logged in may open; everything else sends them to the login page.
PUBLIC = {
    ("accounts:login", "GET"): 200,
    ("accounts:login", "POST"): 200,
    ("accounts:logout", "GET"): 405,
    ("ui:echo_date", "POST"): 405,
    ("ui:echo_baht", "POST"): 405,
    ("councils:check_letter", "GET"): 404,
    ("councils:check_letter", "POST"): 405,
    ("health:live", "GET"): 200,
    ("health:live", "POST"): 405,
    ("health:ready", "GET"): 200,
    ("health:ready", "POST"): 405,
    # From the own machine, as here; from elsewhere 403 without the token (tests/health).
    ("health:metrics", "GET"): 200,
    ("health:metrics", "POST"): 405,
}
UNNAMED: set[str] = set()
PAGES_OF_THE_API = {"api:tokens", "api:token_new", "api:token_revoke", "api:handbook"}

ALL = PEOPLE
LIST = (("name", "finance:projects"),)
MAKERS = "OMP"
BRINGERS = "OMFPC"
DECIDERS = "MFC"
CHECKERS = "AD"
FINANCE = "FC"
CENTRE = "CD"
REPORTERS = "OMA"
APPROVERS = "ME"


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
    """The pages of one kind of pairs of doubles, and their register of the API."""
    name, register = f"{room}:{kind}_double", f"{kind}-doubles"
    found, asked, merged = (f"{kind} double {state}" for state in ("found", "asked", "merged"))
    return (
        _list(f"{name}s"),
        _new(f"{name}_new", MAKERS),
        Row(f"{name}_find", "", "", CHECKERS, 405, 302),
        Row(name, found, "province", ALL, 200, 405),
        Row(f"{name}_request", found, "province", MAKERS, 200, 200),
        Row(f"{name}_send_back", asked, "province", CHECKERS, 200, 200),
        Row(f"{name}_merge", asked, "province", CHECKERS, 200, 200),
        Row(f"{name}_close", found, "province", MAKERS + CHECKERS, 200, 200),
        Row(f"{name}_take_back", merged, "province", CHECKERS, 200, 200),
        *_api(register, found, "province", may_add=MAKERS),
        _api_act(f"{register}-request", found, "province", MAKERS),
        _api_act(f"{register}-send-back", asked, "province", CHECKERS),
        _api_act(f"{register}-merge", asked, "province", CHECKERS),
        _api_act(f"{register}-close", found, "province", MAKERS + CHECKERS),
        _api_act(f"{register}-take-back", merged, "province", CHECKERS),
    )


def _list(name: str, may: str = ALL) -> Row:
    return Row(name, "", "", may, 200, 405)


def _new(name: str, may: str) -> Row:
    return Row(name, "", "", may, 200, 200)


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
    Row("councils:group_certify", "group", "province", MAKERS, 200, 200),
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
    _list("reports:later", "OMF" + NATION),
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
    _list("api:schema"),
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
    _api_act("groups-certifications", "group", "province", MAKERS),
    _api_act("groups-letters", "group", "province", MAKERS),
    *_api("group-certifications", "group certification", "province"),
    *_api("letters", "letter", "province"),
    _api_act("letters-revoke", "letter", "province", "M"),
    _api_act("letters-reissue", "letter", "province", "M"),
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
