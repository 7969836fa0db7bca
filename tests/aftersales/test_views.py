from datetime import timedelta

import pytest
from django.utils import timezone

from aftersales.models import Case, Return, Survey, SurveyTemplate
from tests.factories.aftersales import (
    BuyerFactory,
    CaseFactory,
    SurveyFactory,
    WarehouseFactory,
    answers,
)
from tests.factories.aftersales import DeliveredOrderFactory as OrderFactory


def test_a_rep_opens_a_case_from_an_order_and_service_takes_it_to_the_end(login, rep, service):
    order = OrderFactory(owner=rep)
    page = login(rep)
    form = page.get(f"/aftersales/cases/new/?order={order.pk}")
    assert form.context["form"].initial["account"] == order.account_id
    data = {
        "account": order.account_id,
        "order": order.pk,
        "kind": "complaint",
        "channel": "phone",
        "priority": "high",
        "subject": "The pump leaks",
    }
    answer = page.post("/aftersales/cases/new/", data)
    case = Case.objects.get()
    assert answer.headers["Location"] == case.get_absolute_url()
    url, desk = case.get_absolute_url(), login(service)
    assert page.post(f"{url}start/").status_code == 403
    assert desk.post(f"{url}assign/", {"owner": service.pk}).status_code == 302
    assert desk.post(f"{url}start/").status_code == 302
    assert desk.post(f"{url}resolve/", {"solution": "New seal"}).status_code == 302
    assert desk.post(f"{url}close/").status_code == 302
    case.refresh_from_db()
    assert case.state == "closed"


def test_only_people_who_may_work_on_cases_are_offered_as_owners(login, service, rep):
    page = login(service).get(f"/aftersales/cases/{CaseFactory().pk}/assign/")
    offered = set(page.context["form"].fields["owner"].queryset)
    assert service in offered
    assert rep not in offered


def test_an_outsider_finds_neither_case_nor_survey_nor_panel(login, rep, outsider):
    account = BuyerFactory(owner=rep)
    case, survey = CaseFactory(account=account), SurveyFactory(account=account, rep=rep)
    page = login(outsider)
    for obj in (case, survey):
        assert page.get(obj.get_absolute_url()).status_code == 404
    assert page.get(f"/aftersales/accounts/{account.pk}/panel/").status_code == 404
    assert b"leaks" not in page.get("/aftersales/cases/").content


def test_a_return_is_requested_on_the_orders_page_and_settled(login, rep, service, warehouse):
    order = OrderFactory(owner=rep)
    line = order.lines.get()
    page, desk = login(rep), login(service)
    url = f"{order.get_absolute_url()}request_return/"
    form = page.get(url).context["form"]
    data = {"kind": "refund", "reason": "Too large", "policy": form["policy"].initial.pk}
    empty = page.post(url, data)
    assert empty.status_code == 422
    answer = page.post(url, {**data, f"quantity_{line.pk}": "2"})
    claim = Return.objects.get()
    assert answer.headers["Location"] == claim.get_absolute_url()
    assert "Within the policy" in page.get(claim.get_absolute_url()).content.decode()
    url = claim.get_absolute_url()
    assert page.post(f"{url}approve/").status_code == 403
    assert desk.post(f"{url}approve/").status_code == 302
    store = login(warehouse)
    assert store.post(f"{url}receive/", {"warehouse": WarehouseFactory().pk}).status_code == 302
    assert store.post(f"{url}inspect/", {"inspection": "As new"}).status_code == 302
    too_much = desk.post(f"{url}settle/", {"refund": "200.01", "settlement": "Money"})
    assert too_much.status_code == 422
    assert desk.post(f"{url}settle/", {"refund": "200", "settlement": "Money"}).status_code == 302
    claim.refresh_from_db()
    assert claim.state == "settled"


def test_the_customer_answers_through_the_link_once_and_is_thanked(client, db):
    survey = SurveyFactory(sent=True)
    url = f"/aftersales/s/{survey.token}/"
    page = client.get(url, headers={"accept-language": "en"})
    assert page.content.count(b'type="radio"') == 20
    survey.refresh_from_db()
    assert survey.state == "opened"
    first, *_rest = answers(survey, 9, 8)
    assert client.post(url, {first: "9"}).status_code == 422
    assert client.post(url, {**answers(survey, 9, 8, text="Fine")}).headers["Location"] == url
    survey.refresh_from_db()
    assert (survey.state, str(survey.score)) == ("answered", "8.50")
    assert b"Thank you" in client.get(url, headers={"accept-language": "en"}).content
    client.post(url, answers(survey, 1, 1))
    survey.refresh_from_db()
    assert str(survey.score) == "8.50"


