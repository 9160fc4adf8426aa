"""Pages of projects, organisations, committees and meetings, and programmes."""
