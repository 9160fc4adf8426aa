"""What is written about the API is true: the example of the documents runs, the handbook says all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from codi.api.schema import document
from programs.models import OrganisationFile
from tests import north
from tests import world as build
from tests.api.conftest import Program
from tests.files.samples import pdf
from tests.security.rights import ROWS

DOCS = Path(settings.BASE_DIR) / "docs" / "api.md"


@pytest.mark.django_db(transaction=True)
def test_the_examples_of_the_documents_run(live_server, monkeypatch, settings, tmp_path):
    """Wrong if a reader of docs/api.md got an error, or other numbers than the reference table."""
    settings.MEDIA_ROOT = tmp_path
    w = build.world()
    north.load(w)
    monkeypatch.setenv("CODI_SITE", live_server.url)
    monkeypatch.setenv("CODI_TOKEN", Program(w.officer).raw)
    blocks = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    names: dict = {"organisation": w.organisation.pk, "content": pdf()}
    for block in blocks:
        exec(compile(block, str(DOCS), "exec"), names)
    approved = sum(
        int(row["approved_baht"]) for row in north.rows() if row["approved_on"] <= "2021-05-31"
    )
    table = names["table"]
    assert table["approved_baht"].iloc[-1] == approved
    assert len(names["projects"]) == 18
    assert names["answer"].status_code == 201
    assert OrganisationFile.objects.get().subject == w.organisation


@pytest.mark.django_db
def test_the_handbook_tells_every_operation():
    """Wrong if the handbook left out an address, a field or a kind of problem, or led nowhere."""
    client = Client()
    client.force_login(build.user("analyst", scope_level="nation"))
    contents = client.get("/api/v1/").content.decode()
    pages: dict[str, str] = {}
    told = 0
    for path, operations in document()["paths"].items():
        for operation in operations.values():
            told += 1
            address = f"/api/v1/handbook/{operation['tags'][0]}/"
            if address not in pages:
                pages[address] = client.get(address).content.decode()
            assert f'href="{address}#{operation["operationId"]}"' in contents
            assert f'id="{operation["operationId"]}"' in pages[address]
            assert path in pages[address]
            for given in operation.get("parameters", []):
                assert f"<code>{given['name']}</code>" in pages[address]
    assert told > 120
    for page in (contents, *pages.values()):
        assert "<script>" not in page
        assert " style=" not in page
    assert client.get("/api/v1/handbook/nothing/").status_code == 404


@pytest.mark.django_db
def test_the_document_is_whole():
    """Wrong if an operation had no words, no errors, or a value that nobody explains."""
    made = document()
    assert made["components"]["securitySchemes"].keys() == {"token", "session"}
    silent = []
    for path, operations in made["paths"].items():
        for method, told in operations.items():
            here = f"{method} {path}"
            silent += [here] if not re.search("[ก-๙]", told["summary"]) else []
            silent += [f"{here} 401"] if "401" not in told["responses"] else []
            silent += [
                f"{here} {given['name']}"
                for given in told.get("parameters", ())
                if not given.get("description")
            ]
    for name, schema in made["components"]["schemas"].items():
        silent += [
            f"{name}.{field}"
            for field, given in schema.get("properties", {}).items()
            if not (given.get("description") or given.get("title"))
        ]
    assert silent == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "media"),
    [({}, "application/vnd.oai.openapi"), ({"format": "json"}, "application/vnd.oai.openapi+json")],
)
def test_the_document_comes_as_yaml_and_json(asked, media):
    """Wrong if a generator of clients could not read it."""
    program = Program(build.user("analyst", scope_level="nation"))
    answer = program.get("schema/", asked)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith(media)
    assert b"projects_submit" in answer.content


def sibling_of(page: str) -> str:
    """The address of the API that does what a page does, by the names of both."""
    room, _, act = page.partition(":")
    act = act.replace("_", "-")
    known = {
        "finance:pay": "projects-payments",
        "finance:return": "projects-returns",
        "finance:adjust": "projects-adjustments",
        "finance:evidence": "instalments-clear-evidence",
        "finance:reverse": "ledger-entries-reverse",
        "finance:move_new": "budget-moves-list",
        "programs:certify": "organisations-certifications",
        "programs:source_new": "funding-sources-list",
        "programs:source_edit": "funding-sources-detail",
        "councils:council_new": "councils-list",
        "councils:meeting_new": "councils-meetings",
        "councils:meeting_edit": "council-meetings-detail",
        "councils:capability_new": "councils-capability",
        "councils:capability_edit": "council-capability-detail",
        "councils:review_new": "councils-reviews",
        "councils:review_edit": "council-reviews-detail",
        "councils:group_new": "councils-groups",
        "councils:group_edit": "groups-detail",
        "councils:group_end": "groups-end",
        "councils:group_reinstate": "groups-reinstate",
        "councils:group_certify": "groups-certifications",
        "councils:certification_withdraw": "group-certifications-withdraw",
        "councils:letter_issue": "councils-letters",
        "councils:group_letter_issue": "groups-letters",
        "councils:letter_revoke": "letters-revoke",
        "councils:letter_reissue": "letters-reissue",
        "councils:proposal_new": "proposals-list",
        "councils:proposal_edit": "proposals-detail",
        "councils:proposal_follow_up": "proposals-follow-up",
        "councils:council_edit": "councils-detail",
        "councils:council_withdraw": "councils-withdraw",
        "councils:council_reinstate": "councils-reinstate",
        "councils:term_new": "councils-terms",
        "councils:term_renew": "council-terms-renew",
        "councils:term_withdraw": "council-terms-withdraw",
        "councils:member_new": "councils-members",
        "councils:member_edit": "council-members-detail",
        "councils:member_end": "council-members-end",
        "reports:new": "editions-list",
        "reports:new_quarterly": "editions-list",
        "reports:text": "edition-texts-detail",
        "reports:quarter_close": "quarters-close",
        "reports:quarter_reopen": "quarters-reopen",
        "reports:quarter_due": "quarters-due",
        "reports:ask_waiver": "editions-waivers",
        "reports:allow_waiver": "edition-checks-allow",
        "files:attach": "projects-files",
        "welfare:fund_new": "funds-list",
        "welfare:fund_edit": "funds-detail",
        "welfare:fund_stop": "funds-stop",
        "welfare:fund_withdraw": "funds-withdraw",
        "welfare:status_new": "funds-statuses",
        "welfare:status_edit": "fund-statuses-detail",
        "welfare:indicators_new": "funds-indicators",
        "welfare:indicators_edit": "fund-indicators-detail",
        "welfare:review_new": "funds-reviews",
        "welfare:review_edit": "fund-reviews-detail",
        "welfare:contribution_new": "funds-contributions",
        "welfare:contribution_edit": "contributions-detail",
        "welfare:contribution_project": "contributions-project",
        "overview:save_analysis": "analyses-list",
        "overview:change_analysis": "analyses-detail",
        "desk:delete": "organisations-detail",
        "desk:restore": "bin-restore",
        "imports:new": "import-batches-list",
    }
    of = {
        "meeting-new": "committees-meetings",
        "resolution-new": "meetings-resolutions",
        "frame-new": "programmes-frames",
        "target-new": "programmes-targets",
    }
    if "-double-" in act:
        kind, _, step = act.partition("-double-")
        return f"{kind}-doubles-{'list' if step == 'new' else step}"
    if page in known or act in of:
        return known.get(page) or of[act]
    if act.endswith(("-new", "-edit")) and room == "programs":
        register, _, step = act.rpartition("-")
        return f"{register}s-{'list' if step == 'new' else 'detail'}"
    registers = {
        "finance": "projects",
        "reports": "editions",
        "files": "project-files",
        "jobs": "jobs",
        "imports": "import-batches",
        "quality": "findings",
    }
    return f"{registers.get(room, room)}-{act}"


def test_every_act_of_a_page_has_its_sibling_or_its_reason():
    """Wrong if a page could do what no program can, and nobody had said why."""
    offered = {row.name for row in ROWS if row.is_for_programs}
    text = DOCS.read_text().partition("## Only on the pages")[2].partition("\n## ")[0]
    excused = [name.removesuffix("*") for name in re.findall(r"`([a-z]+:[a-z_*]+)`", text)]
    missing = [
        (row.name, sibling_of(row.name))
        for row in ROWS
        if row.post != 405
        and not row.is_for_programs
        and f"api:{sibling_of(row.name)}" not in offered
        and not row.name.startswith(tuple(excused))
    ]
    assert missing == []
