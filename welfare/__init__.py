"""Welfare funds of communities: register, quarterly status, benefits, contributions, reviews."""
