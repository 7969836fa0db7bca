import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Event
from tests.factories.activities import TaskFactory
from tests.factories.leads import LeadFactory
from tests.factories.users import TeamFactory, UserFactory
from users.models import ApiKey, Delegation, Role, Team, User

PASSWORD = "correct-horse-battery"
HTMX = {"HX-Request": "true"}
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def lin(db):
    user = UserFactory(username="lin", role="rep")
    user.set_password(PASSWORD)
    user.save()
    return user


def test_logging_in_needs_the_right_password_and_an_active_person(client, lin):
    wrong = client.post("/login/", {"username": "lin", "password": "wrong"})
    assert wrong.status_code == 200
    answer = client.post("/login/", {"username": "lin", "password": PASSWORD})
    assert answer.headers["Location"] == "/"
    client.logout()
    lin.is_active = False
    lin.save()
    assert client.post("/login/", {"username": "lin", "password": PASSWORD}).status_code == 200
    assert client.get("/").status_code == 302


def test_too_many_wrong_passwords_pause_the_log_in_in_words(client, lin, settings):
    for _n in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post("/login/", {"username": "lin", "password": "wrong"})
    assert answer.status_code == 429
    answer = client.post("/login/", {"username": "lin", "password": PASSWORD})
    assert answer.status_code == 429
    assert "Log-in paused" in answer.content.decode()
    assert "15 minutes" in answer.content.decode()


def test_a_forgotten_password_is_replaced_by_mail(client, lin, mailoutbox):
    client.post("/password/reset/", {"email": lin.email})
    [mail] = mailoutbox
    url = re.search(r"https?://[^/]+(/\S+)", mail.body)[1]
    form_url = client.get(url).headers["Location"]
    data = {"new_password1": "another-good-one", "new_password2": "another-good-one"}
    assert client.post(form_url, data).headers["Location"] == "/login/"
    lin.refresh_from_db()
    assert lin.check_password("another-good-one")
    assert b"no longer works" in client.get(url).content
    assert Event.objects.filter(name="user.password_changed").exists()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, db, mailoutbox):
    answer = client.post("/password/reset/", {"email": "nobody@example.com"}, follow=True)
    assert b"on its way" in answer.content
    assert mailoutbox == []


def test_people_change_their_own_settings_and_password(login, lin):
    page = login(lin)
    answer = page.post(
        "/profile/",
        {
            "name": "Lin",
            "phone": "021 5555",
            "email": "lin@example.com",
            "language": "zh-hans",
            "timezone": "Europe/Berlin",
            "theme": "dark",
        },
    )
    assert answer.status_code == 302
    lin.refresh_from_db()
    assert (lin.language, lin.timezone, lin.theme) == ("zh-hans", "Europe/Berlin", "dark")
    assert Event.objects.about(lin).filter(name="user.edited", actor=lin).exists()
    wrong = page.post("/profile/", {"name": "Lin", "theme": "dark", "timezone": "Mars/Base"})
    assert wrong.status_code == 422
    data = {
        "old_password": PASSWORD,
        "new_password1": "fresh-one-77",
        "new_password2": "fresh-one-77",
    }
    assert page.post("/profile/password/", data).headers["Location"] == reverse("profile")
    lin.refresh_from_db()
    assert lin.check_password("fresh-one-77")
    assert page.get("/profile/").status_code == 200


def test_an_administrator_adds_a_colleague_who_can_log_in(login, administrator, client, team):
    role = Role.objects.get(code="rep")
    data = {
        "name": "Mei",
        "username": "mei",
        "password": PASSWORD,
        "team": team.pk,
        "roles": [role.pk],
        "theme": "auto",
    }
    page = login(administrator)
    weak = page.post("/users/new/", {**data, "password": "12345"})
    assert weak.status_code == 422
    answer = page.post("/users/new/", data)
    mei = User.objects.get(username="mei")
    assert answer.headers["Location"] == mei.get_absolute_url()
    login_data = {"username": "mei", "password": PASSWORD}
    assert client.post("/login/", login_data).headers["Location"] == "/"
    edited = page.post(
        f"/users/{mei.pk}/edit/",
        {"name": "Mei Li", "username": "mei", "roles": [], "version": mei.version},
    )
    assert edited.status_code == 302
    mei.refresh_from_db()
    assert (mei.name, mei.roles.count()) == ("Mei Li", 0)


