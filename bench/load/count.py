"""``python -m bench.load.count``: whether everything that was acknowledged is there exactly once."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import django

from bench.load.settings import FOLDER


def main() -> None:
    """Look each acknowledged save up: how many there were, how many are lost, how many double."""
    django.setup()
    from codi.history.queries import event_model_of
    from codi.imports.models import ImportBatch
    from programs.models import Project

    told = json.loads((FOLDER / "acknowledged.json").read_text())
    titles = Counter(Project.objects.values_list("title", flat=True))
    there = {batch.pk: Path(batch.file).is_file() for batch in ImportBatch.objects.defer("preview")}
    # Of several edits of a project the last one stands; the history holds them all.
    events: Any = event_model_of(Project)
    notes = set(events.objects.values_list("pgh_obj_id", "objectives"))
    counted = {
        "new projects": (
            len(told["projects"]),
            sum(titles[title] == 0 for title in told["projects"]),
            sum(titles[title] > 1 for title in told["projects"]),
        ),
        "edits": (
            len(told["edits"]),
            sum((key, note) not in notes for key, note in told["edits"]),
            0,
        ),
        "uploads": (
            len(told["batches"]),
            sum(not there.get(key) for key in told["batches"]),
            len(told["batches"]) - len(set(told["batches"])),
        ),
    }
    (FOLDER / "counted.json").write_text(json.dumps(counted))


if __name__ == "__main__":
    main()
