"""The form of a new token."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from codi.api.models import Reach
from codi.ui.fields import TextField, ThaiDateField
from codi.ui.forms import UserForm

USUAL_LIFE = dt.timedelta(days=90)


class TokenForm(UserForm):
    """What a token is for, what it may do and until when."""

    name = TextField(
        label="ชื่อโทเคน", max_length=80, help_text="บอกว่าใช้กับโปรแกรมใด เช่น แดชบอร์ดฝ่ายแผน"
    )
    reach = forms.ChoiceField(
        label="ใช้ทำอะไรได้", choices=Reach.choices, widget=forms.RadioSelect, initial=Reach.READ
    )
    expires_on = ThaiDateField(label="ใช้ได้ถึงวันที่", help_text="ไม่เกิน 1 ปี เลือกให้สั้นที่สุดเท่าที่ใช้งาน")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("expires_on", self.today + USUAL_LIFE)
