from crm.models.base import JourneyModel, OwnedModel, RecordModel, StatefulModel
from crm.models.company import Company, Currency, ExchangeRate, NumberSequence
from crm.models.records import Attachment, Comment, Event, JobRun, Notification

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
]
