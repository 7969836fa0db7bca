"""The generic templates and form controls, rendered with plain contexts."""

import re
from types import SimpleNamespace

import pytest
from django import forms
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from activities.models import Activity
from crm.cells import Cell, columns_of, labelled
from crm.forms import CrmForm
from crm.templatetags.closeloop import sort_verbs, table_rows
from tests.factories.users import UserFactory
from users.models import User


class PlainForm(CrmForm):
    groups = [("Deal", ["title", "amount"])]

    title = forms.CharField(help_text="What the customer calls it.")
    amount = forms.DecimalField()
    due_on = forms.DateField(initial="2026-12-31")
    region = forms.ChoiceField(choices=[(n, f"Region {n}") for n in range(20)])
    kind = forms.ChoiceField(choices=[("new", "New"), ("old", "Old")])
    channels = forms.MultipleChoiceField(
        choices=[("m", "Mail")], widget=forms.CheckboxSelectMultiple
    )


def page(template, **context):
    request = RequestFactory().get("/")
    request.htmx = context.pop("htmx", False)
    return render_to_string(template, context, request)


def test_a_field_says_in_words_what_is_wrong_beside_its_control():
    html = PlainForm({"title": ""})["title"].as_field_group()
    assert 'for="id_title"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_error"' in html
    assert "is-invalid" in html


def test_every_control_gets_its_class_and_input_kind():
    form = PlainForm()
    assert 'class="form-control"' in str(form["title"])
    assert 'inputmode="decimal"' in str(form["amount"])
    assert 'type="date"' in str(form["due_on"])
    assert 'value="2026-12-31"' in str(form["due_on"])
    assert 'class="form-select js-select"' in str(form["region"])
    assert 'class="form-select"' in str(form["kind"])
    assert 'class="form-check-input"' in str(form["channels"])


def test_fields_without_a_group_come_last():
    (first, fields), (_label, rest) = PlainForm().fieldsets
    assert first == "Deal"
    assert [field.name for field in fields] == ["title", "amount"]
    assert [field.name for field in rest] == ["due_on", "region", "kind", "channels"]


def test_a_cell_never_becomes_markup():
    row = {"url": "/orders/1/?a=1&b=2", "cells": [Cell("<b>x</b>"), Cell("1.00", numeric=True)]}
    html = table_rows([{"label": 'A "name"'}, {"label": "Amount"}], [row])
    assert "<b>" not in html
    assert '<a href="/orders/1/?a=1&amp;b=2">&lt;b&gt;x&lt;/b&gt;</a>' in html
    assert 'data-label="A &quot;name&quot;"' in html
    assert 'class="num' in html


def test_at_most_three_verbs_are_buttons_and_refused_ones_say_why():
    verbs = [{"name": str(n), "allowed": n != 1} for n in range(6)]
    found = sort_verbs(verbs)
    assert [verb["name"] for verb in found["shown"]] == ["0", "2", "3"]
    assert [verb["name"] for verb in found["more"]] == ["4", "5"]
    assert [verb["name"] for verb in found["refused"]] == ["1"]


def test_a_list_answers_htmx_with_the_fragment_of_its_page():
    context = {
        "columns": [{"label": "Name", "sort_url": "?o=-name", "sorted": "asc"}],
        "rows": [{"url": "/x/1/", "pk": 1, "cells": [Cell("One")]}],
        "count_label": "1",
        "list_url": "/x/",
        "kept": [("o", "-name")],
    }
    html = page("crm/_list.html", htmx=True, **context)
    assert html.count('id="list"') == 1
    assert 'aria-sort="ascending"' in html
    assert '<input type="hidden" form="filters" name="o" value="-name">' in html
    assert "<html" not in html


def test_a_verb_without_questions_is_a_form_and_one_with_questions_a_link():
    plain = {
        "name": "hold",
        "label": "Hold",
        "url": "/x/1/hold/",
        "allowed": True,
        "has_form": False,
    }
    asking = {
        "name": "lose",
        "label": "Lose",
        "url": "/x/1/lose/",
        "allowed": True,
        "has_form": True,
    }
    refused = {**plain, "label": "Close", "allowed": False, "reason": "Two receivables are open."}
    html = page("crm/_verbs.html", verbs=[plain, asking, refused])
    assert '<form method="post" action="/x/1/hold/"' in html
    assert "csrfmiddlewaretoken" in html
    assert 'href="/x/1/lose/" hx-get="/x/1/lose/" hx-target="#dialog"' in html
    assert "Two receivables are open." in html


@pytest.mark.parametrize("name", ["403.html", "404.html", "500.html", "crm/lockout.html"])
def test_pages_for_trouble_need_no_context(name):
    html = render_to_string(name)
    assert "<h1" in html
    # By night they are dark as everything else.
    assert re.search(r'data-theme="auto".*crm/theme', html, re.DOTALL)


class UserChoiceForm(CrmForm):
    person = forms.ModelChoiceField(User.objects.all(), required=False)


def test_a_remote_select_offers_a_page_of_rows_and_the_chosen_one(db, monkeypatch):
    oldest, _middle, newest = UserFactory(), UserFactory(), UserFactory()
    monkeypatch.setattr("crm.forms.FIRST_OPTIONS", 1)
    monkeypatch.setattr(User.objects.none().__class__, "remote_select", True, raising=False)
    html = str(UserChoiceForm(initial={"person": oldest.pk})["person"])
    assert 'data-remote-url="/options/users/user/"' in html
    assert f'<option value="{oldest.pk}" selected>' in html
    assert f'<option value="{newest.pk}">' in html
    assert html.count("<option") == 3  # and the empty one


def test_a_choice_of_rows_offers_only_what_the_person_may_see(db, monkeypatch):
    rep = UserFactory()
    kind = User.objects.none().__class__
    visible = SimpleNamespace(rows=User.objects.none())
    monkeypatch.setattr(kind, "visible_to", lambda self, user: visible.rows, raising=False)
    assert rep not in UserChoiceForm(user=rep).fields["person"].queryset
    visible.rows = User.objects.filter(pk=rep.pk)
    assert rep in UserChoiceForm(user=rep).fields["person"].queryset


def test_a_value_behind_its_label_has_the_colon_of_the_language():
    assert labelled("Submit", "QT-1") == "Submit: QT-1"
    with translation.override("zh-hans"):
        assert labelled("提交", "QT-1") == "提交：QT-1"


def test_a_choice_that_stands_alone_begins_with_a_capital():
    [column] = columns_of(Activity, ("kind",))
    assert column.cell(Activity(kind="call")).text == "Call"


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "闭环"), ("zh-hant", "閉環")])
def test_the_mark_is_written_in_the_characters_of_the_reader(language, name):
    with translation.override(language):
        assert f">{name}<" in render_to_string("crm/_brand.html")
