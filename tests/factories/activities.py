from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from activities.models import Activity, Mailing, MailTemplate, Meeting, Task
from tests.factories.users import UserFactory


class ActivityFactory(DjangoModelFactory):
    class Meta:
        model = Activity

    owner = factory.SubFactory(UserFactory)
    kind = Activity.Kind.CALL
    subject = factory.Sequence(lambda n: f"Call {n}")


class TaskFactory(DjangoModelFactory):
    class Meta:
        model = Task

    owner = factory.SubFactory(UserFactory)
    subject = factory.Sequence(lambda n: f"Task {n}")
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))


class MeetingFactory(DjangoModelFactory):
    class Meta:
        model = Meeting

    owner = factory.SubFactory(UserFactory)
    subject = factory.Sequence(lambda n: f"Meeting {n}")
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))
    ends_at = factory.LazyAttribute(lambda meeting: meeting.starts_at + timedelta(hours=1))


class MailTemplateFactory(DjangoModelFactory):
    class Meta:
        model = MailTemplate

    name = factory.Sequence(lambda n: f"Template {n}")
    kind = "accounts.contact"
    language = "en"
    subject = "News from {{ company.name }}"
    body = "Dear {{ recipient.name }} of {{ account.name }}, {{ me.name }}"


class MailingFactory(DjangoModelFactory):
    class Meta:
        model = Mailing

    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Mailing {n}")
    template = factory.SubFactory(MailTemplateFactory)
