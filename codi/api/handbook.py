"""The OpenAPI document as chapters to read: one per register, one operation after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codi.api.declared import CHAPTERS, RESOURCES
from codi.api.errors import KINDS, MEDIA_TYPE


@dataclass(frozen=True)
class Line:
    """A value that is sent or told: name, kind, whether it must be there, what it is."""

    name: str
    kind: str
    place: str
    is_required: bool
    text: str


@dataclass(frozen=True)
class Operation:
    """One way to call an address."""

    key: str
    method: str
    path: str
    title: str
    text: str
    lines: list[Line]
    answer_status: str
    answers: list[Line]
    problems: list[tuple[str, str]]


@dataclass
class Chapter:
    """All operations of one register."""

    key: str
    title: str
    text: str
    operations: list[Operation] = field(default_factory=list)


PLACES = {"path": "ในที่อยู่", "query": "ต่อท้ายที่อยู่ (?)", "header": "ส่วนหัว (header)"}
NAMES_OF_KINDS = {
    "integer": "จำนวนเต็ม",
    "string": "ข้อความ",
    "boolean": "ใช่หรือไม่ใช่ (true, false)",
    "object": "กลุ่มของค่า (object)",
}
NAMES_OF_FORMATS = {
    "date": "วันที่ เช่น 2021-02-04",
    "date-time": "วันเวลา เช่น 2021-02-04T09:30:00+07:00",
    "decimal": 'จำนวน เช่น "32000.00"',
}


def handbook(document: Mapping[str, Any]) -> list[Chapter]:
    """The chapters, in the order of the registers' declaration."""
    chapters: dict[str, Chapter] = {}
    for path, operations in document["paths"].items():
        for method, told in operations.items():
            tag = told["tags"][0]
            resource = RESOURCES.get(tag)
            title, text = (resource.title, resource.about) if resource else CHAPTERS[tag]
            chapter = chapters.setdefault(tag, Chapter(tag, title, text))
            chapter.operations.append(_operation(document, path, method, told))
    order = [*RESOURCES, *sorted(chapters)]
    return sorted(chapters.values(), key=lambda chapter: order.index(chapter.key))


def problem_kinds() -> list[tuple[str, int, str]]:
    """Kind, status and title of every problem."""
    return [(kind, status, title) for kind, (status, title) in KINDS.items()]


def _operation(
    document: Mapping[str, Any], path: str, method: str, told: Mapping[str, Any]
) -> Operation:
    lines = [
        Line(
            given["name"],
            _kind(document, given["schema"]),
            PLACES[given["in"]],
            bool(given.get("required")),
            given.get("description", ""),
        )
        for given in told.get("parameters", [])
    ]
    body = _content(told.get("requestBody", {}))
    status, answer = next(
        ((code, given) for code, given in told["responses"].items() if code < "300"), ("", {})
    )
    return Operation(
        key=told["operationId"],
        method=method.upper(),
        path=path,
        title=told.get("summary", ""),
        text=told.get("description", ""),
        lines=[*lines, *_fields(document, body, "เนื้อหา (body)")],
        answer_status=status,
        answers=_fields(document, _content(answer), "คำตอบ"),
        problems=[
            (code, given["description"])
            for code, given in told["responses"].items()
            if MEDIA_TYPE in given.get("content", {})
        ],
    )


def _content(given: Mapping[str, Any]) -> Mapping[str, Any]:
    content = given.get("content", {})
    found = content.get("application/json") or content.get("multipart/form-data") or {}
    schema: Mapping[str, Any] = found.get("schema", {})
    return schema


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema behind a reference."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    found: Mapping[str, Any] = document["components"]["schemas"][name] if name else schema
    return found


def _fields(document: Mapping[str, Any], schema: Mapping[str, Any], place: str) -> list[Line]:
    """The fields of an object; of a page of rows, those of a row."""
    whole = _resolved(document, schema)
    rows = whole.get("properties", {}).get("results")
    if rows:
        whole = _resolved(document, rows["items"])
    required = set(whole.get("required", ()))
    return [
        Line(name, _kind(document, given), place, name in required, _text(given))
        for name, given in whole.get("properties", {}).items()
    ]


def _text(given: Mapping[str, Any]) -> str:
    return str(given.get("description") or given.get("title") or "")


def _kind(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What a value looks like, in a few words."""
    if "enum" in schema:
        return " หรือ ".join(str(value) for value in schema["enum"] if value not in (None, ""))
    if schema.get("type") == "array":
        return f"รายการของ{_kind(document, schema['items'])}"
    form = NAMES_OF_FORMATS.get(str(schema.get("format")), "")
    return form or NAMES_OF_KINDS.get(str(schema.get("type")), NAMES_OF_KINDS["object"])
