"""How a row is told: serializers made from the declaration of a register."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import GeneratedField
from rest_framework import serializers

from codi.api.declared import RESOURCES, Told


def _class_name(register: str) -> str:
    return "".join(part.title() for part in register.split("-"))


def _told(value: Told) -> serializers.Field[Any, Any, Any, Any]:
    """The field of a value that is no stored field."""
    options: dict[str, Any] = {"label": value.label, "help_text": value.label, "read_only": True}
    if value.path and value.path != value.name:
        options["source"] = value.path
    if value.kind == "flag":
        return serializers.BooleanField(**options)
    if value.kind == "texts":
        return serializers.ListField(child=serializers.CharField(), **options)
    if value.kind == "objects":
        return serializers.ListField(child=serializers.DictField(), **options)
    options["allow_null"] = True
    match value.kind:
        case "baht":
            return serializers.DecimalField(max_digits=18, decimal_places=2, **options)
        case "count":
            return serializers.IntegerField(**options)
        case "day":
            return serializers.DateField(**options)
        case "moment":
            return serializers.DateTimeField(**options)
        case _:
            return serializers.CharField(**options)


@cache
def row_class(name: str) -> type[serializers.ModelSerializer[Any]]:
    """The serializer of a register's rows; it only tells, and takes nothing in."""
    resource = RESOURCES[name]
    names = (*resource.fields, *(told.name for told in resource.told))
    stored = {field.name: field for field in resource.model._meta.concrete_fields}
    titles = {
        field: {"help_text": str(stored[field].verbose_name)}
        for field in resource.fields
        if field in stored and field not in ("id", "version")
    }
    titles |= {"id": {"help_text": "เลขประจำรายการ"}} if "id" in names else {}
    titles |= {"version": {"help_text": "จำนวนครั้งที่แก้ไข"}} if resource.is_versioned else {}
    meta = type(
        "Meta",
        (),
        {
            "model": resource.model,
            "fields": names,
            "read_only_fields": names,
            "extra_kwargs": titles,
        },
    )
    fields = {told.name: _told(told) for told in resource.told}
    # The framework would tell an amount that the database computes as a binary fraction.
    fields |= {
        name: _told(Told(name, str(stored[name].verbose_name), "baht"))
        for name in resource.fields
        if isinstance(stored.get(name), GeneratedField)
    }
    docs = {"__doc__": resource.about or resource.title, "__module__": __name__}
    base = serializers.ModelSerializer
    return type(_class_name(name), (base,), {"Meta": meta, **fields, **docs})


@cache
def page_class(name: str) -> type[serializers.Serializer[Any]]:
    """The serializer of a page of rows."""
    link: dict[str, Any] = {"allow_null": True, "read_only": True}
    fields = {
        "count": serializers.IntegerField(help_text="จำนวนรายการทั้งหมดตามตัวกรอง", min_value=0),
        "next": serializers.URLField(help_text="ที่อยู่ของหน้าถัดไป", **link),
        "previous": serializers.URLField(help_text="ที่อยู่ของหน้าก่อนหน้า", **link),
        "results": row_class(name)(many=True, help_text="รายการของหน้านี้"),
    }
    docs = {"__doc__": f"{RESOURCES[name].title}: หนึ่งหน้า", "__module__": __name__}
    return type(f"{_class_name(name)}Page", (serializers.Serializer,), {**fields, **docs})


class FieldErrorOut(serializers.Serializer[Any]):
    """One field that is wrong, and what to do."""

    field = serializers.CharField(help_text="ชื่อของค่าที่ผิด ว่างเมื่อผิดทั้งคำขอ", allow_blank=True)
    code = serializers.CharField(help_text="รหัสคงที่สำหรับโปรแกรม")
    message = serializers.CharField(help_text="ข้อความสำหรับคน บอกว่าต้องทำอะไร")


class ProblemOut(serializers.Serializer[Any]):
    """An error (RFC 9457)."""

    type = serializers.CharField(help_text="ชนิดของปัญหา ชี้ไปยังคำอธิบายในหน้านี้")
    title = serializers.CharField(help_text="ชื่อของปัญหา")
    status = serializers.IntegerField(help_text="สถานะ HTTP")
    detail = serializers.CharField(help_text="เกิดอะไรขึ้นและต้องทำอะไร")
    code = serializers.CharField(help_text="รหัสคงที่สำหรับโปรแกรม หรือชื่อกติกาที่ขัด")
    errors = FieldErrorOut(  # type: ignore[assignment]
        many=True, help_text="ค่าที่ผิดทีละค่า ว่างเมื่อไม่ใช่เรื่องของค่า"
    )
