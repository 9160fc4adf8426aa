"""Pages of councils, one module per kind of record."""