def test_colleagues_see_the_directory_but_change_nothing(login, rep, teammate):
    page = login(rep)
    content = page.get(teammate.get_absolute_url()).content.decode()
    assert teammate.email in content
    assert "Deactivate" not in content
    for url in ("/users/new/", f"/users/{teammate.pk}/edit/", "/users/roles/", "/users/keys/"):
        assert page.get(url).status_code == 403
    assert page.post(f"/users/{teammate.pk}/deactivate/").status_code == 403
    assert "/users/roles/" not in page.get("/settings/").content.decode()


def test_deactivating_asks_who_takes_over_and_ends_the_session(login, administrator, rep, teammate):
    TaskFactory(owner=rep)
    session, page = login(rep), login(administrator)
    url = f"/users/{rep.pk}/deactivate/"
    assert "Tasks: 1" in page.get(url, headers=HTMX).content.decode()
    assert page.post(url, {"successor": ""}, headers=HTMX).status_code == 422
    assert page.post(url, {"successor": teammate.pk}, headers=HTMX).status_code == 200
    assert session.get("/").status_code == 302
    again = page.post(f"/users/{rep.pk}/activate/", headers=HTMX)
    assert again.status_code == 200
    assert session.get("/").status_code in (200, 302)


def test_an_administrator_sets_a_new_password(login, administrator, lin, client):
    url = f"/users/{lin.pk}/set_password/"
    page = login(administrator)
    assert page.post(url, {"password": "1"}, headers=HTMX).status_code == 422
    assert page.post(url, {"password": "brand-new-word"}, headers=HTMX).status_code == 200
    lin.refresh_from_db()
    assert lin.check_password("brand-new-word")
    assert "brand-new-word" not in str(list(Event.objects.values()))


def test_a_team_is_created_and_moved_but_not_below_itself(login, administrator):
    page = login(administrator)
    page.post("/users/teams/new/", {"name": "Top"})
    top = Team.objects.get(name="Top")
    page.post("/users/teams/new/", {"name": "Below", "parent": top.pk})
    below = Team.objects.get(name="Below")
    assert below.path == f"{top.path}{below.pk}/"
    answer = page.post(f"/users/teams/{top.pk}/edit/", {"name": "Top", "parent": below.pk})
    assert answer.status_code == 422
    assert "cannot lie below itself" in answer.content.decode()
    assert page.get("/users/teams/").status_code == 200
    assert "Below" in page.get(top.get_absolute_url()).content.decode()


def test_permissions_of_a_role_are_grouped_and_readable(login, administrator):
    role = Role.objects.get(code="rep")
    page = login(administrator)
    content = page.get(f"/users/roles/{role.pk}/edit/").content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content))
    assert "Task View Create Edit Done Cancel Reopen" in text
    assert "Can add" not in text
    keep = role.permissions.get(codename="view_lead")
    data = {"name": "Rep", "scope": "team", "permissions": [keep.pk], "version": role.version}
    assert page.post(f"/users/roles/{role.pk}/edit/", data).status_code == 302
    role.refresh_from_db()
    assert role.scope == "team"
    assert list(role.permissions.all()) == [keep]
    shown = page.get(role.get_absolute_url()).content.decode()
    assert "Lead: View" in shown


def test_permissions_that_the_form_does_not_show_survive_it(login, administrator):
    role = Role.objects.get(code="administrator")
    held = set(role.permissions.values_list("pk", flat=True))
    assert role.permissions.filter(codename="delete_lead").exists()
    page = login(administrator)
    form = page.get(f"/users/roles/{role.pk}/edit/").context["form"]
    shown = form.fields["permissions"].queryset.values_list("pk", flat=True)
    data = {"name": "Administrator", "scope": "all", "permissions": list(shown)}
    assert page.post(f"/users/roles/{role.pk}/edit/", data).status_code == 302
    assert set(role.permissions.values_list("pk", flat=True)) == held


def test_a_person_names_and_revokes_a_stand_in(login, rep, teammate, outsider):
    page = login(rep)
    today = timezone.localdate()
    data = {"substitute": teammate.pk, "starts_on": today, "ends_on": today + timedelta(days=5)}
    assert page.post("/users/delegations/new/", data).status_code == 302
    found = Delegation.objects.get()
    assert found.user == rep
    assert login(outsider).get(found.get_absolute_url()).status_code == 404
    assert (
        page.post(
            "/users/delegations/new/", {**data, "ends_on": today - timedelta(days=1)}
        ).status_code
        == 422
    )
    page.post(f"/users/delegations/{found.pk}/revoke/")
    found.refresh_from_db()
    assert not found.is_active


