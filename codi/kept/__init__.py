"""What each person keeps of every list: saved filters, columns to show, order and page size."""
