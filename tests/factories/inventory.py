import factory
from factory.django import DjangoModelFactory

from inventory.models import PurchaseRequest, StockLevel, Warehouse
from inventory.services import receive
from tests.factories.products import ProductFactory


class WarehouseFactory(DjangoModelFactory):
    class Meta:
        model = Warehouse

    code = factory.Sequence(lambda n: f"W{n}")
    name = factory.Sequence(lambda n: f"Warehouse {n}")


class StockLevelFactory(DjangoModelFactory):
    """A level with `stock` received through the ledger."""

    class Meta:
        model = StockLevel
        skip_postgeneration_save = True

    product = factory.SubFactory(ProductFactory)
    warehouse = factory.SubFactory(WarehouseFactory)

    @factory.post_generation
    def stock(self, create, extracted, **kwargs):
        if extracted:
            receive(self.product, self.warehouse, extracted, by=None)
            self.refresh_from_db()


class PurchaseRequestFactory(DjangoModelFactory):
    class Meta:
        model = PurchaseRequest

    class Params:
        submitted = factory.Trait(state=PurchaseRequest.State.SUBMITTED)
        approved = factory.Trait(state=PurchaseRequest.State.APPROVED)
        ordered = factory.Trait(state=PurchaseRequest.State.ORDERED)

    product = factory.SubFactory(ProductFactory)
    warehouse = factory.SubFactory(WarehouseFactory)
    quantity = 10
