"""The benchmark: a country's worth of projects, and the product beside the plain way."""
