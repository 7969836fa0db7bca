"""Every route for every role and row, over both doors, held to the table in tests/rights.py."""

import json
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin, auth
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client, override_settings
from django.urls import NoReverseMatch, get_resolver, reverse
from rest_framework.throttling import SimpleRateThrottle

from crm.events import emit
from crm.files import add_attachment
from crm.models import Notification
from crm.pages import Pages
from crm.search import index
from crm.urls import router
from tests.factories.users import TeamFactory, UserFactory
from tests.records import MAKERS
from tests.rights import (
    ABOUT,
    ANY_RECORD,
    BY_HAND,
    DOORS,
    PUBLIC,
    ROLES,
    ROWS,
    TABLE,
    reach,
)
from users.models import ApiKey

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PANEL = {**HTMX, "HX-Target": "search-panel"}
NEVER = {401, 403, 404, 405}
OK = "ok"


# --- The world: one cast, three rows of every kind, made once ---------------------------------------


@contextmanager
def undone():
    """Whatever happens inside has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    # Sessions in cookies: one query less for every request.
    sessions = "django.contrib.sessions.backends.signed_cookies"
    with django_db_blocker.unblock(), undone(), override_settings(SESSION_ENGINE=sessions):
        east = TeamFactory(name="East")
        people = {"manager": UserFactory(name="manager", team=east, role="manager")}
        east.manager = people["manager"]
        east.save()
        people["rep"] = UserFactory(name="rep", team=east, role="rep")
        for code in ROLES:
            if code not in people:
                staff = code == "administrator"
                people[code] = UserFactory(name=code, role=code, is_staff=staff)
        owners = {
            "own": people["rep"],
            "team": UserFactory(name="teammate", team=east, role="rep"),
            "other": UserFactory(name="outsider", team=TeamFactory(name="West"), role="rep"),
        }
        rows = {kind: {row: MAKERS[kind](owners[row]) for row in ROWS} for kind in TABLE}
        clients = {}
        for code, person in people.items():
            clients[code] = Client(raise_request_exception=False, headers={"accept-language": "en"})
            clients[code].force_login(person, backend="users.backends.RoleBackend")
        yield SimpleNamespace(people=people, owners=owners, rows=rows, clients=clients)


@pytest.fixture(autouse=True)
def _quick(world, monkeypatch):
    """Nobody is throttled, people are not read again with every request, nor the menu drawn."""
    by_pk = {str(person.pk): person for person in world.people.values()}

    def get_user(request):
        return by_pk.get(request.session.get(auth.SESSION_KEY)) or AnonymousUser()

    monkeypatch.setattr(auth, "get_user", get_user)
    monkeypatch.setattr("crm.context.menu", lambda user, path: [])
    monkeypatch.setattr("crm.context._counters", {})
    # All rows on one page.
    monkeypatch.setattr("crm.lists.pages.PAGE_SIZE", 1000)
    monkeypatch.setattr("crm.api.pagination.CursorPagination.page_size", 1000)
    monkeypatch.setattr(SimpleRateThrottle, "allow_request", lambda self, request, view: True)


def ask(client, method, url, data=None, *, rest=False, **headers):
    """The answer to one request, whose effects are undone; 401 where a log-in is asked for."""
    answer = _ask(client, method, url, data, rest, headers)
    if answer.status_code == 302 and answer.url.startswith(reverse("login")):
        answer.status_code = 401
    return answer


def _ask(client, method, url, data, rest, headers):
    if method == "get":
        return client.get(url, data or {}, headers=headers)
    with undone():
        if rest:
            body = json.dumps(data or {})
            return client.generic(method, url, body, content_type="application/json")
        return client.post(url, data or {}, headers=headers)


# --- What the table says ----------------------------------------------------------------------------


def rows_of(row, role=""):
    """The rows to ask about; whose reach does not depend on owners is asked about the farthest."""
    if row.company:
        return ROWS[:1]
    return ROWS if role in ("", "rep", "manager") else ROWS[-1:]


def expected(row, act, role, place):
    """The statuses with which `role` may be answered who asks for `act` on the row at `place`."""
    seen, done = reach(row.view, row.company), reach(act, row.company)
    if role not in seen:
        return {403}
    if place in done.get(role, ()):
        return OK
    if place in seen[role]:
        return {403}
    # Who lacks the right may hear so before the record is looked for.
    return {404} if role in done else {403, 404}


def fits(status, wanted):
    return (status not in NEVER and status < 500) if wanted == OK else status in wanted


class Findings(list):
    def check(self, status, wanted, *what):
        if not fits(status, wanted):
            asked = " ".join(map(str, what))
            self.append(f"{asked}: {status} instead of {wanted}")

    def __bool__(self):
        return len(self) > 0

    def assert_none(self):
        assert not self, "\n" + "\n".join(self)


def base_of(kind):
    app_label, model = kind.split(".")
    return reverse(f"{app_label}:{model}_list")


KINDS = sorted(TABLE)


# --- Every route is in the table, and nothing else -----------------------------------------------------


def routes(resolver=None, names=()):
    """(name, callback) of every URL pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from routes(entry, (*names, entry.namespace) if entry.namespace else names)
        else:
            yield ":".join((*names, entry.name or "?")), entry.callback