def test_a_closed_or_unknown_survey_says_so(client, db):
    yesterday = timezone.localdate() - timedelta(days=1)
    late = SurveyFactory(sent=True, expires_on=yesterday)
    assert client.get(f"/aftersales/s/{late.token}/").status_code == 410
    not_sent = SurveyFactory()
    assert client.get(f"/aftersales/s/{not_sent.token}/").status_code == 404
    assert client.get("/aftersales/s/guess/").status_code == 404


def test_a_rep_types_in_what_the_customer_says_on_the_phone(login, rep):
    survey = SurveyFactory(rep=rep, contact=None)
    page = login(rep)
    listed = page.get("/aftersales/surveys/?to_phone=true").content.decode()
    assert str(survey.account) in listed
    form = page.get(f"{survey.get_absolute_url()}answer/")
    assert b"Goods?" in form.content
    answer = page.post(f"{survey.get_absolute_url()}answer/", answers(survey, 9, 10))
    assert answer.status_code == 302
    survey.refresh_from_db()
    assert survey.state == "answered"
    assert b"9.5" in page.get(survey.get_absolute_url()).content


def test_a_template_is_made_with_its_questions_and_asked_again_without(login, service):
    page = login(service)
    data = {
        "name": "Yearly",
        "trigger": "manual",
        "days_after": 0,
        "valid_days": 30,
        "cap_days": 30,
        "low_score": 5,
        "is_active": "on",
        "questions-TOTAL_FORMS": 1,
        "questions-INITIAL_FORMS": 0,
        "questions-0-text": "",
        "questions-0-kind": "score",
    }
    assert page.post("/aftersales/survey-templates/new/", data).status_code == 422
    data["questions-0-text"] = "How are we?"
    answer = page.post("/aftersales/survey-templates/new/", data)
    assert answer.status_code == 302
    template = SurveyTemplate.objects.get(name="Yearly")
    assert [question.text for question in template.questions.all()] == ["How are we?"]
    assert b"How are we?" in page.get(template.get_absolute_url()).content


def test_my_day_counts_what_its_lists_show(login, rep, service):
    account = BuyerFactory(owner=rep)
    CaseFactory.create_batch(2, account=account)
    CaseFactory(account=account, owner=service)
    past = timezone.now() - timedelta(hours=1)
    CaseFactory(account=account, owner=service, respond_by=past)
    SurveyFactory(rep=rep, contact=None)
    for person, expected in (
        (service, {"New cases": 2, "My cases": 2, "Overdue cases": 1}),
        (rep, {"Cases of my customers": 4, "Surveys to ask by phone": 1}),
    ):
        page = login(person)
        cards = {str(card["label"]): card for card in page.get("/").context["cards"]}
        for label, count in expected.items():
            assert cards[label]["count"] == count
            rows = page.get(cards[label]["url"]).context["rows"]
            assert len(rows) == count


def test_the_panels_show_what_belongs_to_the_customer_and_the_order(login, rep):
    order = OrderFactory(owner=rep)
    CaseFactory(account=order.account, order=order)
    for url in (
        f"/aftersales/accounts/{order.account_id}/panel/",
        f"/aftersales/orders/{order.pk}/panel/",
    ):
        assert b"The pump leaks" in login(rep).get(url).content


@pytest.mark.parametrize("url", ["cases/", "returns/", "surveys/", "improvements/"])
def test_lists_explain_themselves_when_empty(login, rep, url):
    assert login(rep).get(f"/aftersales/{url}").context["empty"]


def test_the_list_of_cases_costs_the_same_queries_for_one_row_as_for_thirty(
    login, service, django_assert_max_num_queries
):
    page = login(service)
    CaseFactory.create_batch(30, owner=service)
    page.get("/aftersales/cases/")
    with django_assert_max_num_queries(14):
        answer = page.get("/aftersales/cases/")
    assert answer.content.count(b"<tr data-href") == 30


def test_the_board_has_a_column_per_state(login, service):
    CaseFactory(owner=service)
    page = login(service).get("/aftersales/cases/board/")
    assert [column["count"] for column in page.context["columns"]] == [
        0,
        1,
        0,
        0,
        0,
    ]


def test_the_link_is_shown_to_those_who_may_share_it(login, rep):
    survey = SurveyFactory(sent=True, rep=rep)
    assert Survey.objects.get().token in login(rep).get(survey.get_absolute_url()).content.decode()
