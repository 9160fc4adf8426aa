"""The child: one call of one function under limits, from ``call.json`` to ``answer.json``.

Run as a file in a folder of its own. Exit status 3 means out of memory, 4 any other failure with
the reason on stderr; a :class:`codi.errors.Refused` is an answer like any other.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

NO_MEMORY = ("cannot allocate", "failed to map", "out of memory", "memory allocation")
CLOSE_TO_LIMIT = 0.9
# The parent kills first; this ends a child whose parent was killed.
SECONDS_TO_OUTLIVE_PARENT = 2


def peak_kb(measure: str = "VmHWM") -> int:
    """Peak memory of this process alone, the kernel's high-water mark: resident (or ``VmPeak``, all)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{measure}:"):
            return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def ran_short(error: BaseException, memory_bytes: int) -> bool:
    """Whether a failure is want of memory.

    A library in C that gets none answers with nothing, and what fails then is something else: so
    whoever fails close to the limit is taken to have met it.
    """
    said = any(sign in str(error).lower() for sign in NO_MEMORY)
    return said or peak_kb("VmPeak") * 1024 > memory_bytes * CLOSE_TO_LIMIT


def limit(limits: dict[str, Any]) -> None:
    """Bound memory, CPU and wall time, file size and open files; no core dumps."""
    # At the first limit the kernel says why (SIGXCPU), at the second it just kills.
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_seconds"], limits["cpu_seconds"] + 1))
    for name, value in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, 128),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (value, value))
    signal.setitimer(signal.ITIMER_REAL, limits["seconds"] + SECONDS_TO_OUTLIVE_PARENT)


def find(function: str, root: str) -> Any:
    """The function ``package.module:name`` of the product.

    The package ``codi`` is stood in for by an empty one: its own would start the whole product.
    """
    product = ModuleType("codi")
    product.__path__ = [f"{root}/codi"]
    sys.modules["codi"] = product
    sys.path.append(root)
    module, _, name = function.partition(":")
    return getattr(importlib.import_module(module), name)


def answer(call: dict[str, Any]) -> dict[str, Any]:
    """Call the function; its value, or its refusal in words."""
    function = find(call["function"], call["root"])
    from codi.errors import Refused

    limit(call["limits"])
    try:
        return {"value": function(call["argument"]), "peak_kb": peak_kb()}
    except Refused as refused:
        return {
            "refused": [refused.message, refused.field, refused.code, list(refused.details)],
            "peak_kb": peak_kb(),
        }


def main() -> int:
    """Read the call, answer it. Cycles are not collected: the process ends soon."""
    gc.disable()
    call = json.loads(Path("call.json").read_bytes())
    try:
        Path("answer.json").write_text(json.dumps(answer(call), ensure_ascii=False))
    except MemoryError:
        return 3
    except BaseException as error:
        # Some engines raise what is no Exception, and the parent needs one answer.
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 3 if ran_short(error, call["limits"]["memory_bytes"]) else 4
    return 0


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)  # taking down what was built takes longer than building it
