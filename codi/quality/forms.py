"""The form in which a person says that a finding is right as it is."""

from __future__ import annotations

from django import forms

from codi.ui.forms import UserForm


class CloseForm(UserForm):
    """Why the data is right as it is; ``version`` is that of the finding the person saw."""

    reason = forms.CharField(
        label="เหตุผลที่ข้อมูลถูกต้องแล้ว",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="เช่น ตรวจกับเอกสารจดแจ้งแล้ว ชื่อถูกต้องตามประกาศ ไม่ใส่ข้อมูลส่วนบุคคล",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