def routes_of_table():
    found = PUBLIC | set(DOORS) | set(ABOUT) | set(ANY_RECORD) | BY_HAND
    for kind, row in TABLE.items():
        app_label, model = kind.split(".")
        name = f"{app_label}:{model}"
        found |= {f"{name}_list", f"{name}_detail"}
        found |= {f"{name}_export", f"{name}_views", f"{name}_view"}
        found |= {f"{name}_board", f"{name}_move"} if row.board else set()
        found |= {f"{name}_create"} if row.add is not None and row.page_add else set()
        found |= {f"{name}_edit", f"{name}_field"} if row.change is not None else set()
        found |= {f"{name}_verb", f"{name}_bulk"} if row.verbs else set()
        found |= {f"{name}_pdf", f"api:{row.api}-pdf"} if row.paper is not None else set()
        if row.api:
            found |= {f"api:{row.api}-list", f"api:{row.api}-detail"}
            names = row.verbs if row.api_verbs else ()
            found |= {f"api:{row.api}-{verb.replace('_', '-')}" for verb in names}
        # A verb with a page of its own in between.
        found |= {f"{name}_merge"} if "merge" in row.verbs else set()
    return found | {"leads:lead_claim"}  # the verb claim, with a wider view of leads


def test_every_route_has_its_row_and_every_row_a_route():
    known = {name for name, _view in routes() if not name.startswith("admin:")}
    table = routes_of_table()
    assert known - table == set(), "routes without a row in tests/rights.py"
    assert table - known == set(), "rows of tests/rights.py without a route"


@pytest.mark.parametrize("kind", KINDS)
def test_every_verb_has_its_row_and_every_row_a_verb(kind):
    row, model = TABLE[kind], apps.get_model(kind)
    assert set(Pages.registry[model].verbs) == set(row.verbs)
    viewset = next((v for _p, v, _b in router.registry if v.model is model), None)
    assert bool(viewset) == bool(row.api)
    if viewset:
        assert set(viewset.verbs) == (set(row.verbs) if row.api_verbs else set())
        adds = row.api_add and row.add is not None
        changes = row.api_change and row.change is not None
        assert (bool(viewset.create_service), bool(viewset.edit_service)) == (adds, changes)
        assert "delete" not in viewset.http_method_names


def test_the_table_names_every_kind_of_record():
    assert {model._meta.label_lower for model in Pages.registry} == set(TABLE)


# --- The browser ------------------------------------------------------------------------------------


def lists_acts(row, role):
    """(address, data, what whoever sees the list may be told) of what every list brings."""
    yield "export", {"format": "csv"}, OK if role != "integrator" else {403}
    yield "views", {"name": "Mine"}, OK
    shares = role in ("manager", "marketing", "administrator")
    yield "views", {"name": "Ours", "is_shared": "1"}, OK if shares else {403}
    yield "views/0", {"act": "pin"}, {404}
    if row.verbs:
        yield "bulk", {"verb": "no_such_verb"}, {404}


def fields_of(kind):
    """The first field of the form, which stands for all."""
    return list(Pages.registry[apps.get_model(kind)].form.base_fields)[:1]


