"""The foundations of the product and its composition root."""

from codi.celery import app as celery_app

__all__ = ["celery_app"]
