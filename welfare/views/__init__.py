"""Pages of welfare funds."""
