"""One country for a whole module, every request undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings

from tests.security.kept import KEPT
from tests.security.place import Country


@pytest.fixture(scope="module")
def country(django_db_setup: Any, django_db_blocker: Any) -> Iterator[Country]:
    """The country, in a transaction that the end of the module undoes."""
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=KEPT.media, JOBS_ACTIVE_PER_USER_COUNT=100),
        transaction.atomic(),
    ):
        yield KEPT.bring()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def clients(country: Country) -> dict[str, Client]:
    """A browser per person, logged in; ``-`` is nobody's. A fault answers 500 and is not raised."""
    found = {"-": Client(raise_request_exception=False)}
    for letter, user in country.people.items():
        found[letter] = Client(raise_request_exception=False)
        found[letter].force_login(user)
        found[letter].get("/")
    return found
