"""What keeps a person's work safe at the desk: drafts, other people's changes, and the bin."""
