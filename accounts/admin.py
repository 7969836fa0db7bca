from django.contrib import admin

from accounts.models import Account, AccountClass, Address, Contact, PaymentTerm, TermPart
from crm.admin import CrmAdmin, InlineAdmin


@admin.register(Account)
class AccountAdmin(CrmAdmin):
    list_display = ["name", "status", "account_class", "owner"]
    search_fields = ["name", "credit_code"]
    # These change by verbs with rules of their own.
    readonly_fields = ["owner", "credit_limit"]


@admin.register(Contact)
class ContactAdmin(CrmAdmin):
    list_display = ["name", "account", "phone", "email"]
    search_fields = ["name", "phone", "email"]


@admin.register(Address)
class AddressAdmin(CrmAdmin):
    list_display = ["street", "account", "kind"]


@admin.register(AccountClass)
class AccountClassAdmin(CrmAdmin):
    list_display = ["code", "name", "visit_days"]


class TermPartInline(InlineAdmin):
    model = TermPart

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(PaymentTerm)
class PaymentTermAdmin(CrmAdmin):
    """The parts are shown only: their page makes sure that they add up."""

    list_display = ["name", "is_active"]
    inlines = [TermPartInline]

    def has_add_permission(self, request):
        return False
