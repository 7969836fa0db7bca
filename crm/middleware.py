"""Per request: the person's language and zone, and refusals turned into answers."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from crm.errors import DomainError


class PersonMiddleware:
    """The person's own language and time zone; without them the browser's and the company's."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if user.is_authenticated:
            if user.language in dict(settings.LANGUAGES):
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language
            timezone.activate(user.zone)
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


class PlainTextMiddleware:
    """Zero bytes, which no keyboard types and PostgreSQL does not keep, are refused with 400.

    REST answers in its own shape: its serializers and filters look at what they read.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path.startswith("/api/"):
            sent = (*request.GET.lists(), *request.POST.lists())
            if any("\0" in value for _name, values in sent for value in values):
                raise BadRequest
        return self.get_response(request)


class DomainErrorMiddleware:
    """Refusals: a DomainError as a toast for htmx, else as a page that says what is wrong."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        answer = self.get_response(request)
        if answer.status_code == 405 and request.method == "GET" and not answer.content:
            # What only a form is sent to has nothing to show, which browsers call broken.
            allowed, answer = answer["Allow"], render(request, "404.html", status=405)
            answer["Allow"] = allowed
        # Else "back" shows the fragment that the browser kept under the page's address.
        patch_vary_headers(answer, ["HX-Request"])
        return answer

    def process_exception(self, request, exception):
        if not isinstance(exception, DomainError):
            return None
        context = {"message": exception.message, "reasons": exception.reasons}
        if not request.htmx:
            context["back_url"] = request.META.get("HTTP_REFERER", "")
            return render(request, "crm/error.html", context, status=exception.status)
        answer = render(request, "crm/_error.html", context, status=exception.status)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#toasts", "beforeend"
        return answer