@pytest.mark.parametrize("kind", KINDS)
def test_pages(kind, world):
    row, base, found = TABLE[kind], base_of(kind), Findings()
    seen = reach(row.view, row.company)
    pk_of = {place: world.rows[kind][place].pk for place in ROWS}
    for role in ROLES:
        client = world.clients[role]
        answer = ask(client, "get", base, **HTMX)
        found.check(answer.status_code, OK if role in seen else {403}, role, "list")
        if answer.status_code == 200:
            listed = {entry["pk"] for entry in answer.context["rows"]} & set(pk_of.values())
            wanted = {pk_of[place] for place in seen.get(role, ())}
            if listed != wanted:
                found.append(f"{role} lists {listed} instead of {wanted}")
        for what, data, may in lists_acts(row, role):
            status = ask(client, "post", f"{base}{what}/", data).status_code
            found.check(status, may if role in seen else {403}, role, what)
        if row.board:
            answer = ask(client, "get", f"{base}board/", **HTMX)
            found.check(answer.status_code, OK if role in seen else {403}, role, "board")
        if row.add is not None and row.page_add:
            wanted = OK if role in reach(row.add) else {403}
            found.check(ask(client, "get", f"{base}new/", **HTMX).status_code, wanted, role, "new")
        for place in rows_of(row, role):
            url = f"{base}{pk_of[place]}/"
            status = ask(client, "get", url, **HTMX).status_code
            found.check(status, expected(row, row.view, role, place), role, place, "record")
            if row.paper is not None:
                status = ask(client, "get", f"{url}pdf/").status_code
                found.check(status, expected(row, row.paper, role, place), role, place, "pdf")
            if row.change is not None:
                status = ask(client, "get", f"{url}edit/", **HTMX).status_code
                wanted = expected(row, row.change, role, place)
                found.check(status, wanted, role, place, "edit")
                for field in fields_of(kind):
                    status = ask(client, "get", f"{url}field/{field}/", **HTMX).status_code
                    # A field may be hidden from those who change others.
                    allowed = {200, 404, 409} if wanted == OK else wanted
                    found.check(status, allowed, role, place, field)
    found.assert_none()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if TABLE[kind].verbs])
def test_verbs_of_pages(kind, world):
    row, base, found = TABLE[kind], base_of(kind), Findings()
    for role in ROLES:
        for place in rows_of(row, role):
            url = f"{base}{world.rows[kind][place].pk}/"
            for verb, roles in row.verbs.items():
                status = ask(world.clients[role], "post", f"{url}{verb}/", **HTMX).status_code
                wanted = expected(row, roles, role, place)
                # Claiming reaches leads out of sight.
                wanted = OK if place in reach(roles).get(role, ()) else wanted
                found.check(status, wanted, role, place, verb)
            if row.board:
                status = ask(world.clients[role], "post", f"{url}move/", **HTMX).status_code
                # Nowhere to go: the answer is 409 to whoever sees the card.
                found.check(status, expected(row, row.view, role, place), role, place, "move")
    found.assert_none()


