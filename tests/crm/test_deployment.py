"""What docker-compose.yml, Dockerfile and .dockerignore promise, read without Docker; and what a
machine without settings is told."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from crm.embedded import assets

ROOT = Path(__file__).resolve().parents[2]
APP = ("web", "worker", "beat")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_only_the_proxy_can_be_reached_from_outside(compose):
    published = {name for name, service in compose["services"].items() if "ports" in service}
    assert published == {"proxy"}


def test_no_secret_has_a_default(compose):
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"):
        assert f"${{{name}:?" in text
        assert not re.search(rf"\$\{{{name}:?-", text)


def test_nothing_of_ours_starts_before_the_migrations_are_through(compose):
    for name in APP:
        waits_for = compose["services"][name]["depends_on"]
        assert waits_for["migrate"]["condition"] == "service_completed_successfully"


def test_every_lasting_service_has_a_health_check(compose):
    lasting = set(compose["services"]) - {"migrate"}
    assert {name for name in lasting if "healthcheck" in compose["services"][name]} == lasting


def test_every_variable_to_fill_in_stands_in_the_example(compose):
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    offered = re.findall(r"^#?(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.M)
    assert asked == set(offered)


def test_the_image_takes_all_that_the_asset_step_makes():
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for folder in (assets.VENDOR, assets.TYPEFACES):
        place = folder.relative_to(ROOT)
        assert f"COPY --from=assets /app/{place} {place}\n" in image


def test_the_image_holds_every_app_and_every_file_it_copies():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    allowed = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert set(settings.LINE) <= allowed
    assert all(any(ROOT.glob(pattern)) for pattern in allowed)


@pytest.mark.parametrize("command", [["check"], ["makemigrations", "--check"]])
def test_a_missing_setting_is_told_in_one_sentence(command):
    env = os.environ | {
        "DEBUG": "0",
        "CLOSELOOP_EMBEDDED": "0",
        "SECRET_KEY": "test",
        "DATABASE_URL": "",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == "Set DATABASE_URL, or CLOSELOOP_EMBEDDED=1 for the embedded one.\n"
