"""The OpenAPI document: what each address takes and answers, made from the same declarations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from codi.api.declared import ANY, Act, Resource
from codi.api.errors import KINDS, MEDIA_TYPE

PROBLEMS_OF_READING = ("not-authenticated", "not-allowed", "not-found", "too-many")
PROBLEMS_OF_WRITING = (
    "invalid",
    *PROBLEMS_OF_READING,
    "refused",
    "media-type",
    "one-time-key-reused",
)
PROBLEMS_OF_VERSIONS = ("changed-by-another", "version-missing")
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="ETag ที่มีอยู่แล้ว ถ้ายังไม่เปลี่ยนจะตอบ 304"
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="ETag ของรายการที่อ่านไว้ ถ้ามีผู้อื่นแก้ไขแล้วจะตอบ 412",
)
ONE_TIME_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    required=True,
    description="ค่าที่ไม่ซ้ำ เช่น UUID ส่งค่าเดิมซ้ำจะได้คำตอบเดิมและไม่บันทึกสองครั้ง (เก็บไว้ 48 ชั่วโมง)",
)
ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200, 201], description="รุ่นของคำตอบนี้"
)


def problems(kinds: Sequence[str]) -> dict[Any, Any]:
    """The error answers of an operation."""
    from codi.api.rows import ProblemOut

    told: dict[int, list[str]] = {}
    for kind in kinds:
        told.setdefault(KINDS[kind][0], []).append(f"{KINDS[kind][1]} ({kind})")
    return {
        (status, MEDIA_TYPE): OpenApiResponse(ProblemOut, " หรือ ".join(texts))
        for status, texts in sorted(told.items())
    }


class RegisterSchema(AutoSchema):
    """How an operation on a register is described."""

    view: Any

    @property
    def resource(self) -> Resource:
        """The register."""
        found: Resource = self.view.resource
        return found

    @property
    def act(self) -> Act | None:
        """The write behind the operation; None for reading."""
        found: Act | None = self.view.act
        return found

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False  # a page of rows is an object of its own

    def get_operation_id(self) -> str:
        """``projects_list``, ``projects_submit``."""
        part = self.view.part or self.view.step
        names = {"partial_update": "change", "retrieve": "detail", "destroy": "delete"}
        action = part.path if part else names.get(self.view.action, self.view.action)
        return f"{self.resource.name}_{action}".replace("-", "_").replace("/", "_")

    def get_tags(self) -> list[str]:
        """The register's own heading."""
        return [self.resource.name]

    def get_summary(self) -> str:
        """What the operation does, in Thai."""
        title = self.resource.title
        if self.act:
            return self.act.title
        if self.view.part:
            return str(self.view.part.title)
        return f"รายการ{title}" if self.view.action == "list" else f"{title}หนึ่งรายการ"

    def get_description(self) -> str:  # type: ignore[override]
        """More words, where the declaration has them."""
        said = self.act or self.view.part or self.resource
        return str(said.about) or self.get_summary()

    def get_request_serializer(self) -> Any:
        """The body of a write."""
        from codi.api.inputs import inputs_of

        if self.act is None or not inputs_of(self.resource.name, self.act)().fields:
            return None
        return inputs_of(self.resource.name, self.act)

    def map_parsers(self) -> list[str]:
        """JSON; a form of several parts where a file comes along."""
        takes_files = self.act is not None and self.act.takes_files
        return ["multipart/form-data" if takes_files else "application/json"]

    def map_renderers(self, attribute: str) -> list[Any]:
        """JSON alone."""
        return ["application/json"] if attribute == "media_type" else []

    def get_response_serializers(self) -> Any:
        """The answer, and every problem that may come instead."""
        from codi.api.rows import page_class, row_class

        name = self.resource.name
        if self.act is not None:
            any_row = {"type": "object", "additionalProperties": True}
            told: Any = any_row if self.act.answers == ANY else row_class(self.act.answers or name)
            kinds: tuple[str, ...] = (*PROBLEMS_OF_WRITING, *self.act.problems)
            if self.act.takes_files:
                kinds = (*kinds, "too-large")
            if self._asks_version():
                kinds = (*kinds, *PROBLEMS_OF_VERSIONS)
            return {(self.act.status, "application/json"): told, **problems(kinds)}
        if self.view.part is not None:
            return self._answers_of_part(self.view.part.media)
        row: Any = page_class(name) if self.view.action == "list" else row_class(name)
        kinds = PROBLEMS_OF_READING
        if self.view.action == "list":
            kinds = ("invalid", *(kind for kind in kinds if kind != "not-found"))
        unchanged = OpenApiResponse(description="ยังไม่เปลี่ยน")
        return {(200, "application/json"): row, 304: unchanged, **problems(kinds)}

    def _answers_of_part(self, media: Sequence[str]) -> dict[Any, Any]:
        kind = {"type": "object", "additionalProperties": True}
        file = {"type": "string", "format": "binary"}
        is_data = media[0] == "application/json"
        answer = OpenApiResponse(kind if is_data else file, self.get_summary())
        found: dict[Any, Any] = {(200, *media): answer, **problems(PROBLEMS_OF_READING)}
        if is_data:
            found[304] = OpenApiResponse(description="ยังไม่เปลี่ยน")
        return found

    def _asks_version(self) -> bool:
        act = self.act
        is_new = self.view.action == "create"
        return bool(act and act.needs_version and self.resource.is_versioned and not is_new)

    def get_override_parameters(self) -> list[Any]:
        """Key, filters, and the headers of conditional and one-time requests."""
        found = self._words() if self.view.action == "list" else [self._key()]
        if self.view.action == "create":
            found = []
        if self.act is None:
            reads_data = not self.view.part or self.view.part.media[0] == "application/json"
            return [*found, *([IF_NONE_MATCH, ETAG] if reads_data else [])]
        if self._asks_version():
            found.append(IF_MATCH)
        if self.method == "POST":
            found.append(ONE_TIME_KEY)
        return [*found, ETAG]

    def _key(self) -> OpenApiParameter:
        kinds: dict[str, dict[str, Any]] = {
            "int": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
            "slug": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
            "uuid": {"type": "string", "format": "uuid"},
        }
        kind = kinds[self.resource.key_kind]
        title = self.resource.title
        return OpenApiParameter("id", kind, OpenApiParameter.PATH, description=f"รหัสของ{title}")

    def _words(self) -> list[Any]:
        from codi.api import lists

        found = [
            OpenApiParameter(
                word, _word_type(given), description=str(given.label or word), required=False
            )
            for word, given in lists.words_of(self.resource).items()
        ]
        if lists.is_searchable(self.resource):
            kind = {"type": "string", "pattern": r"^[^\u0000]*$", "maxLength": 100}
            found.append(OpenApiParameter(lists.SEARCH, kind, description="ค้นหาบางส่วนของข้อความ"))
        orders = [f"{sign}{name}" for name in self.resource.order for sign in ("", "-")]
        text = "เรียงตาม ใส่ - ข้างหน้าเพื่อเรียงจากมากไปน้อย"
        found.append(OpenApiParameter(lists.SORT, str, description=text, enum=orders))
        page = {"type": "integer", "minimum": 1, "maximum": lists.LAST_PAGE, "default": 1}
        size = {"type": "integer", "minimum": 1, "maximum": lists.LARGEST_SIZE, "default": 100}
        found.append(OpenApiParameter(lists.PAGE, page, description="เลขหน้า"))
        found.append(OpenApiParameter(lists.SIZE, size, description="จำนวนรายการต่อหน้า"))
        return found


