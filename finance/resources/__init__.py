"""Spreadsheets of projects and payments coming in: the columns, the judgement, the writing."""

from finance.resources.payments import PAYMENTS
from finance.resources.projects import PROJECTS

__all__ = ["PAYMENTS", "PROJECTS"]
