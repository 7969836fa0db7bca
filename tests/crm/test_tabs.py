"""The tabs of a record page: whoever sees the record and holds the right of a tab gets it."""

import pytest
from django.contrib.auth.models import Permission

from crm.pages import Pages
from tests.factories.activities import MailTemplateFactory
from tests.factories.leads import LeadFactory
from tests.factories.users import UserFactory
from tests.records import MAKERS
from users.models import Role, Scope

pytestmark = pytest.mark.django_db

PANELS = [
    (pages.model._meta.label_lower, name, permission)
    for pages in Pages.registry.values()
    for _label, name, permission, _rows in pages.panels
]


def holding(*names):
    """A person whose only role grants just these rights, on all rows."""
    role = Role.objects.create(code="odd", name="Odd", scope=Scope.ALL)
    for name in names:
        app_label, codename = name.split(".")
        right = Permission.objects.get(content_type__app_label=app_label, codename=codename)
        role.permissions.add(right)
    person = UserFactory(name="odd")
    person.roles.add(role)
    return person


def tabs(page, record, name):
    answer = page.get(record.get_absolute_url(), {"tab": name.replace(":", "-")})
    assert answer.status_code == 200
    return {tab["key"]: tab for tab in answer.context["tabs"]}


@pytest.mark.parametrize(("kind", "name", "permission"), PANELS)
def test_the_right_of_a_tab_is_all_it_takes(kind, name, permission, rep, login):
    record = MAKERS[kind](rep)
    head = record.permission("view")
    page = login(holding(head, permission))
    tab = tabs(page, record, name)[name.replace(":", "-")]
    assert tab["active"]
    assert tab["content"]
    assert page.get(tab["url"]).status_code == 200


@pytest.mark.parametrize(("kind", "name", "permission"), PANELS)
def test_without_its_right_a_tab_is_not_there(kind, name, permission, rep, login):
    record = MAKERS[kind](rep)
    head = record.permission("view")
    if permission != head:
        assert name.replace(":", "-") not in tabs(login(holding(head)), record, name)


def test_the_preview_of_a_mail_counts_nothing(login, rep):
    template = MailTemplateFactory(kind="leads.lead")
    lead = LeadFactory(owner=rep, name="Visible Li")
    page = login(rep)
    tab = tabs(page, template, "activities:preview")["activities-preview"]
    assert tab["count"] is None
    assert "This field is required" not in tab["content"]
    assert str(lead) in tab["content"]


def test_the_preview_offers_no_record_that_one_may_not_see(login, rep):
    template = MailTemplateFactory(kind="leads.lead")
    lead = LeadFactory(owner=rep, name="Hidden Li")
    page = login(holding("activities.view_mailtemplate"))
    tab = tabs(page, template, "activities:preview")["activities-preview"]
    assert str(lead) not in tab["content"]
    answer = page.get(tab["url"], {"record": lead.pk})
    assert answer.status_code == 200
    assert not answer.context["body"]
