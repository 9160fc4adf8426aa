"""Computed sentences: pure functions of facts and grids, never typed by hand."""
