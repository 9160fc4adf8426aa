"""Backup and restore of everything that cannot be made again: the database and the files.

A backup is a folder: ``database.dump`` (pg_dump), ``media.tar`` and ``manifest.json``, which says how
many rows each table has, what the columns of money add up to, and the SHA-256 of every part. A
restore is believed only when the restored tables say the same.
"""
