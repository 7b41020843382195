"""Settings from the environment."""

from datetime import timedelta

import pytest

from central.settings import Settings, SettingsError


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_nothing_is_open_by_default():
    settings = Settings.load()
    assert settings.ocpp_unknown_chargers == "reject"
    assert settings.ocpp_unknown_tags == "reject"
    assert settings.ocpp_min_security_profile == 1
    assert settings.cors_origins == ()
    assert settings.admin_password is None
    assert settings.jwt_secret is None


def test_every_setting_is_an_environment_variable(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/evse")
    monkeypatch.setenv("OCPP_STRICT", "1")
    monkeypatch.setenv("ZOMBIE_GRACE", "PT20M")
    monkeypatch.setenv("CORS_ORIGINS", "http://localhost:3000, https://app.example")
    settings = Settings.load()
    assert settings.database_url == "postgresql://db/evse"
    assert settings.ocpp_strict is True
    assert settings.zombie_grace == timedelta(minutes=20)
    assert settings.cors_origins == ("http://localhost:3000", "https://app.example")


def test_the_command_line_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///a.db")
    assert Settings.load(database_url="sqlite:///b.db").database_url == "sqlite:///b.db"
    assert Settings.load(database_url=None).database_url == "sqlite:///a.db"


def test_words_are_understood_in_any_case(monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    monkeypatch.setenv("OCPP_UNKNOWN_TAGS", "Accept")
    settings = Settings.load()
    assert settings.log_level == "debug"
    assert settings.ocpp_unknown_tags == "accept"


def test_an_empty_variable_is_an_absent_one(monkeypatch):
    monkeypatch.setenv("ADMIN_PASSWORD", "")
    assert Settings.load().admin_password is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OCPP_UNKNOWN_CHARGERS", "maybe"),
        ("OCPP_MIN_SECURITY_PROFILE", "4"),
        ("OCPP_MIN_SECURITY_PROFILE", "2"),
        ("OCPP_MAX_FRAME_BYTES", "many"),
        ("ZOMBIE_GRACE", "soon"),
        ("ZOMBIE_GRACE", "0"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://app.example/path"),
        ("JWT_SECRET", "short"),
        ("CURRENCY", "euro"),
        ("REDIS_URL", "redis://localhost"),
    ],
)
def test_a_wrong_value_is_told_in_one_line_that_names_the_variable(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        Settings.load()
    message = str(refused.value)
    assert message.startswith(name)
    assert "\n" not in message


def test_a_wrong_secret_is_not_repeated(monkeypatch):
    monkeypatch.setenv("JWT_SECRET", "hunter2")
    with pytest.raises(SettingsError) as refused:
        Settings.load()
    assert "hunter2" not in str(refused.value)


def test_secrets_do_not_show_in_a_printed_settings_object():
    settings = Settings.load(
        admin_password="correct horse",
        jwt_secret="x" * 40,
        database_url="postgresql://evse:hunter2@db/evse",
    )
    assert "hunter2" not in repr(settings)
    assert "correct horse" not in repr(settings)
    assert "x" * 40 not in repr(settings)
