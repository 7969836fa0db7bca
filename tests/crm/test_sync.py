"""What an integrator that keeps a copy asks of every list: what has changed since a moment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Account
from crm.urls import router
from tests.factories.accounts import AccountFactory

pytestmark = pytest.mark.django_db
LISTS = {
    prefix: view.filterset_class
    for prefix, view, _name in router.registry
    if getattr(view, "filterset_class", None)
}


def test_only_what_changed_after_the_moment_is_listed(api, rep):
    old, new = AccountFactory(name="old", owner=rep), AccountFactory(name="new", owner=rep)
    then = timezone.now() - timedelta(days=2)
    Account.objects.filter(pk=old.pk).update(updated_at=then)
    client = api(rep)

    def names(moment):
        answer = client.get("/api/v1/accounts/", {"updated_after": moment})
        assert answer.status_code == 200, answer.content
        return {row["name"] for row in answer.json()["results"]}

    assert names((then - timedelta(seconds=1)).isoformat()) == {"old", "new"}
    assert names(then.isoformat()) == {"new"}
    assert names(new.updated_at.isoformat()) == set()


@pytest.mark.parametrize("prefix", LISTS)
def test_every_list_with_filters_can_be_kept_in_step(prefix, api, administrator):
    if "updated_after" not in LISTS[prefix].base_filters:
        assert prefix in ("users", "stock-moves", "job-runs")
        return
    client, url = api(administrator), f"/api/v1/{prefix}/"
    assert client.get(url, {"updated_after": "2026-01-01T00:00:00Z"}).status_code == 200
    wrong = client.get(url, {"updated_after": "yesterday"})
    assert wrong.status_code == 400
    assert "updated_after" in wrong.json()["errors"]
