"""Contracts with lines and clauses, and steps to take one into force."""

from datetime import timedelta
from decimal import Decimal

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from contracts import services
from contracts.models import Amendment, ComplianceCheck, Contract, ContractClause, ContractLine
from products.services import write_lines
from tests.factories.accounts import AccountFactory, PaymentTermFactory
from tests.factories.products import ProductFactory


class ContractFactory(DjangoModelFactory):
    """`lines`: [(product, quantity), …]; with the clauses and checks of the default template."""

    class Meta:
        model = Contract
        skip_postgeneration_save = True

    class Params:
        in_review = factory.Trait(state=Contract.State.IN_REVIEW)
        approved = factory.Trait(state=Contract.State.APPROVED)
        signing = factory.Trait(state=Contract.State.SIGNING)
        active = factory.Trait(
            state=Contract.State.ACTIVE,
            number=factory.Sequence(lambda n: f"CT-T-{n:04d}"),
            activated_on=factory.LazyFunction(timezone.localdate),
            rate=Decimal(1),
        )

    title = factory.Sequence(lambda n: f"Contract {n}")
    owner = None
    account = factory.SubFactory(
        AccountFactory,
        owner=factory.SelfAttribute("..owner"),
        payment_term=factory.SubFactory(PaymentTermFactory),
    )
    payment_term = factory.SelfAttribute("account.payment_term")
    template = factory.LazyFunction(services.default_template)
    ends_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=365))

    @factory.post_generation
    def lines(self, create, extracted, **kwargs):
        pairs = extracted if extracted is not None else [(ProductFactory(), 10)]
        rows = [{"product": product, "quantity": quantity} for product, quantity in pairs]
        write_lines(self, ContractLine, "contract", rows)
        self.save()
        for clause in self.template.clauses.all():
            ContractClause.objects.create(
                contract=self,
                title=clause.title,
                body=clause.body,
                is_mandatory=clause.is_mandatory,
                position=clause.position,
            )
        for check in self.template.checks.all():
            ComplianceCheck.objects.create(contract=self, text=check.text, position=check.position)


class AmendmentFactory(DjangoModelFactory):
    class Meta:
        model = Amendment

    contract = factory.SubFactory(ContractFactory, active=True)
    title = factory.Sequence(lambda n: f"Amendment {n}")
    changes = "Delivery in June instead of May"
    effective_on = factory.LazyFunction(timezone.localdate)


def pass_checks(contract, *, by):
    """Answer every point of the compliance checklist with yes."""
    results = {check.pk: (True, "") for check in contract.checks.all()}
    return services.check_contract(contract, by=by, results=results)


def sign_both(contract, *, by):
    """Record both signatures and the signed copy."""
    today = timezone.localdate()
    for side in ("ours", "theirs"):
        services.sign_contract(contract, by=by, side=side, signer=f"Signer {side}", signed_on=today)
    copy = SimpleUploadedFile("signed.pdf", b"%PDF-1.4 signed")
    return services.upload_signed_copy(contract, by=by, file=copy)
