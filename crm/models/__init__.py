from crm.models.base import JourneyModel, OwnedModel, Permitted, RecordModel, StatefulModel, acts
from crm.models.company import Company, Currency, ExchangeRate, NumberSequence
from crm.models.custom import CustomField, CustomisedModel
from crm.models.imports import Import, ImportMapping
from crm.models.records import Attachment, Comment, Event, JobRun, Notification, TargetModel
from crm.models.views import SavedView
from crm.models.work import Work, WorkRow

__all__ = [
    "Attachment",
    "Comment",
    "Company",
    "Currency",
    "CustomField",
    "CustomisedModel",
    "Event",
    "ExchangeRate",
    "Import",
    "ImportMapping",
    "JobRun",
    "JourneyModel",
    "Notification",
    "NumberSequence",
    "OwnedModel",
    "Permitted",
    "RecordModel",
    "SavedView",
    "StatefulModel",
    "TargetModel",
    "Work",
    "WorkRow",
    "acts",
]
