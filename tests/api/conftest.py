"""What the tests of the API share: a world, programs that carry a token, and how they speak."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from codi.accounts.models import User
from codi.api import services
from tests import world as build
from tests.security.conftest import clients, country

__all__ = ["clients", "country"]


class Program:
    """A program that calls the API with a token of its person."""

    def __init__(self, user: User, reach: str = "write") -> None:
        now = timezone.now()
        today = timezone.localdate()
        self.user = user
        self.token, self.raw = services.create_token(
            actor=user,
            name=f"โปรแกรม {uuid.uuid4()}",
            reach=reach,
            expires_on=today + dt.timedelta(days=30),
            now=now,
            today=today,
        )
        self.client = Client(
            raise_request_exception=False, headers={"Authorization": f"Bearer {self.raw}"}
        )

    def get(self, path: str, words: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", words or {}, headers=named(headers))

    def post(self, path: str, body: Any = None, key: str | None = "", **headers: str) -> Any:
        """A write; ``key`` is made when it is empty, and left out when it is None."""
        said = named(headers)
        if key is not None:
            said["Idempotency-Key"] = key or str(uuid.uuid4())
        return self.client.post(
            f"/api/v1/{path}", body or {}, content_type="application/json", headers=said
        )

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.patch(
            f"/api/v1/{path}", body, content_type="application/json", headers=named(headers)
        )

    def change(self, path: str, body: Any) -> Any:
        """Change a row as it is now."""
        return self.patch(path, body, If_Match=self.get(path)["ETag"])

    def send(self, path: str, body: dict[str, Any], key: str = "", **headers: str) -> Any:
        """A write with a file: a form of several parts."""
        said = named(headers) | {"Idempotency-Key": key or str(uuid.uuid4())}
        return self.client.post(f"/api/v1/{path}", body, headers=said)

    def delete(self, path: str, **headers: str) -> Any:
        """Put a row as it is now into the bin, or as ``If_Match`` says."""
        said = {"If_Match": self.get(path)["ETag"]} | headers
        return self.client.delete(f"/api/v1/{path}", headers=named(said))

    def act(self, path: str, body: Any = None, **options: Any) -> Any:
        """An act on a row as it is now: read, then write with its tag."""
        row = path.split("/")
        tag = self.get("/".join(row[:2]) + "/")["ETag"]
        return self.post(path, body, If_Match=tag, **options)


def named(headers: dict[str, str]) -> dict[str, str]:
    """Header names as they are written."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def body_of(response: Any) -> Any:
    """The JSON of an answer."""
    return json.loads(response.content)


@pytest.fixture
def w(db: Any) -> build.World:
    return build.world()
