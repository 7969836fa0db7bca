import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from approvals.models import ApprovalRequest, ApprovalRule
from approvals.services import approve_request
from crm.errors import WrongMoment
from crm.models import Event
from tests.approvals.conftest import KIND
from tests.factories.approvals import rule

HTMX = {"HX-Request": "true"}


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_inbox_holds_what_waits_for_me_with_its_reason(login, rep, manager, finance, submit):
    rule(KIND, "superior", "finance", name="Large papers", amount__over=1000)
    request = submit(rep)
    text = text_of(login(manager).get("/approvals/"))
    assert "Paper over 5000" in text
    assert "Amount is ¥5,000.00, over the limit of ¥1,000.00" in text
    assert "Level 1 of 2" in text
    assert "Paper over 5000" not in text_of(login(finance).get("/approvals/"))
    approve_request(request, by=manager)
    assert "Paper over 5000" in text_of(login(finance).get("/approvals/"))


def test_the_counter_the_card_and_the_inbox_agree(login, rep, manager, submit):
    rule(KIND, "superior")
    for _n in range(3):
        submit(rep)
    page = login(manager).get("/")
    assert page.context["waiting"] == 3
    [card] = [card for card in page.context["cards"] if card["label"] == "Approvals waiting for me"]
    assert card["count"] == len(card["items"]) == 3
    assert len(login(manager).get("/approvals/").context["entries"]) == 3


def test_the_document_is_linked_only_for_those_who_may_see_it(
    login, rep, manager, outsider, submit
):
    rule(KIND, outsider, "superior")
    request = submit(rep)
    url = request.target.get_absolute_url()
    assert url not in login(outsider).get(request.get_absolute_url()).content.decode()
    assert url in login(manager).get(request.get_absolute_url()).content.decode()


def test_a_decision_is_offered_to_whose_turn_it_is_only(login, rep, manager, finance, submit):
    rule(KIND, "superior", "finance")
    request = submit(rep)
    url = request.get_absolute_url()
    names = {
        user.name: {verb["name"] for verb in login(user).get(url).context["verbs"]}
        for user in (rep, manager, finance)
    }
    assert names == {
        "rep": {"withdraw"},
        "manager": {"approve", "send_back", "reassign"},
        "finance": set(),
    }


def test_deciding_out_of_turn_or_twice_is_refused_in_words(login, rep, manager, finance, submit):
    rule(KIND, "superior", "finance")
    request = submit(rep)
    url = f"{request.get_absolute_url()}approve/"
    early = login(finance).post(url, {"comment": ""}, headers=HTMX)
    assert early.status_code == 409
    assert "waiting for manager" in text_of(early)
    assert login(rep).post(url, {"comment": ""}).status_code == 403
    assert login(manager).post(url, {"comment": "ok"}, headers=HTMX).status_code == 200
    assert login(manager).post(url, {"comment": "ok"}, headers=HTMX).status_code == 409


def test_sending_back_needs_a_comment(login, rep, manager, submit):
    rule(KIND, "superior")
    request = submit(rep)
    url = f"{request.get_absolute_url()}send_back/"
    assert login(manager).post(url, {"comment": ""}).status_code == 422
    login(manager).post(url, {"comment": "Too cheap"})
    request.refresh_from_db()
    assert request.state == "returned"
    [card] = [c for c in login(rep).get("/").context["cards"] if c["label"] == "Sent back to me"]
    assert card["count"] == 1


def test_a_stranger_finds_no_request(login, rep, teammate, submit):
    rule(KIND, "superior")
    request = submit(rep)
    assert login(teammate).get(request.get_absolute_url()).status_code == 404
    answer = login(teammate).get("/approvals/requests/")
    assert "Paper over" not in text_of(answer)


def test_the_page_of_the_document_says_who_has_it(login, rep, manager, submit):
    rule(KIND, "superior")
    request = submit(rep)
    page = login(rep)
    panels = [
        panel.get("url") for panel in page.get(request.target.get_absolute_url()).context["tabs"]
    ]
    url = f"/approvals/panel/activities/task/{request.object_id}/"
    assert url in panels
    assert "manager" in text_of(page.get(url))


