"""One row of the table of rights: who sees a thing, who may, and what they are answered.

People: ``O`` officer, ``M`` manager and ``F`` finance officer of the north; ``P`` an officer of
Chiang Mai alone; ``C`` finance officer, ``A`` analyst, ``E`` executive and ``D`` administrator of
the whole country; ``-`` nobody logged in.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from tests.security.place import Country

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
PAGES_OF_THE_API = {
    "api:tokens",
    "api:token_new",
    "api:token_revoke",
    "api:handbook",
    "api:handbook_chapter",
}

ALL = PEOPLE
MAKERS = "OMP"
BRINGERS = "OMFPC"
DECIDERS = "MFC"
CHECKERS = "AD"
FINANCE = "FC"
CENTRE = "CD"
REPORTERS = "OMA"
APPROVERS = "ME"
