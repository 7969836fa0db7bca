"""What every page of the shell needs."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from crm import logo
from crm.guide import way_back
from crm.menu import menu
from crm.models import Company
from crm.notification_pages import unread

_counters = {}


def counter(name, count):
    """Register `user -> int` shown in the top bar, such as approvals waiting."""
    _counters[name] = count


def shell(request):
    user = getattr(request, "user", None)
    context = {"languages": settings.LANGUAGES, "theme": "auto", "person": user}
    # Lazy: fragments do not draw the shell and should not pay for it.
    context["company_name"] = SimpleLazyObject(Company.shown_name)
    context["company_logo"] = SimpleLazyObject(logo.address)
    if user is None or not user.is_authenticated:
        return context
    context["menu"] = SimpleLazyObject(lambda: menu(user, request.path))
    context["theme"] = user.theme
    context["guide_step"] = SimpleLazyObject(lambda: way_back(request))
    context["unread"] = SimpleLazyObject(lambda: unread(user))
    for name, count in _counters.items():
        context[name] = SimpleLazyObject(lambda count=count: count(user))
    return context
