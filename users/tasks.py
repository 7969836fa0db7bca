"""Celery entry points of people."""

from celery import shared_task

from users import services
from users.models import User


@shared_task
def send_invitation(user_id, inviter_id):
    """After somebody was invited: nothing is sent once they have chosen a password."""
    inviter = User.objects.filter(pk=inviter_id).first()
    services.send_invitation(User.objects.get(pk=user_id), inviter)
