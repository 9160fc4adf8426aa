"""Plain text that staff write, as paragraphs and lists; the numbers that they typed are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

NUMBERED = re.compile(r"^\s*(\(?[0-9๐-๙]+(?:\.[0-9๐-๙]+)*[.)])\s*(\S.*)$")
BULLET = re.compile(r"^\s*[-–•*]\s+(\S.*)$")

Kind = Literal["paragraph", "list"]


@dataclass(frozen=True)
class Item:
    """A line of a list with the label that stands before it."""

    label: str
    text: str


@dataclass(frozen=True)
class Block:
    """A paragraph (one item without a label) or a list."""

    kind: Kind
    items: tuple[Item, ...]


def blocks_of(text: str) -> tuple[Block, ...]:
    """``text`` in blocks; an indented line goes on with the list's last item."""
    found: list[tuple[Kind, list[Item]]] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        item = _item(line)
        if item is None:
            goes_on = line[:1].isspace() and found and found[-1][0] == "list"
            if goes_on:
                last = found[-1][1][-1]
                found[-1][1][-1] = Item(last.label, f"{last.text} {line.strip()}")
            else:
                found.append(("paragraph", [Item("", line.strip())]))
        elif found and found[-1][0] == "list":
            found[-1][1].append(item)
        else:
            found.append(("list", [item]))
    return tuple(Block(kind, tuple(items)) for kind, items in found)


def _item(line: str) -> Item | None:
    if numbered := NUMBERED.match(line):
        return Item(numbered.group(1), numbered.group(2).strip())
    if bullet := BULLET.match(line):
        return Item("•", bullet.group(1).strip())
    return None
