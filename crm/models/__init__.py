from crm.models.base import JourneyModel, OwnedModel, Permitted, RecordModel, StatefulModel, acts
from crm.models.company import Company, Currency, ExchangeRate, NumberSequence
from crm.models.merging import MergeableModel, standing, successor
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
    "MergeableModel",
    "Notification",
    "NumberSequence",
    "OwnedModel",
    "Permitted",
    "RecordModel",
    "StatefulModel",
    "TargetModel",
    "acts",
    "standing",
    "successor",
]