# --- REST ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in KINDS if TABLE[kind].api])
def test_rest(kind, world):
    row, found = TABLE[kind], Findings()
    base = f"/api/v1/{row.api}/"
    seen = reach(row.view, row.company)
    pk_of = {place: world.rows[kind][place].pk for place in ROWS}
    for role in ROLES:
        client = world.clients[role]
        answer = ask(client, "get", base, rest=True)
        found.check(answer.status_code, OK if role in seen else {403}, role, "list")
        if answer.status_code == 200:
            listed = {entry["id"] for entry in answer.json()["results"]} & set(pk_of.values())
            wanted = {pk_of[place] for place in seen.get(role, ())}
            if listed != wanted:
                found.append(f"{role} lists {listed} instead of {wanted}")
        status = ask(client, "post", base, rest=True).status_code
        if row.api_add and row.add is not None:
            may = role in reach(row.add) and role in seen
            found.check(status, {400, 201, 409, 422} if may else {403}, role, "create")
        else:
            found.check(status, {403, 405}, role, "create")
        for place in rows_of(row, role):
            url = f"{base}{pk_of[place]}/"
            status = ask(client, "get", url, rest=True).status_code
            found.check(status, expected(row, row.view, role, place), role, place, "read")
            if row.paper is not None:
                status = ask(client, "get", f"{url}pdf/", rest=True).status_code
                found.check(status, expected(row, row.paper, role, place), role, place, "pdf")
            status = ask(client, "patch", url, rest=True).status_code
            if row.api_change and row.change is not None:
                wanted = expected(row, row.change, role, place)
                found.check(status, wanted, role, place, "change")
            else:
                found.check(status, {403, 405}, role, place, "change")
            if role == "administrator":
                status = ask(client, "delete", url, rest=True).status_code
                found.check(status, {403, 405}, role, place, "delete")
            for verb, roles in row.verbs.items() if row.api_verbs else ():
                status = ask(client, "post", f"{url}{verb}/", rest=True).status_code
                wanted = expected(row, roles, role, place)
                wanted = OK if place in reach(roles).get(role, ()) else wanted
                found.check(status, wanted, role, place, verb)
    found.assert_none()


# --- Every other page -------------------------------------------------------------------------------------


ARGS = {
    "performance:figure": ["won"],
    "crm:day_card": ["tasks"],
    "crm:guide_step": ["lead"],
}
POSTED = {"crm:notifications_read", "crm:news", "crm:guide_put_away"}


@pytest.mark.parametrize("name", sorted(DOORS))
def test_pages_about_no_record(name, world):
    found = Findings()
    for role in ROLES[:1] if name == "schema" else ROLES:  # it is the same for all, and slow
        client = world.clients[role]
        method = "post" if name in POSTED else "get"
        status = ask(client, method, reverse(name, args=ARGS.get(name)), **HTMX).status_code
        may = role in reach(DOORS[name]) or role == "administrator"
        found.check(status, OK if may else {403}, role)
    found.assert_none()


@pytest.mark.parametrize("name", sorted(ABOUT))
def test_panels_and_pages_about_a_record(name, world):
    """Whoever does not see the record learns nothing; whoever may not see the rows sees none."""
    kind, roles = ABOUT[name]
    row, found = TABLE[kind], Findings()
    for role in ROLES:
        for place in rows_of(row, role):
            url = reverse(name, args=[world.rows[kind][place].pk])
            answer = ask(world.clients[role], "get", url, **HTMX)
            if place not in reach(row.view).get(role, ()):
                wanted = {403, 404}
            elif role in reach(roles):
                wanted = OK
            else:
                wanted = {403, 404}
                if answer.status_code == 200 and not rows_in(answer.context):
                    continue
            found.check(answer.status_code, wanted, role, place)
    found.assert_none()


def rows_in(context):
    tables = context["tables"] if "tables" in context else [context["table"]]
    return [row for table in tables for row in table["rows"]]


@pytest.mark.parametrize("name", sorted(ANY_RECORD))
def test_parts_of_the_page_of_any_record(name, world):
    method = "post" if name in ("crm:comment", "crm:attach") else "get"
    found = Findings()
    for kind, row in TABLE.items():
        if name == "crm:journey" and not hasattr(world.rows[kind]["own"], "journey"):
            continue
        for role in ("rep", "manager", "warehouse", "marketing", "administrator"):
            seen, may = reach(row.view, row.company), role in reach(ANY_RECORD[name])
            for place in rows_of(row, role):
                url = reverse(name, args=[*kind.split("."), world.rows[kind][place].pk])
                status = ask(world.clients[role], method, url, **HTMX).status_code
                visible = place in seen.get(role, ())
                wanted = OK if visible and may else {403} if visible else {403, 404}
                found.check(status, wanted, role, place, kind)
    found.assert_none()


def test_choices_offer_what_one_may_see(world):
    found = Findings()
    for kind, row in TABLE.items():
        app_label, model = kind.split(".")
        url = reverse("crm:options", args=[app_label, model])
        pk_of = {place: world.rows[kind][place].pk for place in rows_of(row)}
        for role in ROLES:
            with_rights = reach(row.view, row.company).get(role, set())
            answer = ask(world.clients[role], "get", url)
            offered = {entry["value"] for entry in answer.json()}
            bad = {place for place in pk_of if place not in with_rights and pk_of[place] in offered}
            if answer.status_code != 200 or bad:
                found.append(f"{role} {kind}: {answer.status_code}, offers {bad}")
    found.assert_none()


