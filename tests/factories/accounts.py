import factory
from factory.django import DjangoModelFactory

from accounts.models import Account, AccountClass, Address, Contact, PaymentTerm, TermPart


class AccountClassFactory(DjangoModelFactory):
    class Meta:
        model = AccountClass

    code = factory.Sequence(lambda n: f"C{n}")
    name = factory.Sequence(lambda n: f"Class {n}")


class PaymentTermFactory(DjangoModelFactory):
    """Payment in full 30 days after complete delivery, unless `parts` says otherwise."""

    class Meta:
        model = PaymentTerm
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Term {n}")

    @factory.post_generation
    def parts(self, create, extracted, **kwargs):
        default = [{"label": "All", "event": TermPart.Event.DELIVERY, "days": 30}]
        for position, part in enumerate(extracted or default, start=1):
            TermPart.objects.create(term=self, position=position, **part)


class AccountFactory(DjangoModelFactory):
    class Meta:
        model = Account

    class Params:
        customer = factory.Trait(status=Account.Status.CUSTOMER)

    name = factory.Sequence(lambda n: f"Harbour Pumps {n} Co., Ltd")


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    account = factory.SubFactory(AccountFactory)
    name = factory.Sequence(lambda n: f"Contact {n}")
    email = factory.Sequence(lambda n: f"contact{n}@example.com")


class AddressFactory(DjangoModelFactory):
    class Meta:
        model = Address

    account = factory.SubFactory(AccountFactory)
    city = "Shanghai"
    street = factory.Sequence(lambda n: f"{n} Harbour Road")
