import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from accounts.models import Account, Contact
from accounts.services import DuplicateFound
from crm.errors import WrongMoment
from leads.services import LEAD_VERBS
from opportunities.models import Opportunity
from opportunities.services import convert_lead
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.leads import LeadFactory
from tests.factories.planning import CampaignFactory


@pytest.fixture
def lead(rep):
    return LeadFactory(qualified=True, owner=rep, campaign=CampaignFactory())


def test_converting_a_lead_makes_customer_contact_and_deal_on_one_journey(rep, lead):
    deal = convert_lead(lead, by=rep, name="Ten pumps")
    lead.refresh_from_db()
    assert (lead.state, lead.account, lead.contact) == ("converted", deal.account, deal.contact)
    assert (deal.journey, deal.campaign, deal.owner) == (lead.journey, lead.campaign, rep)
    assert (deal.account.name, deal.account.owner) == (lead.company, rep)
    assert (deal.contact.name, deal.contact.email) == (lead.name, lead.email)
    assert deal.description == lead.need


def test_converting_twice_is_refused_and_names_the_first_result(rep, lead):
    deal = convert_lead(lead, by=rep, name="Ten pumps")
    with pytest.raises(WrongMoment, match="Ten pumps"):
        convert_lead(lead, by=rep, name="Again")
    assert Opportunity.objects.get() == deal
    lead.refresh_from_db()
    assert "Ten pumps" in str(LEAD_VERBS.refusal(lead, "convert"))


def test_a_likely_duplicate_has_to_be_answered(rep, lead):
    known = AccountFactory(name=lead.company, owner=rep)
    with pytest.raises(DuplicateFound) as refused:
        convert_lead(lead, by=rep)
    assert known.name in str(refused.value)
    lead.refresh_from_db()
    assert lead.state == "qualified"
    assert convert_lead(lead, by=rep, account=known).account == known
    assert Account.objects.count() == 1


def test_a_new_customer_can_be_chosen_in_spite_of_a_duplicate(rep, lead):
    AccountFactory(name=lead.company, owner=rep)
    convert_lead(lead, by=rep, new_account=True)
    assert Account.objects.filter(name=lead.company).count() == 2


def test_a_known_person_is_linked_and_brings_the_customer(rep, lead):
    person = ContactFactory(account__owner=rep, email=lead.email)
    deal = convert_lead(lead, by=rep, contact=person)
    assert (deal.account, deal.contact) == (person.account, person)
    assert Contact.objects.count() == 1


def test_the_leads_own_mail_address_finds_the_person_at_the_chosen_customer(rep, lead):
    person = ContactFactory(account__owner=rep, email=lead.email.upper())
    assert convert_lead(lead, by=rep, account=person.account).contact == person


def test_a_customer_one_may_not_see_cannot_be_linked(rep, outsider, lead):
    theirs = AccountFactory(owner=outsider)
    with pytest.raises(PermissionDenied):
        convert_lead(lead, by=rep, account=theirs)
    stranger = ContactFactory(account__owner=rep)
    with pytest.raises(ValidationError, match="another customer"):
        convert_lead(lead, by=rep, account=AccountFactory(owner=rep), contact=stranger)


def test_only_a_qualified_lead_of_ones_own_is_converted(rep, teammate, lead):
    with pytest.raises(PermissionDenied):
        convert_lead(lead, by=teammate)
    with pytest.raises(WrongMoment):
        convert_lead(LeadFactory(working=True, owner=rep), by=rep)


@pytest.mark.django_db(transaction=True)
def test_two_conversions_at_once_make_one_deal(rep, lead):
    outcomes = []

    def convert():
        try:
            outcomes.append(convert_lead(lead, by=rep).pk)
        except WrongMoment:
            outcomes.append(0)
        finally:
            connection.close()

    threads = [threading.Thread(target=convert) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [0, Opportunity.objects.get().pk]
