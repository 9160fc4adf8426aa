"""Rules about data, and the inbox of what breaks them."""
