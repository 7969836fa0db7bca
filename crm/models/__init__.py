from crm.models.base import JourneyModel, OwnedModel, Permitted, RecordModel, StatefulModel, acts
from crm.models.company import Company, Currency, ExchangeRate, NumberSequence
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

__all__ = [
    "Attachment",
    "Channel",
    "Comment",
    "Company",
    "Currency",
    "Digest",
    "Event",
    "ExchangeRate",
    "JobRun",
    "JourneyModel",
    "Notification",
    "NotificationChoice",
    "NumberSequence",
    "OwnedModel",
    "Permitted",
    "RecordModel",
    "StatefulModel",
    "TargetModel",
    "acts",
]
