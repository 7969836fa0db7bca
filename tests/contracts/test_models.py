import pytest

from contracts.models import Contract
from tests.factories.contracts import ContractFactory

pytestmark = pytest.mark.django_db


def test_stored_totals_agree_with_the_lines():
    contract = ContractFactory()
    assert not Contract.objects.with_wrong_amount().exists()
    Contract.objects.filter(pk=contract.pk).update(amount=1)
    assert Contract.objects.with_wrong_amount().get() == contract
