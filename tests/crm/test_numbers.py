"""Numbers are given once and without gaps, also when many ask at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from crm.numbers import next_number


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_fifty_numbers_at_once_leave_no_gap_and_no_double():
    def ask(n):
        try:
            with transaction.atomic():
                number = next_number("SO", year=2026)
                if n % 5 == 0:
                    raise RuntimeError("the document failed")
                return number
        except RuntimeError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        given = [number for number in pool.map(ask, range(50)) if number]
    assert sorted(given) == [f"SO-2026-{n:06d}" for n in range(1, 41)]


def test_a_number_outside_a_transaction_is_refused(transactional_db):
    with pytest.raises(RuntimeError):
        next_number("SO")
