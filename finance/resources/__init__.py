"""Spreadsheets of programmes, projects and payments coming in: the columns, the judgement, the writing."""

from finance.resources.payments import PAYMENTS
from finance.resources.programmes import PROGRAMMES
from finance.resources.projects import PROJECTS

__all__ = ["PAYMENTS", "PROGRAMMES", "PROJECTS"]
