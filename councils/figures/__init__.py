"""Figures of councils: the register, what the year brought, the work of councils, their quality.

All of them know what was true at the end of a day, from the days of the records themselves: a
council counts from its registration until it is withdrawn, and so do its records with it.
"""

from councils.figures import register, work, yearly

__all__ = ["register", "work", "yearly"]
