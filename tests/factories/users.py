import factory
from factory.django import DjangoModelFactory

from users.models import Role, Team, User


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Team {n}")

    @factory.post_generation
    def path(self, create, extracted, **kwargs):
        self.path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        self.save()


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.SelfAttribute("username")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")
    language = "en"
    password = "!"  # nothing fits it

    @factory.post_generation
    def role(self, create, extracted, **kwargs):
        """A role code, or several separated by spaces."""
        for code in (extracted or "").split():
            self.roles.add(Role.objects.get(code=code))
