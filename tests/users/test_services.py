from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone, translation

from crm.errors import DomainError
from crm.models import Event
from tests.factories.activities import TaskFactory
from tests.factories.leads import LeadFactory
from tests.factories.users import UserFactory
from users.models import ApiKey, Delegation, Role, Team, User
from users.permissions import verb_label
from users.services import (
    activate_user,
    create_api_key,
    create_delegation,
    create_role,
    create_team,
    create_user,
    deactivate_user,
    edit_profile,
    edit_role,
    edit_team,
    edit_user,
    revoke_delegation,
)

PASSWORD = "correct-horse-battery"


def test_a_moved_team_takes_everything_below_along(administrator):
    north, south = (create_team(by=administrator, name=name) for name in ("North", "South"))
    city = create_team(by=administrator, name="City", parent=north)
    shop = create_team(by=administrator, name="Shop", parent=city)
    other = create_team(by=administrator, name="Other", parent=north)
    edit_team(city, by=administrator, parent=south)
    paths = {team.name: team.path for team in Team.objects.all()}
    assert paths == {
        "North": f"/{north.pk}/",
        "South": f"/{south.pk}/",
        "City": f"/{south.pk}/{city.pk}/",
        "Shop": f"/{south.pk}/{city.pk}/{shop.pk}/",
        "Other": f"/{north.pk}/{other.pk}/",
    }
    edit_team(Team.objects.get(pk=city.pk), by=administrator, parent=None)
    assert Team.objects.get(pk=shop.pk).path == f"/{city.pk}/{shop.pk}/"


def test_a_team_never_lies_below_itself(administrator):
    top = create_team(by=administrator, name="Top")
    below = create_team(by=administrator, name="Below", parent=top)
    for parent in (below, top):
        with pytest.raises(ValidationError, match="below itself"):
            edit_team(top, by=administrator, parent=parent)
    top.refresh_from_db()
    assert (top.parent, top.path) == (None, f"/{top.pk}/")


@pytest.mark.django_db(transaction=True)
def test_two_teams_moved_at_once_close_no_circle(administrator):
    one, two = (create_team(by=administrator, name=name) for name in ("One", "Two"))

    def move(pair):
        try:
            edit_team(pair[0], by=administrator, parent=pair[1])
        except ValidationError:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(move, [(one, two), (two, one)])) == 1


def test_a_manager_sees_what_lies_below_after_a_move(administrator, manager, team):
    below = create_team(by=administrator, name="New below")
    member = UserFactory(team=below, role="rep")
    task = TaskFactory(owner=member)
    assert task not in type(task).objects.visible_to(manager)
    edit_team(below, by=administrator, parent=team)
    assert task in type(task).objects.visible_to(User.objects.get(pk=manager.pk))


def test_a_new_colleague_has_roles_and_a_good_password(administrator, team):
    roles = Role.objects.filter(code="rep")
    fields = {"by": administrator, "username": "lin", "name": "Lin", "team": team, "roles": roles}
    with pytest.raises(ValidationError, match="too short"):
        create_user(password="short", **fields)
    user = create_user(password=PASSWORD, **fields)
    assert user.check_password(PASSWORD)
    assert [role.code for role in user.roles.all()] == ["rep"]
    assert PASSWORD not in str(Event.objects.get(name="user.created").data)


def test_changed_roles_are_an_event(administrator, rep):
    edit_user(rep, by=administrator, roles=Role.objects.filter(code="finance"))
    event = Event.objects.get(name="user.edited")
    assert event.data["changes"]["roles"] == [["Sales rep"], ["Finance"]]
    assert User.objects.get(pk=rep.pk).has_perm("receivables.view_receivable")


def test_only_administrators_change_colleagues(rep, manager):
    with pytest.raises(PermissionDenied):
        edit_user(rep, by=manager, name="X")
    with pytest.raises(PermissionDenied):
        deactivate_user(rep, by=manager)


def test_the_last_administrator_stays_one(administrator, rep):
    with pytest.raises(DomainError, match="Nobody|nobody"):
        edit_user(administrator, by=administrator, roles=[])
    role = Role.objects.get(code="administrator")
    with pytest.raises(DomainError, match="nobody could administer"):
        edit_role(role, by=administrator, permissions=[])
    with pytest.raises(DomainError, match="yourself"):
        deactivate_user(administrator, by=administrator)


