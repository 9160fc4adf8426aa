"""Pages of reports: editions, what is done with them, their files, and the records behind cells."""