def test_only_records_with_pages_are_offered_as_choices(world):
    """Lines of documents, keys and the like have no list, and so no choices."""
    for model in apps.get_models():
        if model not in Pages.registry:
            url = f"/options/{model._meta.app_label}/{model._meta.model_name}/"
            assert ask(world.clients["administrator"], "get", url).status_code == 404, model


# --- Not logged in ------------------------------------------------------------------------------------


def some_url(name, world):
    """The address of a route with whatever it takes."""
    kinds = {
        "app_label": "orders",
        "model": "order",
        "key": "won",
        "name": "tasks",
        "verb": "confirm",
        "field": "owner",
        "kind": "orders.order",
    }
    pk = world.rows["orders.order"]["own"].pk
    tokens = {"token": "token", "token_key": "12345678", "uidb64": "MQ", "digest": "0"}
    given = {"pk": pk, "other": pk, "version": "v1", **kinds, **tokens}
    for _pattern, parameters in possibilities(name):
        with_values = {key: given[key] for key in parameters if key in given}
        try:
            return reverse(name, kwargs=with_values)
        except NoReverseMatch:
            continue
    return reverse(name)


def possibilities(name):
    *namespaces, last = name.split(":")
    resolver = get_resolver()
    for namespace in namespaces:
        resolver = resolver.namespace_dict[namespace][1]
    for _bits, pattern, _defaults, _converters in resolver.reverse_dict.getlist(last):
        for _text, parameters in _bits:
            yield pattern, parameters


def test_whoever_is_not_logged_in_sees_public_pages_only(world):
    found, client = Findings(), Client(raise_request_exception=False)
    for name, _view in routes():
        if name.startswith("admin:") or name in PUBLIC:
            continue
        for method in ("get", "post"):
            status = ask(client, method, some_url(name, world)).status_code
            found.check(status, {401}, method, name)
    found.assert_none()


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_pages_need_no_login(name, world):
    client = Client(raise_request_exception=False)
    method = "post" if name == "preferences" else "get"
    status = ask(client, method, some_url(name, world)).status_code
    # An unknown token is an unknown page.
    token = name in (
        "crm:logo",
        "opportunities:public_quotation",
        "opportunities:public_quotation_pdf",
        "aftersales:survey_public",
        "calendar_feed",
        "unsubscribe",
    )
    assert status == (404 if token else 302 if name == "preferences" else 200)


# --- The administration site ------------------------------------------------------------------------------


def test_only_administrators_enter_the_administration_site(world):
    found = Findings()
    ours = [model for model in admin.site._registry if model._meta.app_label in settings.LINE]
    for model in ours:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for role in ROLES:
            status = ask(world.clients[role], "get", url).status_code
            found.check(status, {200} if role == "administrator" else {302}, role, url)
    found.assert_none()


def test_no_record_can_be_deleted_in_the_administration_site(world):
    found = Findings()
    for kind in KINDS:
        model = apps.get_model(kind)
        if model in admin.site._registry:
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_delete"
            url = reverse(name, args=[world.rows[kind]["own"].pk])
            status = ask(world.clients["administrator"], "post", url, {"post": "yes"}).status_code
            found.check(status, {403}, kind)
    found.assert_none()


# --- Files, notifications and keys -----------------------------------------------------------------------


def test_a_file_is_visible_exactly_when_its_record_is(world):
    found = Findings()
    for kind in ("orders.order", "leads.lead", "contracts.contract"):
        row = TABLE[kind]
        for place in ROWS:
            file = add_attachment(
                world.rows[kind][place], ContentFile(b"x", name="x.txt"), by=world.owners[place]
            )
            for role in ROLES:
                url = reverse("crm:attachment", args=[file.pk])
                visible = place in reach(row.view).get(role, ())
                status = ask(world.clients[role], "get", url).status_code
                found.check(status, {200} if visible else {404}, role, place, kind)
    found.assert_none()


