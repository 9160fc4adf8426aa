"""The container files: they parse, they hold no secret, and each part can tell its health."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

ROOT: Path = settings.BASE_DIR
COMPOSE = (ROOT / "docker-compose.yml").read_text()


def services() -> dict[str, Any]:
    """The services by name, anchors resolved."""
    found: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]
    return found


def test_every_variable_must_be_given() -> None:
    """`${NAME}` or `${NAME:-x}` would start with an empty or a well-known secret."""
    used = re.findall(r"\$\{[^}]*\}", COMPOSE)
    assert len(used) >= 6
    assert [text for text in used if not re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", text)] == []


def test_parts() -> None:
    """A missing part would leave jobs unsent or tables unmade."""
    assert set(services()) == {"database", "redis", "migrate", "web", "worker", "beat"}


@pytest.mark.parametrize("name", ["database", "redis", "web", "worker", "beat"])
def test_health_is_checked(name: str) -> None:
    """A hung part without a check would be taken for a healthy one."""
    assert services()[name]["healthcheck"]["test"]


def test_only_the_migration_step_knows_the_owner() -> None:
    """The owner's password in the web process would undo the protection of history."""
    holders = [
        name for name, part in services().items() if "DATABASE_OWNER_URL" in part["environment"]
    ]
    assert holders == ["migrate"]


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_starts_after_migrations(name: str) -> None:
    """New code on an old schema would fail in the middle of somebody's work."""
    waits = services()[name]["depends_on"]
    assert waits["migrate"]["condition"] == "service_completed_successfully"


def test_given_variables_are_those_that_production_asks_for() -> None:
    """A variable that production wants and compose forgets would be found out at the first start."""
    source = (ROOT / "codi/settings/production.py").read_text()
    wanted = set(re.findall(r'^    "([A-Z_]+)": "', source, flags=re.MULTILINE))
    assert "SECRET_KEY" in wanted
    assert wanted <= set(services()["web"]["environment"])


def test_image_runs_as_an_ordinary_user() -> None:
    """A flaw in a library must not find root."""
    words = re.findall(r"^USER (.+)$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    assert words == ["codi"]
