"""The customer's page of a survey: no login, only the link."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from aftersales import forms, services
from aftersales.models import Survey
from crm.errors import WrongMoment


@login_not_required
def survey_public(request, token):
    """The questionnaire behind the unguessable link; answered or expired it says so."""
    rows = Survey.objects.select_related("template", "account").exclude(
        state__in=[Survey.State.SCHEDULED, Survey.State.CANCELLED]
    )
    survey = get_object_or_404(rows, token=token)
    if survey.state == Survey.State.ANSWERED:
        return _survey_page(request, survey, "thanks")
    if survey.state == Survey.State.EXPIRED or survey.expires_on < timezone.localdate():
        return _survey_page(request, survey, "closed", status=410)
    if request.method != "POST":
        services.open_survey(survey)
        return _survey_page(request, survey, "questions", forms.AnswerSurveyForm(obj=survey))
    form = forms.AnswerSurveyForm(request.POST, obj=survey)
    if not form.is_valid():
        return _survey_page(request, survey, "questions", form, status=422)
    try:
        services.answer_survey(survey, by=None, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return _survey_page(request, survey, "questions", form, status=422)
    except WrongMoment:  # answered or expired in another window meanwhile
        pass
    return HttpResponseRedirect(request.path)


def _survey_page(request, survey, step, form=None, status=200):
    context = {"survey": survey, "step": step, "form": form}
    return render(request, "aftersales/survey.html", context, status=status)