def test_the_list_costs_the_same_for_one_request_as_for_many(
    login, rep, manager, submit, django_assert_max_num_queries
):
    rule(KIND, "superior", "manager")
    page = login(manager)
    for _n in range(12):
        submit(rep)
    for url in ("/approvals/requests/", "/approvals/"):
        page.get(url)
        with django_assert_max_num_queries(16):
            answer = page.get(url)
        assert answer.content.decode().count("Paper over") >= 12


RULE = {
    "name": "Large papers",
    "kind": KIND,
    "position": 10,
    "is_active": "on",
    "levels-TOTAL_FORMS": 2,
    "levels-INITIAL_FORMS": 0,
    "levels-0-approver": "superior",
    "levels-1-approver": "",
    "conditions-TOTAL_FORMS": 1,
    "conditions-INITIAL_FORMS": 0,
    "conditions-0-fact": "amount",
    "conditions-0-operator": "over",
    "conditions-0-value": "1000",
}


def test_an_administrator_writes_and_changes_a_rule(login, administrator):
    page = login(administrator)
    answer = page.post("/approvals/rules/new/", RULE)
    assert answer.status_code == 302, text_of(answer)
    found = ApprovalRule.objects.get(kind=KIND)
    assert [level.approver for level in found.levels.all()] == ["superior"]
    assert "amount is over 1,000" in text_of(page.get(found.get_absolute_url()))
    data = {
        **RULE,
        "version": found.version,
        "levels-INITIAL_FORMS": 1,
        "levels-0-id": found.levels.get().pk,
        "levels-1-approver": "person",
        "levels-1-person": administrator.pk,
        "conditions-INITIAL_FORMS": 1,
        "conditions-0-id": found.conditions.get().pk,
        "conditions-0-value": "2000",
    }
    answer = page.post(f"/approvals/rules/{found.pk}/edit/", data)
    assert answer.status_code == 302, text_of(answer)
    assert [level.approver for level in found.levels.all()] == ["superior", "person"]
    assert found.conditions.get().value == 2000
    assert Event.objects.filter(name="approvalrule.edited").exists()


def test_a_rule_without_levels_keeps_what_was_typed(login, administrator):
    answer = login(administrator).post("/approvals/rules/new/", {**RULE, "levels-0-approver": ""})
    assert answer.status_code == 422
    assert "at least one level" in text_of(answer)
    assert 'value="1000"' in answer.content.decode()
    assert not ApprovalRule.objects.filter(kind=KIND).exists()


def test_rules_are_for_administrators_to_write(login, manager):
    assert login(manager).get("/approvals/rules/new/").status_code == 403
    assert login(manager).get("/approvals/rules/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(rep, manager, teammate, submit):
    rule(KIND, "manager")
    from tests.factories.users import UserFactory

    other = UserFactory(role="manager")
    request = submit(rep)

    def decide(user):
        try:
            return approve_request(request, by=user).state
        except WrongMoment as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = sorted(pool.map(decide, (manager, other)), key=len)
    assert first == "approved"
    assert "approved already" in second
    assert ApprovalRequest.objects.get().levels.get().decision == "approved"
    assert Event.objects.filter(name="approvalrequest.approved").count() == 1


def test_whoever_decides_sees_in_the_dialog_what_it_is_about(login, rep, manager, outsider, submit):
    rule(KIND, outsider, "superior", name="Large papers", amount__over=1000)
    request = submit(rep)
    url, document = f"{request.get_absolute_url()}approve/", request.target.get_absolute_url()
    asked = login(outsider).get(url, headers=HTMX)
    assert "¥5,000.00" in text_of(asked)
    assert "over the limit of ¥1,000.00" in text_of(asked)
    assert rep.name in text_of(asked)
    assert document not in asked.content.decode()
    approve_request(request, by=outsider)
    sent_back = login(manager).get(f"{request.get_absolute_url()}send_back/", headers=HTMX)
    assert f'href="{document}"' in sent_back.content.decode()
