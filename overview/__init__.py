"""What people look at between reports: dashboard, places, analyses."""
