"""The settings of the suite with the place for files of the drill."""

from pathlib import Path

from codi.settings.test import *  # noqa: F403
from codi.settings.test import env

MEDIA_ROOT = Path(env.str("MEDIA_ROOT"))
