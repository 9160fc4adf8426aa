"""Filters of the list of jobs."""

from __future__ import annotations

import django_filters

from codi.jobs.models import State
from codi.ui.lists import ListFilter


class JobFilter(ListFilter):
    """By how the job stands."""

    state = django_filters.ChoiceFilter(label="สถานะ", choices=State.choices)
