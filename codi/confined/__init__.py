"""Work on what nobody vouches for, in a child process with limits of time, memory and disk.

::

    with workplace() as folder:
        (folder / "upload").write_bytes(content)
        outcome = run("codi.sheets.opening:read", {"name": "a.xlsx"}, folder=folder, limits=LIMITS)

The child sees its own folder, no variable of the server and no Django. What it hands back is JSON,
or files in the folder: nothing that a conquered child writes is ever executed.
"""

from codi.confined.parent import Limits, Outcome, Overrun, run, workplace

__all__ = ["Limits", "Outcome", "Overrun", "run", "workplace"]
