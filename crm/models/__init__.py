from crm.models.base import JourneyModel, OwnedModel, RecordModel, StatefulModel, acts
from crm.models.company import Company, Currency, ExchangeRate, NumberSequence
from crm.models.records import Attachment, Comment, Event, JobRun, Notification, TargetModel

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
    "RecordModel",
    "StatefulModel",
    "TargetModel",
    "acts",
]
