"""The workbook and the JSON of a report: the same grids as on the page and in the PDF."""

from __future__ import annotations

import json
from typing import Any

from codi.figures import figure as figures
from codi.figures.sheet import Cover, workbook
from codi.fiscal import AsOf
from reports.content import Content
from reports.facts import name_of, year_of


def xlsx_of(content: Content) -> bytes:
    """One sheet per figure, behind a cover that says report, scope, days and definitions."""
    facts = content.facts
    about = facts.get("edition")
    lines = [("ฉบับที่", str(about["number"]))] if about else []
    if about is None:
        lines.append(("สถานะ", "ร่าง ตัวเลขยังไม่ตรึง"))
    cover = Cover(
        title=f"{facts['title']} {name_of(facts)}",
        scope_label=f"{facts['region']['name']} ปีงบประมาณ {year_of(facts)}",
        as_of_label=" และ ".join(AsOf(day).label for day in content.as_of_dates),
        lines=lines,
        definitions={key: figures.get(key).definition for key in keys_of(content)},
    )
    return workbook(content.grids, cover)


def keys_of(content: Content) -> list[str]:
    """The keys of the report's figures, each once, in order."""
    return list(dict.fromkeys(grid.key for grid in content.grids))


def data_of(content: Content) -> dict[str, Any]:
    """Everything as plain data; numbers are exact decimal strings."""
    facts = content.facts
    return {
        "report": content.outline.key,
        "title": facts["title"],
        **{key: facts[key] for key in ("programme", "period", "parts") if key in facts},
        "region": facts["region"],
        "as_of_dates": facts["as_of_dates"],
        "edition": facts.get("edition"),
        "sentences": dict(content.sentences),
        "texts": dict(content.staff_texts),
        "checks": [
            {
                "code": checked.result.code,
                "title": checked.result.title,
                "ok": checked.result.is_ok,
                "message": checked.result.message,
            }
            for checked in content.checks
        ],
        "grids": [grid.to_dict() for grid in content.grids],
    }


def json_of(content: Content) -> str:
    """The plain data as text, the same for the same content."""
    return json.dumps(data_of(content), ensure_ascii=False, indent=2) + "\n"
