"""How often each kind of notice goes by mail."""

from __future__ import annotations

from typing import Any

from django import forms

from codi.accounts.models import User
from codi.notices.declared import kinds_for
from codi.notices.models import Frequency, NoticeSetting
from codi.ui.forms import UserForm


class SettingsForm(UserForm):
    """One switch per kind that the person's role is told of: each person has their own fields."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        chosen = dict(NoticeSetting.objects.filter(user=user).values_list("kind", "frequency"))
        self.base_fields = {  # type: ignore[misc]
            kind.key: forms.ChoiceField(
                label=kind.title,
                choices=Frequency.choices,
                initial=chosen.get(kind.key, kind.mail),
            )
            for kind in kinds_for(user.role)
        }
        super().__init__(*args, user=user, **kwargs)
