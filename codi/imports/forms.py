"""The forms of uploads."""

from __future__ import annotations

from typing import Any

from django import forms

from codi.imports.declared import UPLOADS
from codi.imports.reading import MAX_BYTE_COUNT
from codi.ui.fields import LongTextField, TextField
from codi.ui.forms import UserForm


class UploadForm(UserForm):
    """Choose what is in the file, and the file."""

    kind = forms.ChoiceField(label="ชนิดข้อมูล")
    file = forms.FileField(
        label="ไฟล์ข้อมูล",
        help_text="ไฟล์ .xlsx หรือ .csv ขนาดไม่เกิน 10 MB ระบบจะแสดงผลตรวจก่อน ยังไม่บันทึกทันที",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": "ยังไม่ได้เลือกไฟล์",
            "empty": "ไฟล์ว่างเปล่า กรุณาเลือกไฟล์ที่มีข้อมูล",
            "max_length": "ชื่อไฟล์ยาวเกินไป กรุณาเปลี่ยนชื่อให้สั้นลง",
        },
        max_length=200,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        choices = [
            (upload.key, upload.title)
            for upload in UPLOADS.values()
            if upload.can_upload(self.user)
        ]
        kind.choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Refuse by size before the file is read into memory."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTE_COUNT:
            raise forms.ValidationError("ไฟล์ใหญ่เกิน 10 MB กรุณาแบ่งเป็นหลายไฟล์")
        return file


class ConfirmForm(UserForm):
    """Which preview a program confirms: that with the fingerprint it read."""

    fingerprint = TextField(
        label="fingerprint ของผลตรวจที่อ่านไว้",
        max_length=64,
        help_text="ถ้าไฟล์ถูกตรวจใหม่หรือข้อมูลเปลี่ยนไปแล้ว จะตอบ 412 และไม่บันทึก",
    )


class RefusalForm(UserForm):
    """Why a file is sent back."""

    reason = LongTextField(label="เหตุผลที่ไม่อนุมัติ", max_length=500)


class UndoForm(UserForm):
    """Why a written file is taken back."""

    reason = LongTextField(label="เหตุผลที่ย้อนกลับ", max_length=400)
