"""The forms of files: attach, replace, remove."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from codi.files.declared import AttachmentKind
from codi.files.inspection import MAX_MB
from codi.files.models import KEPT_DAYS, Format
from codi.files.names import TAKEN
from codi.ui.fields import LongTextField, TextField
from codi.ui.forms import UserForm

ACCEPT = ",".join(f".{form.value}" for form in Format) + ",.jpeg"
HELP = f"{TAKEN} ไฟล์ละไม่เกิน {MAX_MB} MB"
NOTHING = "ยังไม่ได้เลือกไฟล์"


class ManyFiles(forms.FileInput):
    """An ordinary file input that takes several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """All files of the input, where the input of Django hands over the last one."""
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class FilesField(forms.Field):
    """Files, one or several; each is judged on its own by the service, so nothing is judged here."""

    widget = ManyFiles

    def __init__(self, *, multiple: bool = True, **kwargs: Any) -> None:
        chooser, several = (ManyFiles, {"multiple": True}) if multiple else (forms.FileInput, {})
        kwargs.setdefault("widget", chooser({"accept": ACCEPT, **several}))
        kwargs.setdefault("error_messages", {"required": NOTHING})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[UploadedFile[Any]]:
        """The files as a list."""
        files = value if isinstance(value, list) else [value] if value else []
        super().clean(files)
        return files


class AttachForm(UserForm):
    """Files of one kind of document for a record."""

    uploads = FilesField(label="ไฟล์", help_text=HELP)
    document = forms.ChoiceField(label="ประเภทเอกสาร")
    description = TextField(label="คำอธิบาย", max_length=300, required=False)

    def __init__(self, *args: Any, kind: AttachmentKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, kind)


def _offer(form: UserForm, kind: AttachmentKind) -> None:
    """Let the form choose among the documents of the kind of record."""
    choice: Any = form.fields["document"]
    choice.choices = [(document.value, document.label) for document in kind.documents]


class ReplaceForm(UserForm):
    """A new version of a file."""

    file = FilesField(label="ฉบับใหม่", help_text=HELP, multiple=False)
    document = forms.ChoiceField(label="ประเภทเอกสาร")
    description = TextField(label="คำอธิบาย", max_length=300, required=False)

    def __init__(self, *args: Any, kind: AttachmentKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, kind)


class OneFileForm(ReplaceForm):
    """One file for a record, as programs send it."""

    file = FilesField(label="ไฟล์", help_text=HELP, multiple=False)


class RemoveForm(UserForm):
    """Why a file is taken off its record."""

    reason = LongTextField(
        label="เหตุผลที่เอาไฟล์ออก",
        max_length=300,
        help_text=f"นำกลับได้ภายใน {KEPT_DAYS} วัน พ้นกำหนดแล้วระบบลบเนื้อหาถาวร เหลือเพียงประวัติ",
    )
