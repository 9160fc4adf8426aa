"""Tambon community councils: register, members and terms, missions, groups, reviews, letters."""
