"""Analyses: measures of figures over places and quarters, pivoted, taken out, kept and shared."""
