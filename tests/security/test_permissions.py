"""Every address × person × region × method answers as the table of rights says, and nothing leaks."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.security.place import MARKS, Country
from tests.security.rights import ROWS
from tests.security.row import ANONYMOUS, PEOPLE, UNNAMED, Row

pytestmark = pytest.mark.django_db
WRITES = ("insert", "update", "delete", "merge", "truncate", "copy", "alter", "drop", "create")
# A method that an address does not take is no question of rights: some people try it for all.
SOME = ("O", "D", ANONYMOUS)
# Reading may note the click of a session, the page size, and how often somebody asks; nothing else.
NOTED = ("django_session", "axes_", "api_pace")


def patterns(resolver: URLResolver, space: str = "", route: str = "") -> Iterator[tuple[str, str]]:
    """Full name (empty for a nameless one) and route of every address."""
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}" if pattern.name else "", here
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from patterns(pattern, inner, here)


def test_every_address_has_its_row():
    """Wrong if a new address came in without anybody saying who may open it.

    An address may have a second row where another kind of thing has other rights.
    """
    found = list(patterns(get_resolver()))
    named = [name for name, _route in found if name]
    asked = [(row.name, row.about) for row in ROWS]
    assert sorted(named) == sorted({name for name, _about in asked})
    assert len(asked) == len(set(asked))
    assert {route for name, route in found if not name} == UNNAMED


class Watch:
    """Notes every statement that writes to a table of ours."""

    def __init__(self) -> None:
        self.writes: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        words = sql.lstrip(" (").lower()
        if words.startswith(WRITES) and not any(f'"{table}' in words for table in NOTED):
            self.writes.append(sql[:200])
        return execute(sql, params, many, context)


def body_of(response: Any) -> bytes:
    """The whole answer."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def ask(client: Client, method: str, address: str) -> tuple[int, str, list[str]]:
    """Status, text and writes of a request; whatever it wrote is undone, a log-out as well."""
    watch, cookies = Watch(), copy.deepcopy(client.cookies)
    with transaction.atomic():
        with connection.execute_wrapper(watch):
            response = client.get(address) if method == "GET" else client.post(address, {})
            text = body_of(response).decode(errors="replace")
        transaction.set_rollback(True)
    client.cookies = cookies
    return response.status_code, text, watch.writes


def hidden_marks(who: str) -> list[str]:
    """The marks of places that the person must never read."""
    unseen = {"P": ["near", "other"], "O": ["other"], "M": ["other"], "F": ["other"]}
    return [MARKS[place] for place in unseen.get(who, [])]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_an_address_answers_each_person_as_the_table_says(
    row: Row, country: Country, clients: dict[str, Client]
):
    """Wrong if a role saw or did more than its rights, a GET wrote, or another place's row showed."""
    wrong = []
    for place in row.places:
        address = row.address(country, place)
        for who in (*PEOPLE, ANONYMOUS):
            for method in ("GET", "POST"):
                if place == "near" and who != "P":
                    continue
                # To people of the whole country all places are alike: one of them asks elsewhere.
                if place == "other" and who in "CED":
                    continue
                if row.refuses(method) and who not in SOME:
                    continue
                status, text, writes = ask(clients[who], method, address)
                said = f"{who} {place} {method} {address}"
                if status != row.expected(who, place, method):
                    wrong.append(f"{said}: {status} not {row.expected(who, place, method)}")
                if method == "GET" and writes:
                    wrong.append(f"{said} wrote: {writes}")
                wrong += [f"{said} shows {mark}" for mark in hidden_marks(who) if mark in text]
    assert not wrong, "\n".join(wrong)
