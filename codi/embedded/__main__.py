"""``python -m codi.embedded start|stop|status``: the embedded server by hand."""

import sys

from codi.embedded import EmbeddedError, ensure, running, stop
from codi.embedded.placement import place
from codi.settings.base import DATA_DIR


def main(arguments: list[str]) -> int:
    """Carry out one word; the exit status is 0 when done, for ``status`` when it is running."""
    root = DATA_DIR / "postgres"
    word = arguments[0] if len(arguments) == 1 else ""
    try:
        if word == "start":
            sys.stdout.write(f"the embedded PostgreSQL answers in {ensure(root)}\n")
            return 0
        if word == "stop":
            stopped = stop(root)
            sys.stdout.write("stopped\n" if stopped else "it was not running\n")
            return 0
        if word == "status":
            socket = running(place(root))
            sys.stdout.write(f"running in {socket}\n" if socket else "not running\n")
            return 0 if socket else 1
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stderr.write(f"{__doc__}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