def test_a_key_is_shown_once_works_within_its_scopes_and_is_revoked(login, integrator, client):
    page = login(integrator)
    data = {"name": "Web shop", "scopes": ["users:read"]}
    answer = page.post("/users/keys/new/", data)
    secret = re.search(r'id="secret" value="([^"]+)"', answer.content.decode())[1]
    assert answer.headers["Cache-Control"] == "no-store"
    listing = page.get("/users/keys/").content.decode()
    assert "Web shop" in listing
    assert secret not in listing
    headers = {"Authorization": f"Token {secret}"}
    assert client.get("/api/v1/users/", headers=headers).status_code == 200
    assert client.get("/api/v1/tasks/", headers=headers).status_code == 403
    key = ApiKey.objects.get()
    assert key.last_used_at is not None
    page.post(f"/users/keys/{key.token_key}/revoke/")
    assert client.get("/api/v1/users/", headers=headers).status_code == 401


def test_an_expired_key_is_refused(login, integrator, client):
    page = login(integrator)
    today = timezone.localdate()
    past = page.post("/users/keys/new/", {"name": "x", "expires_on": today - timedelta(days=1)})
    assert past.status_code == 422
    answer = page.post("/users/keys/new/", {"name": "x", "expires_on": today})
    secret = re.search(r'id="secret" value="([^"]+)"', answer.content.decode())[1]
    headers = {"Authorization": f"Token {secret}"}
    assert client.get("/api/v1/users/", headers=headers).status_code == 200
    ApiKey.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert client.get("/api/v1/users/", headers=headers).status_code == 401


def test_keys_belong_to_their_person_and_to_administrators(login, integrator, administrator):
    login(integrator).post("/users/keys/new/", {"name": "Web shop"})
    key = ApiKey.objects.get()
    other = UserFactory(role="integrator")
    assert "Web shop" not in login(other).get("/users/keys/").content.decode()
    assert login(other).post(f"/users/keys/{key.token_key}/revoke/").status_code == 404
    assert "Web shop" in login(administrator).get("/users/keys/").content.decode()


def test_the_list_of_people_costs_the_same_for_many(
    login, administrator, django_assert_max_num_queries
):
    UserFactory.create_batch(25, role="rep", team=TeamFactory())
    page = login(administrator)
    page.get("/users/")
    with django_assert_max_num_queries(14):
        answer = page.get("/users/")
    assert answer.content.count(b"<tr data-href") > 25


# --- Invitations ----------------------------------------------------------------------------------


@pytest.fixture
def invite(login, administrator, team, django_capture_on_commit_callbacks):
    def send(**data):
        fields = {"name": "Mei", "username": "mei", "email": "mei@example.com", "team": team.pk}
        with django_capture_on_commit_callbacks(execute=True):
            return login(administrator).post("/users/new/", fields | {"language": "en"} | data)

    return send


def test_who_gets_no_password_chooses_one_by_the_link_of_the_invitation(
    invite, client, mailoutbox, administrator
):
    roles = [Role.objects.get(code="rep").pk]
    assert invite(roles=roles).status_code == 302
    [mail] = mailoutbox
    assert (mail.to, mail.reply_to) == (["mei@example.com"], [administrator.email])
    assert "administrator invites you" in mail.body
    mei = User.objects.get(username="mei")
    assert not mei.has_usable_password()
    assert Event.objects.about(mei).filter(name="user.invited", actor=administrator).exists()

    url = re.search(r"https?://[^/]+(/\S+)", mail.body)[1]
    form_url = client.get(url).headers["Location"]
    data = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post(form_url, data).headers["Location"] == "/login/"
    answer = client.post("/login/", {"username": "mei", "password": PASSWORD})
    assert answer.headers["Location"] == "/"
    assert b"invite you again" in client.get(url).content


def test_an_invitation_needs_an_address_and_goes_out_in_the_language_chosen(invite, mailoutbox):
    assert invite(email="").status_code == 422
    assert not User.objects.filter(username="mei").exists()
    assert invite(language="zh-hans").status_code == 302
    assert User.objects.get(username="mei").language == "zh-hans"
    assert "/password/reset/" in mailoutbox[0].body
    assert mailoutbox[0].body.startswith("Mei，您好")


