"""The embedded PostgreSQL: the server of a first run, of development and of the tests.

Only the binaries of the package are used. Its own start-up is not: as root it opens every parent
folder to the world, and it takes the locale of the environment, under which Thai trigrams find
nothing.
"""

from codi.embedded.cluster import APP, DATABASE, OWNER, ensure, running, stop
from codi.embedded.placement import EmbeddedError

__all__ = ["APP", "DATABASE", "OWNER", "EmbeddedError", "ensure", "running", "stop"]
