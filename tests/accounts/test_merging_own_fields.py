"""Merging two records that have fields of the company's own."""

import pytest

from accounts.models import Account
from accounts.services import merge_records, possible_merge, undo_merge
from tests.accounts.test_merging import everything
from tests.crm.test_custom import own
from tests.factories.accounts import AccountFactory


@pytest.fixture
def own_twins(rep):
    """(kept, goes) with own fields: one of each, two that differ; the second was edited later."""
    own(Account, "tier", "choice", choices="Gold\nSilver", label="Tier")
    own(Account, "stores", "number")
    own(Account, "remark")
    kept = AccountFactory(owner=rep, name="Kept", custom={"tier": "Gold", "remark": "old"})
    goes = AccountFactory(owner=rep, name="Goes", custom={"stores": "3", "remark": "new"})
    return kept, goes


def test_own_fields_are_merged_one_by_one_and_come_back(rep, own_twins):
    kept, goes = own_twins
    before = everything()
    merge = merge_records(kept, goes, by=rep)
    kept.refresh_from_db()
    assert kept.custom == {"tier": "Gold", "stores": "3", "remark": "new"}
    undo_merge(merge, by=rep)
    assert everything() == before


def test_each_own_field_can_be_chosen(api, rep, own_twins):
    kept, goes = own_twins
    choices, _moving = possible_merge(kept, goes, rep)
    offered = {choice.name: (choice.label, choice.default) for choice in choices}
    assert offered["custom__tier"] == ("Tier", "ours")
    assert offered["custom__stores"] == ("Stores", "theirs")
    assert offered["custom__remark"] == ("Remark", "theirs")
    chosen = {"custom__remark": "ours", "custom__stores": "ours", "custom__tier": "theirs"}
    body, url = {"other": goes.pk, "choices": chosen}, f"/api/v1/accounts/{kept.pk}/merge/"
    wrong = {**body, "choices": {"custom__nonsense": "ours"}}
    assert api(rep).post(url, wrong, format="json").status_code == 400
    answer = api(rep).post(url, body, format="json")
    assert answer.json()["custom"] == {"remark": "old"}


def test_they_are_chosen_in_the_browser(login, rep, outsider, own_twins):
    kept, goes = own_twins
    url = f"/accounts/{kept.pk}/merge/{goes.pk}/"
    page = login(rep)
    assert 'name="custom__remark"' in page.get(url).content.decode()
    chosen = {"custom__remark": "ours", "custom__tier": "theirs", "csrfmiddlewaretoken": "x"}
    assert login(outsider).post(url, chosen).status_code == 404
    assert page.post(url, {"custom__nonsense": "ours"}).status_code == 422
    assert page.post(url, chosen).status_code == 302
    kept.refresh_from_db()
    assert kept.custom == {"remark": "old", "stores": "3"}
