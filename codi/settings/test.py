"""The suite: as in development, with a quick password hasher."""

from codi.settings.dev import *

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