def test_an_invitation_is_repeated_until_it_is_followed(
    invite, login, administrator, rep, mailoutbox, django_capture_on_commit_callbacks
):
    invite()
    mei = User.objects.get(username="mei")
    url = f"/users/{mei.pk}/invite/"
    assert login(rep).post(url, headers=HTMX).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        assert login(administrator).post(url, headers=HTMX).status_code == 200
    assert len(mailoutbox) == 2
    mei.set_password(PASSWORD)
    mei.save()
    assert login(administrator).post(url, headers=HTMX).status_code == 409
    assert len(mailoutbox) == 2


@pytest.fixture
def second(db):
    return UserFactory(name="second", role="administrator")


def test_any_administrator_repeats_an_invitation_that_has_expired(
    invite, login, client, second, mailoutbox, settings, django_capture_on_commit_callbacks
):
    invite()
    mei = User.objects.get(username="mei")
    page = login(second)
    assert "the link works until" in page.get(f"/users/{mei.pk}/").content.decode()
    url = re.search(r"https?://[^/]+(/\S+)", mailoutbox[0].body)[1]
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert b"This link no longer works" in client.get(url, headers=ENGLISH).content
    record = page.get(f"/users/{mei.pk}/").content.decode()
    assert "administrator; the link has expired" in record
    with django_capture_on_commit_callbacks(execute=True):
        assert page.post(f"/users/{mei.pk}/invite/", headers=HTMX).status_code == 200
    assert len(mailoutbox) == 2
    assert "second invites you" in mailoutbox[1].body


def test_any_administrator_withdraws_an_invitation_and_its_link_stops_working(
    invite, login, client, rep, second, mailoutbox, django_capture_on_commit_callbacks
):
    invite()
    mei = User.objects.get(username="mei")
    url = re.search(r"https?://[^/]+(/\S+)", mailoutbox[0].body)[1]
    withdraw = f"/users/{mei.pk}/withdraw_invitation/"
    assert login(rep).post(withdraw, headers=HTMX).status_code == 403
    assert client.get(url).status_code == 302  # to the form
    page = login(second)
    assert page.post(withdraw, headers=HTMX).status_code == 200
    mei.refresh_from_db()
    assert not mei.is_active
    assert Event.objects.about(mei).filter(name="user.invitation_withdrawn", actor=second).exists()
    assert b"This link no longer works" in client.get(url, headers=ENGLISH).content
    assert page.post(withdraw, headers=HTMX).status_code == 409
    # Somebody who is let in again all the same is invited anew.
    assert page.post(f"/users/{mei.pk}/activate/", headers=HTMX).status_code == 200
    assert b"This link no longer works" in client.get(url, headers=ENGLISH).content
    with django_capture_on_commit_callbacks(execute=True):
        assert page.post(f"/users/{mei.pk}/invite/", headers=HTMX).status_code == 200
    again = re.search(r"https?://[^/]+(/\S+)", mailoutbox[1].body)[1]
    assert client.get(again).status_code == 302


def test_an_invitation_that_was_followed_or_has_work_is_not_withdrawn(invite, login, second):
    invite()
    mei = User.objects.get(username="mei")
    withdraw = f"/users/{mei.pk}/withdraw_invitation/"
    lead = LeadFactory(owner=mei)
    page = login(second)
    refused = page.post(withdraw, headers=HTMX)
    assert refused.status_code == 422
    assert "owns open work already (Leads: 1)" in refused.content.decode()
    lead.delete()
    mei.set_password(PASSWORD)
    mei.save()
    assert page.post(withdraw, headers=HTMX).status_code == 409
    mei.refresh_from_db()
    assert mei.is_active


def test_administrators_list_who_has_not_followed_and_others_are_not_told(
    invite, login, second, rep
):
    at_work = UserFactory(name="at work")
    at_work.set_password(PASSWORD)
    at_work.save()
    invite()
    found = login(second).get("/users/", {"invited": "on"}).context["rows"]
    names = {row["cells"][0].text for row in found}
    assert "Mei" in names
    assert "at work" not in names
    answer = login(rep).get("/users/", {"invited": "on"})
    assert "invited" not in answer.context["filter_form"].fields
    assert len(answer.context["rows"]) > 1
    mei = User.objects.get(username="mei")
    assert "the link works until" not in login(rep).get(f"/users/{mei.pk}/").content.decode()