def test_everybody_may_log_out(world):
    for person in world.people.values():
        client = Client()
        client.force_login(person, backend="users.backends.RoleBackend")
        client.post(reverse("logout"))
        assert "_auth_user_id" not in client.session


def test_a_notification_is_for_one_person(world):
    order = world.rows["orders.order"]["own"]
    event = emit("order.edited", order, by=None, changes={})
    told = Notification.objects.create(user=world.people["rep"], event=event)
    url = reverse("crm:notification", args=[told.pk])
    assert ask(world.clients["rep"], "get", url).status_code == 302
    assert ask(world.clients["manager"], "get", url).status_code == 404


def test_a_key_is_revoked_by_its_owner_or_an_administrator(world):
    key, _secret = ApiKey.objects.create(world.people["integrator"])
    url = reverse("users:key_revoke", args=[key.token_key])
    for role in ROLES:
        status = ask(world.clients[role], "post", url).status_code
        assert status in ({302} if role in ("integrator", "administrator") else {403, 404}), role


# --- Side doors: what one is not shown must not be told otherwise -------------------------------------


def related_rows(form):
    """(name, rows) of the choices of rows in a form."""
    for name, field in form.fields.items():
        rows = getattr(field, "queryset", None)
        if hasattr(rows, "visible_to"):
            yield name, rows


def forms_for(pages, row, person):
    if pages.form and pages.create and pages.may(person, "add"):
        yield "new", pages.form(user=person)
    if pages.form and pages.edit and pages.may(person, "change"):
        yield "edit", pages.form(user=person, instance=row)
    for verb, spec in pages.verbs.items():
        if spec.form and person.has_perm(spec.permission):
            yield verb, spec.form_class()(user=person, obj=row)
    if pages.filterset and pages.may(person, "view"):
        request = SimpleNamespace(user=person, GET={})
        yield "filter", pages.filterset({}, pages.queryset(person), request=request).form


@pytest.mark.parametrize("kind", KINDS)
def test_forms_and_filters_offer_visible_rows_only(kind, world):
    row, found = world.rows[kind]["own"], Findings()
    for role in ("rep", "manager", "warehouse"):
        person = world.people[role]
        for form_name, form in forms_for(Pages.registry[type(row)], row, person):
            for name, rows in related_rows(form):
                visible = rows.model.objects.visible_to(person).values("pk")
                if hidden := list(rows.exclude(pk__in=visible)):
                    found.append(f"{form_name} offers {role} {hidden} as {name}")
    found.assert_none()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if TABLE[kind].api])
def test_rest_orders_by_what_it_shows_only(kind, world):
    """A cursor holds the value of the last row: to order by a field is to read it."""
    prefix = f"/api/v1/{TABLE[kind].api}/"
    for role in ("rep", "administrator"):
        answer = ask(world.clients[role], "get", prefix, {"page_size": 1})
        if answer.status_code == 403 or not answer.json()["results"]:
            continue
        shown = set(answer.json()["results"][0])
        for field in apps.get_model(kind)._meta.concrete_fields:
            if field.name in shown or field.is_relation:
                continue
            answer = ask(world.clients[role], "get", prefix, {"ordering": field.name})
            default = field.name == viewset_of(kind).ordering.lstrip("-")
            assert answer.status_code == 400 or default, f"{role} orders by {field.name}"


def viewset_of(kind):
    model = apps.get_model(kind)
    return next(viewset for _p, viewset, _b in router.registry if viewset.model is model)


PERSON_FIELDS = ("owner", "person", "rep", "user", "submitted_by")


