"""Who may open what: the table of rights, written by hand from what the product promises.

People: ``O`` officer, ``M`` manager and ``F`` finance officer of the north; ``P`` an officer of
Chiang Mai alone; ``C`` finance officer, ``A`` analyst, ``E`` executive and ``D`` administrator of
the whole country; ``-`` nobody logged in.

A row says: who sees such a thing of the own region (others get 404), who of them may do it (others
get 403), and what the allowed are answered to a GET and to an empty POST. 405 is for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tests.security.country import CELL, FAILING, Country

PEOPLE = "OMFPCAED"
NATION = "CAED"
ANONYMOUS = "-"

# Who sees a thing of Chiang Mai, of another province of the north, and of the north-east.
SEES = {
    "": (PEOPLE, PEOPLE, PEOPLE),
    "province": (PEOPLE, "OMF" + NATION, NATION),
    "region": (PEOPLE, PEOPLE, NATION),
    "report": ("OMF" + NATION, "OMF" + NATION, NATION),
    "requester": ("OM" + NATION, "OM" + NATION, NATION),
}
PLACES = ("own", "near", "other")


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

    @property
    def places(self) -> tuple[str, ...]:
        """The places whose thing is asked for; the second province where it makes a difference."""
        if not self.about:
            return ("own",)
        return PLACES if self.scope == "province" else ("own", "other")

    def address(self, country: Country, place: str) -> str:
        """The address of the thing of a place."""
        given = dict(self.kwargs)
        if self.about and self.about != "region":
            given.setdefault("pk", str(country.thing(self.about, place).pk))
        region = country.places[place].region.pk
        query = self.query.replace("{region}", region)
        url = reverse(self.name, kwargs=given)
        return f"{url}?{query}" if query else url

    def expected(self, who: str, place: str, method: str) -> int:
        """The status that the person is answered."""
        allowed = self.get if method == "GET" else self.post
        if who == ANONYMOUS:
            return PUBLIC.get((self.name, method), 302)
        if allowed == 405:
            return 405
        if who not in SEES[self.scope][PLACES.index(place)]:
            return 404
        return allowed if who in self.may else self.refused


# What people who have not logged in may open; everything else sends them to the login page.
PUBLIC = {
    ("accounts:login", "GET"): 200,
    ("accounts:login", "POST"): 200,
    ("accounts:logout", "GET"): 405,
    ("ui:echo_date", "POST"): 405,
    ("ui:echo_baht", "POST"): 405,
}
UNNAMED = {"health/"}

ALL = PEOPLE
MAKERS = "OMP"
DECIDERS = "MFC"
FINANCE = "FC"
CENTRE = "CD"
REPORTERS = "OMA"
APPROVERS = "ME"


def _project(name: str, step: str, may: str, post: int = 200, get: int = 200) -> Row:
    return Row(f"finance:{name}", f"project {step}", "province", may, get, post)


def _edition(name: str, step: str, may: str, post: int = 200, **more: Any) -> Row:
    return Row(f"reports:{name}", f"edition {step}", "report", may, 200, post, **more)


def _list(name: str, may: str = ALL) -> Row:
    return Row(name, "", "", may, 200, 405)


def _new(name: str, may: str) -> Row:
    return Row(name, "", "", may, 200, 200)


ROWS = (
    # The frame
    _list("home"),
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
    Row("finance:entry", "entry", "province", ALL, 200, 405),
    Row("finance:reverse", "entry", "province", FINANCE, 200, 200),
    _list("finance:late"),
    _list("finance:moves"),
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
    # Programmes: for everybody to read, for the centre to set
    _list("programs:programmes"),
    _new("programs:programme_new", CENTRE),
    Row("programs:programme", "programme", "", ALL, 200, 405),
    Row("programs:programme_edit", "programme", "", CENTRE, 200, 200),
    Row("programs:frame_new", "programme", "", CENTRE, 200, 200),
    Row("programs:target_new", "programme", "", CENTRE, 200, 200),
    Row("programs:frame_edit", "frame", "region", CENTRE, 200, 200),
    Row("programs:target_edit", "target", "region", CENTRE, 200, 200),
    Row("programs:source_edit", "source", "", CENTRE, 200, 200),
    _list("programs:sources"),
    _new("programs:source_new", CENTRE),
    # Reports: of whole regions, so not for people of one province
    _list("reports:list", "OMF" + NATION),
    _new("reports:new", REPORTERS),
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
    # Long work: the requester's, the manager's of the region, the nation's
    _list("jobs:list"),
    Row("jobs:detail", "job queued", "requester", ALL, 200, 405),
    Row("jobs:progress", "job queued", "requester", ALL, 200, 405),
    Row("jobs:download", "job done", "requester", ALL, 200, 405),
    Row("jobs:cancel", "job queued", "requester", "OMD", 405, 302),
    Row("jobs:retry", "job failed", "requester", "OMD", 405, 302),
    # Uploads: the uploader's and those of people who look after the whole region
    _list("imports:list"),
    _new("imports:new", "OMFPC"),
    Row("imports:template", "", "", "OMFPC", 200, 405, kwargs=(("kind", "projects"),)),
    Row("imports:preview", "batch previewed", "report", ALL, 200, 405),
    Row("imports:errors", "batch wrong", "report", ALL, 200, 405),
    Row("imports:confirm", "batch previewed", "report", "O", 405, 302),
    Row("imports:send", "batch to send", "report", "O", 405, 302),
    Row("imports:check_again", "batch previewed", "report", "O", 405, 302),
    Row("imports:refuse", "batch waiting", "report", DECIDERS, 405, 200),
    Row("imports:discard", "batch previewed", "report", "O", 405, 302),
)
