"""Pages, panels, the search for duplicates, and merging."""

from accounts.views.duplicates import (
    DuplicateFormPage,
    DuplicatePairPages,
    DuplicatesPanel,
    PairPage,
)
from accounts.views.merging import MergePages, merge_urls
from accounts.views.pages import (
    AccountClassPages,
    AccountPages,
    AddressPages,
    ContactPages,
    PaymentTermPages,
)
from accounts.views.panels import campaign_panel

__all__ = [
    "AccountClassPages",
    "AccountPages",
    "AddressPages",
    "ContactPages",
    "DuplicateFormPage",
    "DuplicatePairPages",
    "DuplicatesPanel",
    "MergePages",
    "PairPage",
    "PaymentTermPages",
    "campaign_panel",
    "merge_urls",
]
