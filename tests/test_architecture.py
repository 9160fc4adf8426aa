"""The house stays as docs/architecture.md draws it: directions, sizes, names and words of the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, ManyToManyField, OneToOneField

ROOT = Path(settings.BASE_DIR)
ROOMS = ("codi", "programs", "finance", "councils", "welfare", "reports", "overview")
# From the ground up: a foreign key points to the own floor or to one below it.
FLOORS = (
    "codi.places",
    "codi.accounts",
    "codi.history",
    "codi.jobs",
    "codi.notices",
    "codi.desk",
    "codi.kept",
    "codi.imports",
    "codi.api",
    "codi.entry",
    "codi.quality",
    "programs",
    "finance",
    "councils",
    "welfare",
    "reports",
    "overview",
)
MODULES = sorted(
    path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts
)
LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_VIEW = 600, 40, 25
Function = ast.FunctionDef | ast.AsyncFunctionDef


def floor(name: str) -> int | None:
    """How high a room lies; None for what is not ours."""
    return next((n for n, room in enumerate(FLOORS) if f"{name}.".startswith(f"{room}.")), None)


def test_every_room_with_tables_has_its_floor():
    """Wrong if a new app could point anywhere because nobody said where it lies."""
    ours = [c for c in apps.get_app_configs() if c.name.split(".")[0] in ROOMS]
    homeless = [c.name for c in ours if list(c.get_models()) and floor(c.name) is None]
    assert homeless == []


def test_no_foreign_key_points_upwards():
    """Wrong if a lower room depended on a higher one through the database."""
    upwards = []
    for model in apps.get_models():
        home = floor(model.__module__)
        for field in model._meta.get_fields():
            if home is None or not isinstance(field, ForeignKey | OneToOneField | ManyToManyField):
                continue
            target = floor(field.related_model.__module__)
            if target is not None and target > home:
                upwards.append(f"{model._meta.label}.{field.name}")
    assert upwards == []


def relative(path: Path) -> str:
    """A module's path as people name it."""
    return str(path.relative_to(ROOT))


def functions(tree: ast.AST) -> Iterator[tuple[Function, bool]]:
    """Every function with whether it is a method of a class."""
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                yield child, isinstance(node, ast.ClassDef)


def length(function: Function) -> int:
    """Lines of a function's body without its docstring; a mere list or tuple counts as nothing."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    if len(body) == 1 and isinstance(body[0], ast.Return):
        value = body[0].value
        if isinstance(value, ast.List | ast.Tuple):
            return 0
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    """Every module of the product, parsed once."""
    return {relative(path): ast.parse(path.read_text()) for path in MODULES}


def test_no_module_is_too_long():
    """Wrong if a module grew beyond what a newcomer reads in one sitting."""
    long = {relative(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_MODULE} == {}


def test_no_function_is_too_long(trees):
    """Wrong if a function did more than one thing at length; a view even less."""
    long = []
    for name, tree in trees.items():
        for function, is_method in functions(tree):
            is_view = is_method and "/views" in name
            if length(function) > (LONGEST_VIEW if is_view else LONGEST_FUNCTION):
                long.append(f"{name}:{function.name} {length(function)}")
    assert long == []


def test_no_room_for_odds_and_ends():
    """Wrong if something was put where nobody looks for it."""
    names = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [relative(path) for path in MODULES if names & {path.stem, *path.parts[-3:-1]}] == []


def test_everything_public_says_what_it_is(trees):
    """Wrong if a public class or function of a module went without a docstring.

    What Django looks up by its fixed name (the configuration of an app, a command) says it itself.
    """
    silent = []
    for name, tree in trees.items():
        if name.endswith("/apps.py"):
            continue
        for node in tree.body:
            public = isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_")
            if public and node.name != "Command" and not ast.get_docstring(node):
                silent.append(f"{name}:{node.name}")
    assert silent == []


def test_nothing_is_left_to_do_in_the_code():
    """Wrong if a note of unfinished work stood where only its writer finds it."""
    note = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
    paths = [*MODULES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "docs").rglob("*.md")]
    for folder, kind in (("templates", "*.html"), ("static", "*.js"), ("static", "*.css")):
        paths += (ROOT / folder).rglob(kind)
    assert [relative(path) for path in paths if note.search(path.read_text())] == []


def test_no_signals():
    """Wrong if something happened that no service says."""
    used = [relative(path) for path in MODULES if "django.db.models.signals" in path.read_text()]
    assert used == []
