"""Fifty officers at once: ``python -m bench.load``; on this machine only, and it stops by itself."""
