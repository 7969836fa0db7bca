from crm.models.base import JourneyModel, OwnedModel, Permitted, RecordModel, StatefulModel, acts
from crm.models.company import Company, Currency, ExchangeRate, NumberSequence
from crm.models.records import Attachment, Comment, Event, JobRun, Notification, TargetModel
from crm.models.search import SearchEntry

__all__ = [
    "Attachment",
    "Comment",
    "Company",
    "Currency",
    "Event",
    "ExchangeRate",
    "JobRun",
    "JourneyModel",
    "Notification",
    "NumberSequence",
    "OwnedModel",
    "Permitted",
    "RecordModel",
    "SearchEntry",
    "StatefulModel",
    "TargetModel",
    "acts",
]