@pytest.mark.parametrize("kind", [k for k in KINDS if TABLE[k].api and TABLE[k].api_change])
def test_rest_changes_neither_owner_nor_to_invisible_rows(kind, world):
    """PATCHing a foreign key is a read, and PATCHing the owner is giving away."""
    row, found = world.rows[kind]["own"], Findings()
    url = f"/api/v1/{TABLE[kind].api}/{row.pk}/"
    for field in row._meta.concrete_fields:
        if not field.is_relation:
            continue
        is_owner = field.name in PERSON_FIELDS and kind not in GIVEN_AWAY
        target = field.related_model._meta.label_lower
        if is_owner:
            other = world.owners["other"]
        elif target in TABLE and "other" not in reach(TABLE[target].view).get("rep", ()):
            other = world.rows[target]["other"]
        else:
            continue
        if TABLE.get(target) and TABLE[target].company and not is_owner:
            continue
        with undone():
            body = json.dumps({field.name: other.pk})
            world.clients["rep"].patch(url, body, content_type="application/json")
            row.refresh_from_db()
            if getattr(row, field.attname) == other.pk:
                found.append(f"{field.name} became {other}")
        row.refresh_from_db()
    found.assert_none()


# Work may be given to anybody: its owner sees it, and so does whoever gave it.
GIVEN_AWAY = {"activities.task", "orders.orderexception", "aftersales.improvement"}


@pytest.fixture
def indexed(world):
    for kind in index.kinds():
        index.rebuild(kind)


SEARCHED = [kind for kind in KINDS if apps.get_model(kind) in index.kinds()]


@pytest.mark.parametrize("kind", SEARCHED)
def test_search_finds_what_one_may_see_only(kind, world, indexed):
    """Every row searched by its own words, on the page, in the panel and over REST."""
    found, row = Findings(), TABLE[kind]
    for role in ROLES:
        seen = reach(row.view, row.company).get(role, ())
        for place in ROWS:
            record = world.rows[kind][place]
            asked = {"q": searched(record), "kind": kind}
            for url, headers in (("search", {}), ("search", PANEL), ("api:search", {})):
                answer = ask(world.clients[role], "get", reverse(url), asked, **headers)
                # Over REST a string in JSON, on pages an attribute.
                hit = f'"{record.get_absolute_url()}"' in answer.content.decode()
                if answer.status_code != 200 or hit != (place in seen):
                    found.append(f"{role} {'finds' if hit else 'misses'} {place} by {asked['q']!r}")
    found.assert_none()


def searched(row):
    for path in type(row).search_fields:
        value = row
        for part in path.split("__"):
            value = getattr(value, part, None)
        if isinstance(value, str) and value:
            return value
    return ""


def test_duplicates_lead_to_no_record_out_of_sight(world):
    for kind, url, name in (
        ("accounts.account", reverse("accounts:duplicates"), "name"),
        ("leads.lead", reverse("leads:duplicates"), "company"),
    ):
        other = world.rows[kind]["other"]
        typed = {name: other.name if name == "name" else other.company, "phone": other.phone}
        page = ask(world.clients["rep"], "get", url, typed, **HTMX).content.decode()
        assert "outsider" in page  # whom to ask
        assert other.get_absolute_url() not in page
        assert not other.phone or other.phone not in page


def test_a_file_gets_its_meaning_from_a_verb_only(world):
    contract = world.rows["contracts.contract"]["own"]
    url = reverse("crm:attach", args=["contracts", "contract", contract.pk])
    file = ContentFile(b"%PDF-1.7", name="x.pdf")
    world.clients["warehouse"].post(url, {"file": file, "kind": "signed_copy"})
    assert [found.kind for found in contract.attachments.all()] == [""]


def test_the_timeline_tells_no_cost_to_whoever_does_not_see_costs(world):
    product = world.rows["products.product"]["own"]
    emit("product.edited", product, by=None, changes={"cost": ["61.23", "62.34"]})
    url = reverse("crm:timeline", args=["products", "product", product.pk])
    assert "62.34" not in ask(world.clients["rep"], "get", url, **HTMX).content.decode()
    assert "62.34" in ask(world.clients["finance"], "get", url, **HTMX).content.decode()


def test_the_timeline_of_a_lead_in_the_pool_tells_no_number(world):
    lead = world.rows["leads.lead"]["other"]
    emit("lead.edited", lead, by=None, changes={"phone": ["13800001111", "13800002222"]})
    type(lead).objects.filter(pk=lead.pk).update(owner=None)
    url = reverse("crm:timeline", args=["leads", "lead", lead.pk])
    answer = ask(world.clients["rep"], "get", url, **HTMX)
    assert answer.status_code == 200
    assert "13800002222" not in answer.content.decode()
