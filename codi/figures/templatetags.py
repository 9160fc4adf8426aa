"""Template tags of figures: ``{% load figures %}{% grid_table grid link=link %}``."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from codi.figures import html
from codi.figures.grid import Grid

register = template.Library()


@register.simple_tag
def grid_table(grid: Grid, link: html.CellLink | None = None) -> SafeString:
    """The grid as a table; ``link`` is a :class:`codi.figures.html.CellLink`."""
    return html.grid_table(grid, link)


@register.filter
def unbroken(title: str) -> str:
    """A running title whose shares and quarters stay whole where its lines are broken."""
    return html.unbroken(title)
