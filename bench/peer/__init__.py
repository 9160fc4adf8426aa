"""The plain way: what a Django project gets from its admin and django-import-export as they come."""
