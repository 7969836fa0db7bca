from crm.models.base import JourneyModel, OwnedModel, Permitted, RecordModel, StatefulModel, acts
from crm.models.company import Company, Currency, ExchangeRate, NumberSequence
from crm.models.custom import CustomField, CustomisedModel
from crm.models.imports import Import, ImportMapping
from crm.models.merging import STANDING, MergeableModel, standing, successor
from crm.models.records import (
    Attachment,
    Channel,
    Comment,
    Digest,
    Event,
    JobRun,
    Notification,
    NotificationChoice,
    TargetModel,
)
from crm.models.search import SearchEntry
from crm.models.views import SavedView
from crm.models.work import Work, WorkRow

__all__ = [
    "STANDING",
    "Attachment",
    "Channel",
    "Comment",
    "Company",
    "Currency",
    "CustomField",
    "CustomisedModel",
    "Digest",
    "Event",
    "ExchangeRate",
    "Import",
    "ImportMapping",
    "JobRun",
    "JourneyModel",
    "MergeableModel",
    "Notification",
    "NotificationChoice",
    "NumberSequence",
    "OwnedModel",
    "Permitted",
    "RecordModel",
    "SavedView",
    "SearchEntry",
    "StatefulModel",
    "TargetModel",
    "Work",
    "WorkRow",
    "acts",
    "standing",
    "successor",
]
