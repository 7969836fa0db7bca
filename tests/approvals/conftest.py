"""A document kind of the tests: a task whose body is an amount."""

from decimal import Decimal

import pytest

from activities.models import Task
from approvals import kinds
from approvals.services import request_approval
from tests.factories.activities import TaskFactory

KIND = "test_document"


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    facts = {
        "amount": ("amount", lambda task: Decimal(task.body or "0")),
        "margin": ("margin", lambda task: None),
    }
    found = kinds.Kind(KIND, Task, "test document", facts, amounts=("amount",))
    monkeypatch.setitem(kinds.KINDS, KIND, found)
    return KIND


@pytest.fixture
def submit():
    """`submit(by, amount)` -> the request for approval of a new document, or None."""

    def make(by, amount="5000"):
        document = TaskFactory(owner=by, body=amount, subject=f"Paper over {amount}")
        return request_approval(document, kind=KIND, by=by)

    return make