def _word_type(given: Any) -> dict[str, Any]:
    """What a filter takes."""
    choices = given.extra.get("choices")
    if choices and not callable(choices):
        return {"type": "string", "enum": [str(value) for value, _label in choices]}
    name = type(given).__name__
    if name == "ThaiDateFilter":
        return {"type": "string", "format": "date"}
    return {"type": "string", "pattern": r"^[^\u0000]*$"}


EXAMPLES = {"date": "2021-02-04", "decimal": "32000.00", "date-time": "2021-02-04T09:30:00+07:00"}


def finish(result: dict[str, Any], **context: Any) -> dict[str, Any]:
    """POSTPROCESSING_HOOK: bodies take no undeclared field, and values have an example."""
    for name, schema in result["components"]["schemas"].items():
        if name.endswith("InRequest"):
            schema["additionalProperties"] = False
        for given in schema.get("properties", {}).values():
            if example := EXAMPLES.get(given.get("format", "")):
                given.setdefault("example", example)
    return result


@cache
def document() -> dict[str, Any]:
    """The whole OpenAPI document; the same for everybody, made once."""
    generator: Any = SchemaGenerator
    found: dict[str, Any] = generator().get_schema(request=None, public=True)
    return found


@cache
def rendered(renderer: Any) -> bytes:
    """The document in the words of a renderer, written once: YAML takes a second."""
    text: bytes = renderer().render(document(), renderer_context={})
    return text
