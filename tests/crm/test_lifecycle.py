"""Writing through the lifecycle: one winner, an event for every change, nothing half done."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from crm import events
from crm.errors import DomainError, WrongMoment
from crm.lifecycle import advance, edit
from crm.models import Event, Notification
from products.models import Product
from tests.factories.products import ProductFactory
from tests.factories.users import UserFactory


@pytest.fixture
def heard():
    """Register handlers for one test: heard(name, handler)."""
    added = []

    def register(name, handler, audience=False):
        registry = events._audiences if audience else events._handlers
        entry = events.Audience(handler, by_mail=False, unseen=False) if audience else handler
        registry[name].append(entry)
        added.append((registry[name], entry))

    yield register
    for entries, entry in added:
        entries.remove(entry)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_do_the_same_at_once_one_wins():
    person = UserFactory(role="manager")
    product = ProductFactory()

    def take_off(_n):
        try:
            advance(product, "take_off_sale", by=person)
            return "done"
        except WrongMoment:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(take_off, range(20)))
    assert results.count("done") == 1
    assert Event.objects.filter(name="product.off_sale").count() == 1


def test_a_handler_may_veto_and_then_nothing_has_happened(manager, heard):
    def veto(event, obj):
        raise DomainError("not while it is on the shelf")

    heard("product.off_sale", veto)
    product = ProductFactory()
    with pytest.raises(DomainError):
        advance(product, "take_off_sale", by=manager)
    product.refresh_from_db()
    assert product.state == Product.State.ON_SALE
    assert not Event.objects.filter(name="product.off_sale").exists()


def test_an_edit_that_breaks_a_rule_changes_nothing(manager):
    product = ProductFactory(price="10")
    with pytest.raises(ValidationError):
        edit(product, by=manager, name="New", tax_rate=400)
    product.refresh_from_db()
    assert product.name != "New"
    assert not Event.objects.filter(name="product.edited").exists()


def test_an_edit_without_a_difference_leaves_no_trace(manager):
    product = ProductFactory(name="Same")
    edited = edit(product, by=manager, name="Same")
    assert edited.version == 1
    assert not Event.objects.exists()


def test_the_state_cannot_be_assigned(db):
    product = ProductFactory()
    with pytest.raises(AttributeError):
        product.state = Product.State.OFF_SALE
    product.refresh_from_db()
    with pytest.raises(AttributeError):
        product.state = Product.State.OFF_SALE


def test_the_audience_is_told_once_and_never_the_actor(
    manager, rep, heard, django_capture_on_commit_callbacks
):
    heard("product.off_sale", lambda event, obj: [rep, rep, manager], audience=True)
    with django_capture_on_commit_callbacks(execute=True):
        advance(ProductFactory(), "take_off_sale", by=manager)
    event = Event.objects.get(name="product.off_sale")
    assert event.delivered_at
    assert [n.user for n in Notification.objects.all()] == [rep]
    from crm.delivery import deliver

    deliver(event.pk)
    assert Notification.objects.count() == 1


def test_lost_deliveries_are_swept_up(manager, rep, heard):
    from datetime import timedelta

    from django.utils import timezone

    from crm.tasks import deliver_events

    heard("product.off_sale", lambda event, obj: [rep], audience=True)
    advance(ProductFactory(), "take_off_sale", by=manager)  # the test's transaction never commits
    Event.objects.update(at=timezone.now() - timedelta(minutes=5))
    deliver_events()
    assert Notification.objects.filter(user=rep).count() == 1
    assert not Event.objects.undelivered().exists()


def test_silent_history_tells_nobody(manager, rep, heard):
    heard("product.off_sale", lambda event, obj: [rep], audience=True)
    with events.silently():
        advance(ProductFactory(), "take_off_sale", by=manager)
    assert not Event.objects.undelivered().exists()
    assert not Notification.objects.exists()
