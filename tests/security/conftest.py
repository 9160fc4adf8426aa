"""One country for a whole module: built once, every request undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings

from tests.security.country import Country, build_country


@pytest.fixture(scope="module")
def country(
    django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Country]:
    """The country, in a transaction that the end of the module undoes."""
    media: Path = tmp_path_factory.mktemp("media")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=media, JOBS_ACTIVE_PER_USER_COUNT=100),
        transaction.atomic(),
    ):
        yield build_country(media)
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
