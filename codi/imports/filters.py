"""Filters of the list of uploaded files."""

from __future__ import annotations

import django_filters

from codi.imports.models import BatchState
from codi.ui.lists import ListFilter


class BatchFilter(ListFilter):
    """By what became of the file."""

    state = django_filters.ChoiceFilter(label="สถานะ", choices=BatchState.choices)
