"""The two doors of Closeloop behind one interface, for tests that walk through both."""

import html
import json
import re

from django.apps import apps
from django.test import Client
from django.urls import reverse

from crm.urls import router

HTMX = {"HX-Request": "true", "accept-language": "en"}


def _forms(lines):
    """Lines as the fields of an inline formset."""
    data = {"lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": 0}
    for number, line in enumerate(lines):
        data |= {f"lines-{number}-{name}": value for name, value in line.items()}
    return data


class Refusal:
    """Why a door did not let something happen: HTTP status and the words it gave."""

    def __init__(self, status, words):
        self.status, self.words = status, words

    def __repr__(self):
        return f"{self.status}: {self.words}"


class Pages:
    """The browser's door: forms posted, redirects followed to the record."""

    name = "pages"

    def client(self, person):
        client = Client(headers={"accept-language": "en"})
        client.force_login(person, backend="users.backends.RoleBackend")
        return client

    def make(self, person, model, /, *, lines=None, **data):
        """Create a record through its form; return it."""
        model = apps.get_model(model)
        before = set(model.objects.values_list("pk", flat=True))
        url = f"{self.base(model)}new/"
        data = {**data, **(_forms(lines) if lines is not None else {})}
        answer = self.client(person).post(url, data)
        if answer.status_code != 302:
            return Refusal(answer.status_code, self.words(answer))
        return model.objects.exclude(pk__in=before).get()

    def base(self, model):
        return reverse(f"{model._meta.app_label}:{model._meta.model_name}_list")

    def do(self, person, obj, verb, /, **data):
        """Run a verb; return the fresh record, or the Refusal."""
        url = f"{obj.get_absolute_url()}{verb}/"
        answer = self.client(person).post(url, data, headers=HTMX)
        if answer.status_code != 200:
            return Refusal(answer.status_code, self.words(answer))
        return type(obj).objects.get(pk=obj.pk)

    def see(self, person, obj):
        return self.client(person).get(obj.get_absolute_url()).status_code

    def words(self, answer):
        text = re.sub(r"<[^>]*>", " ", answer.content.decode())
        return " ".join(html.unescape(text).split())[:4000]


class Rest:
    """The integrators' door: JSON in, JSON or problem+json out."""

    name = "rest"

    def __init__(self):
        self.prefixes = {viewset.model: prefix for prefix, viewset, _name in router.registry}

    def client(self, person):
        return Pages.client(self, person)

    def base(self, model):
        return f"/api/v1/{self.prefixes[model]}/"

    def make(self, person, model, /, **data):
        model = apps.get_model(model)
        answer = self.post(person, self.base(model), data)
        if answer.status_code != 201:
            return Refusal(answer.status_code, answer.content.decode())
        return model.objects.get(pk=answer.json()["id"])

    def do(self, person, obj, verb, /, **data):
        answer = self.post(person, f"{self.base(type(obj))}{obj.pk}/{verb}/", data)
        if answer.status_code != 200:
            return Refusal(answer.status_code, answer.content.decode())
        return type(obj).objects.get(pk=obj.pk)

    def see(self, person, obj):
        return self.client(person).get(f"{self.base(type(obj))}{obj.pk}/").status_code

    def post(self, person, url, data):
        if any(hasattr(value, "read") for value in data.values()):
            return self.client(person).post(url, data)
        body = json.dumps(data, default=str)
        return self.client(person).post(url, body, content_type="application/json")