def test_nobody_leaves_with_open_work_unless_it_goes_to_somebody(administrator, rep, teammate):
    lead, task = LeadFactory(owner=rep), TaskFactory(owner=rep)
    done = TaskFactory(owner=rep, state="done")
    with pytest.raises(DomainError, match="still has open work") as caught:
        deactivate_user(rep, by=administrator)
    assert "tasks: 1" in str(caught.value).lower()
    rep.refresh_from_db()
    assert rep.is_active
    deactivate_user(rep, by=administrator, successor=teammate)
    for record, owner in ((lead, teammate), (task, teammate), (done, rep)):
        record.refresh_from_db()
        assert record.owner == owner
    event = Event.objects.get(name="user.deactivated")
    assert event.data["successor"]["id"] == teammate.pk


def test_the_team_of_a_manager_who_leaves_goes_to_the_successor(administrator, manager, team):
    heir = UserFactory(role="manager")
    deactivate_user(manager, by=administrator, successor=heir)
    team.refresh_from_db()
    assert team.manager == heir


def test_work_never_goes_to_oneself_or_somebody_who_has_left(administrator, rep, outsider):
    TaskFactory(owner=rep)
    with pytest.raises(DomainError, match="cannot take over"):
        deactivate_user(rep, by=administrator, successor=rep)
    deactivate_user(outsider, by=administrator)
    outsider.refresh_from_db()
    with pytest.raises(DomainError, match="cannot take over"):
        deactivate_user(rep, by=administrator, successor=outsider)
    assert activate_user(outsider, by=administrator).is_active


def test_colleagues_who_have_left_are_offered_to_nobody(administrator, rep, teammate):
    deactivate_user(teammate, by=administrator)
    assert teammate not in User.objects.visible_to(rep)
    assert teammate in User.objects.visible_to(administrator)
    assert User.objects.system() not in User.objects.visible_to(administrator)


def test_a_changed_role_says_which_permissions_came_and_went(administrator):
    role = create_role(by=administrator, code="intern", name="Intern", scope="own")
    view = Role.objects.get(code="rep").permissions.filter(codename="view_lead")
    edit_role(role, by=administrator, permissions=view)
    event = Event.objects.filter(name="role.edited").get()
    assert event.data["changes"]["permissions"] == [[], ["leads.view_lead"]]
    assert UserFactory(role="intern").has_perm("leads.view_lead")


def test_a_profile_is_changed_by_its_owner_only(rep, teammate):
    assert edit_profile(rep, by=rep, phone="021 5555").phone == "021 5555"
    with pytest.raises(DomainError):
        edit_profile(rep, by=teammate, phone="1")


def test_a_stand_in_is_named_for_oneself_and_revoked(rep, teammate, administrator):
    today = timezone.localdate()
    dates = {"starts_on": today, "ends_on": today + timedelta(days=7)}
    found = create_delegation(by=rep, substitute=teammate, **dates)
    assert found.user == rep
    assert list(Delegation.objects.on(today)) == [found]
    with pytest.raises(PermissionDenied):
        create_delegation(by=rep, user=teammate, substitute=rep, **dates)
    other = create_delegation(by=administrator, user=teammate, substitute=rep, **dates)
    assert other.user == teammate
    revoke_delegation(found, by=rep)
    assert list(Delegation.objects.on(today)) == [other]
    with pytest.raises(ValidationError):
        create_delegation(by=rep, substitute=rep, **dates)
    with pytest.raises(ValidationError, match="past"):
        create_delegation(
            by=rep, substitute=teammate, starts_on=today, ends_on=today - timedelta(days=1)
        )


def test_a_key_is_stored_hashed_and_never_in_an_event(integrator, rep):
    found, key = create_api_key(by=integrator, name="Web shop", scopes=["leads:read"])
    stored = ApiKey.objects.values().get(pk=found.pk)
    assert key not in str(stored)
    assert key not in str(list(Event.objects.values()))
    with pytest.raises(PermissionDenied):
        create_api_key(by=rep, name="Mine")


def test_rights_that_are_no_verb_are_told_in_the_reader_s_language(db):
    right = Permission.objects.get(codename="export_records")
    assert verb_label(right) == "Export records"
    with translation.override("zh-hans"):
        assert verb_label(right) == "可以导出列表"
