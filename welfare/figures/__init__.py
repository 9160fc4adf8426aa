"""Figures of welfare funds: registers and status, development, and the state's contributions.

All of them know what was true at the end of a day: a fund counts from its founding until it is
withdrawn, and of its reports the latest that was made by the day.
"""

from welfare.figures import contributions, development, funds, reporting

__all__ = ["contributions", "development", "funds", "reporting"]
