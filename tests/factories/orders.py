"""Orders with lines, and customers, stock and steps to take them somewhere."""

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from accounts.models import Account, PaymentTerm, name_key
from inventory import services as inventory
from inventory.models import Warehouse
from orders import services
from orders.models import Carrier, Order, OrderLine
from products.services import write_lines
from tests.factories.products import ProductFactory


class TermFactory(DjangoModelFactory):
    class Meta:
        model = PaymentTerm
        django_get_or_create = ("name",)

    name = "30 days after delivery"


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Account

    name = factory.Sequence(lambda n: f"Customer {n}")
    name_key = factory.LazyAttribute(lambda account: name_key(account.name))
    payment_term = factory.SubFactory(TermFactory)


class PlaceFactory(DjangoModelFactory):
    class Meta:
        model = Warehouse
        django_get_or_create = ("code",)

    code = "MAIN"
    name = "Main"


class CarrierFactory(DjangoModelFactory):
    class Meta:
        model = Carrier

    name = factory.Sequence(lambda n: f"Carrier {n}")


class OrderFactory(DjangoModelFactory):
    """`lines`: [(product, quantity), …], by default five of a new product at its list price."""

    class Meta:
        model = Order
        skip_postgeneration_save = True

    owner = None
    account = factory.SubFactory(CustomerFactory, owner=factory.SelfAttribute("..owner"))
    payment_term = factory.SubFactory(TermFactory)
    address = "1 Long Road, Shanghai"
    recipient = "Goods in"

    @factory.post_generation
    def lines(self, create, extracted, **kwargs):
        pairs = extracted if extracted is not None else [(ProductFactory(), 5)]
        lines = [{"product": product, "quantity": quantity} for product, quantity in pairs]
        write_lines(self, OrderLine, "order", lines)
        self.save()


def stock(product, quantity, place=None):
    """Put goods into a warehouse; return it."""
    place = place or PlaceFactory()
    inventory.receive(product, place, Decimal(quantity), by=None)
    return place


def confirmed(order):
    """Take a new order to the customer's confirmation."""
    order = services.submit_order(order, by=None)
    order = services.approve_order(order, by=None)
    return services.confirm_order(order, by=None, confirmed_by="Purchasing")


def fulfilling(owner=None, quantity=5, in_stock=10, **fields):
    """An order of one line in the warehouse's hands, with `in_stock` pieces to take from."""
    product = ProductFactory()
    PlaceFactory()
    if in_stock:
        stock(product, in_stock)
    order = OrderFactory(owner=owner, lines=[(product, quantity)], **fields)
    return services.fulfil_order(confirmed(order), by=None)


def planned(order, quantity=None, **fields):
    """A shipment of the first line, of all that is allocated unless `quantity` is given."""
    line = order.lines.get()
    held = line.allocations.get()
    quantities = {line.pk: Decimal(quantity or held.quantity)}
    return services.plan_shipment(
        order, by=None, warehouse=held.warehouse, quantities=quantities, **fields
    )


def dispatched(order, quantity=None):
    shipment = services.pick_shipment(planned(order, quantity), by=None)
    return services.dispatch_shipment(shipment, by=None, carrier=CarrierFactory())


def delivered(order):
    """The order after all of its goods have arrived."""
    services.deliver_shipment(dispatched(order), by=None, received_by="Goods in")
    return Order.objects.get(pk=order.pk)
