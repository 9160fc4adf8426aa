"""Projects with many instalments, and opening grids as a person does."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from finance.models import Instalment
from programs.models import Project
from tests import world as build


def planned(w: build.World, count: int, *, step: str = "approved", baht: int = 1000) -> Project:
    """A project with ``count`` instalments of ``baht`` each, and room for as much again."""
    made = build.project(w, step, baht=2 * count * baht, title=f"โครงการ {count} งวด")
    Instalment.objects.bulk_create(
        Instalment(
            project=made,
            number=number,
            planned_baht=Decimal(baht),
            planned_on=dt.date(2021, 3, 1),
        )
        for number in range(1, count + 1)
    )
    return made


def client_of(user: Any) -> Client:
    """A browser in which the person has logged in."""
    client = Client()
    client.force_login(user)
    return client


def address(key: str, of: Any = None, *, rows: bool = False) -> str:
    """Where a grid lies, or where its rows are sent."""
    name = "rows" if rows else "grid"
    if of is None:
        return reverse(f"entry:{name}", args=[key])
    return reverse(f"entry:{name}_of", args=[key, of.pk])


def row(record: Any, was: dict[str, str] | None = None, **cells: str) -> dict[str, Any]:
    """A row as the script sends it."""
    return {
        "name": f"r{record.pk}",
        "version": record.version if hasattr(record, "version") else "",
        "key": str(uuid.uuid4()),
        "cells": cells,
        "was": was or {},
    }


def new_row(place: str = "n1", /, **cells: str) -> dict[str, Any]:
    """A new row as the script sends it."""
    return {"name": place, "version": "", "key": str(uuid.uuid4()), "cells": cells}


def send(client: Client, key: str, rows: list[dict[str, Any]], of: Any = None) -> Any:
    """What the server answers to rows that the script sends."""
    return client.post(address(key, of, rows=True), {"rows": rows}, content_type="application/json")


def answers(client: Client, key: str, rows: list[dict[str, Any]], of: Any = None) -> list[Any]:
    """The answer to each row."""
    response = send(client, key, rows, of)
    assert response.status_code == 200, response.status_code
    return response.json()["rows"]


def typed(lines: list[Instalment], **cells: str) -> dict[str, str]:
    """A form with the same cells typed into each line."""
    form: dict[str, str] = {}
    for line in lines:
        form |= {f"r{line.pk}-key": str(uuid.uuid4()), f"r{line.pk}-version": str(line.version)}
        form |= {f"r{line.pk}-{key}": text for key, text in cells.items()}
    return form
