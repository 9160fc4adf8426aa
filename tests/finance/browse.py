"""Opening the pages of money as a person does, and the fields of a payment."""

from __future__ import annotations

import uuid

from django.test import Client
from django.urls import reverse

from codi.accounts.models import Role
from tests import world as build


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user, name: str, *args, **query) -> tuple[int, str]:
    response = client_of(user).get(reverse(f"finance:{name}", args=args), query)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, body.decode()


def post(user, name: str, *args, **data):
    return client_of(user).post(reverse(f"finance:{name}", args=args), data)


def other_region() -> object:
    build.province("90", "สงขลา", "S")
    return build.user(Role.FINANCE_OFFICER, region=build.region("S"))


def payment(paid_line, **changes) -> dict[str, str]:
    return {
        "instalment": str(paid_line.pk),
        "amount_baht": "๑๐๐,๐๐๐",
        "effective_on": "25 ก.พ. 64",
        "document_number": "ฎ. 7/2564",
        "note": "",
        "one_time_key": str(uuid.uuid4()),
    } | changes
