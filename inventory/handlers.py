from django.db.models import DecimalField, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import events
from crm.delivery import figure_check
from inventory.models import StockLevel
from users.models import User

events.label("stocklevel.received", gettext_lazy("Goods received"))
events.label("stocklevel.adjusted", gettext_lazy("Stock adjusted"))
events.label("stocklevel.transferred", gettext_lazy("Goods transferred"))


@figure_check
def stock_is_the_sum_of_its_moves():
    moved = Coalesce(Sum("moves__quantity"), 0, output_field=DecimalField())
    rows = StockLevel.objects.select_related("product", "warehouse").annotate(moved=moved)
    return [
        _("%(stock)s: %(stored)s on hand, but the moves add up to %(moved)s")
        % {"stock": level, "stored": level.on_hand, "moved": level.moved}
        for level in rows.iterator()
        if level.on_hand != level.moved
    ]


@events.audience("purchaserequest.submitted")
def approvers(event, request):
    return User.objects.holding("inventory.approve_purchaserequest").exclude(pk=request.owner_id)


@events.audience("purchaserequest.approved", "purchaserequest.received")
def submitter(event, request):
    return [request.owner]
