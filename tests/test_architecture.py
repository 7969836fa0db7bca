"""The house rules, checked: a convention that no test checks is a wish."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django_fsm import FSMField

from crm.events import LABELS
from crm.models import StatefulModel
from crm.pages import Pages

ROOT = Path(settings.ROOT)
LINE = settings.LINE
ROOMS = {
    "__init__.py",
    "models.py",
    "querysets.py",
    "services.py",
    "handlers.py",
    "filters.py",
    "forms.py",
    "views.py",
    "urls.py",
    "serializers.py",
    "api.py",
    "tasks.py",
    "admin.py",
    "apps.py",
    "grants.py",
    # Which of its records are printed, and what stands on them.
    "papers.py",
    # What only users has: how people log in, and permissions in words.
    "permissions.py",
    "backends.py",
    "authentication.py",
    # What an app offers to others as data, not as a service.
    "kinds.py",
    # What only activities has: the closed list of words a mail template may use.
    "placeholders.py",
}
PACKAGES = {"models", "services", "migrations", "management", "templatetags", "views", "forms"}


def sources(app):
    return [path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]


def templates():
    return sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("app", LINE)
def test_imports_point_upstream(app):
    downstream = set(LINE[LINE.index(app) + 1 :])
    if app == "crm":
        # urls.py joins the doors of all apps; seeding and loading speak to all of them.
        skipped = {ROOT / "crm/urls.py"}
    else:
        skipped = set()
    for path in set(sources(app)) - skipped:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            bad = {name.split(".")[0] for name in names} & downstream
            assert not bad, f"{path}:{node.lineno} imports {bad}"


@pytest.mark.parametrize("app", LINE[1:])
def test_every_app_has_the_same_rooms(app):
    for path in (ROOT / app).iterdir():
        if path.name == "__pycache__":
            continue
        if path.is_dir():
            assert path.name in PACKAGES, f"{path} is no room of an app"
        else:
            assert path.name in ROOMS, f"{path} is no room of an app"


@pytest.mark.parametrize("app", LINE[1:])
def test_doors_do_not_write(app):
    """Views, viewsets, forms and serializers call services; they neither save nor create rows."""
    writes = {"save", "create", "bulk_create", "update", "delete", "get_or_create", "bulk_update"}
    doors = ("views.py", "api.py", "forms.py", "serializers.py")
    for path in [p for p in sources(app) if p.name in doors or {"views", "forms"} & set(p.parts)]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value)
                is_rows = "objects" in owner or owner in ("obj", "instance", "self.instance")
                assert not (node.func.attr in writes and is_rows), f"{path}:{node.lineno} writes"


def test_only_the_lifecycle_changes_states():
    """`update(state=…)` would bypass guard, right and event."""
    for app in LINE:
        for path in sources(app):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "update":
                    assert "state" not in {k.arg for k in node.keywords}, f"{path}:{node.lineno}"


def stateful():
    return [model for model in apps.get_models() if issubclass(model, StatefulModel)]


@pytest.mark.parametrize("model", stateful(), ids=lambda m: m._meta.label)
def test_every_transition_has_words_and_a_right_and_is_a_verb(model):
    field = model.state_field()
    assert isinstance(field, FSMField)
    assert field.protected
    for transition in field.get_all_transitions(model):
        where = f"{model._meta.label}.{transition.name}"
        assert transition.custom.get("label"), f"{where} has no label"
        assert transition.permission or transition.custom.get("automatic"), f"{where} needs a right"
        for check in transition.conditions or ():
            assert getattr(check, "sentence", ""), f"{where}: a condition cannot say why it refuses"
    verbs = Pages.registry[model].verbs if model in Pages.registry else None
    if verbs is not None:
        names = {t.name for t in field.get_all_transitions(model) if not t.custom.get("automatic")}
        assert names <= set(verbs), f"{model._meta.label}: {names - set(verbs)} cannot be reached"


def test_every_event_has_words():
    """An event is a transition, a creation, an edit, or has a label of its own."""
    states = {
        f"{model._meta.model_name}.{value}"
        for model in stateful()
        for value, _label in model.state_field().flatchoices
    }
    for app in LINE:
        for path in sources(app):
            for node in ast.walk(ast.parse(path.read_text())):
                if not (
                    isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "emit"
                ):
                    continue
                if not (node.args and isinstance(node.args[0], ast.Constant)):
                    continue
                name = node.args[0].value
                known = name in LABELS or name in states or name.endswith((".created", ".edited"))
                assert known, f"{path}:{node.lineno} emits {name!r}, which has no label"


@pytest.mark.parametrize("path", templates(), ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_templates_obey_the_content_security_policy(path):
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.S)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "inline script"
    assert not re.search(r"<style\b|\sstyle=", text), "inline style"
    assert not re.search(r"\son[a-z]+=", text), "inline handler"
    assert not re.search(r"https?://(?!www\.w3\.org)", text), "foreign address"


@pytest.mark.parametrize(
    "path", [p for p in templates() if p.name.startswith("_")], ids=lambda p: p.name
)
def test_fragments_state_their_context(path):
    head = path.read_text()[:600]
    assert "{#" in head, "the first lines of a fragment state context and users"


def test_every_record_kind_has_both_doors():
    from crm.urls import router

    over_rest = {viewset.model for _prefix, viewset, _name in router.registry}
    for model in Pages.registry:
        if issubclass(model, StatefulModel):
            assert model in over_rest, f"{model._meta.label} has pages but no REST resource"


def test_modules_stay_small():
    for app in LINE:
        for path in sources(app):
            lines = path.read_text().count("\n")
            assert lines <= 560, f"{path} has {lines} lines: a concept is missing"
