"""An unofficial local stand-in for Belvo's API, for tests.

    with Emulator("--clock", "skip") as emulator:
        account = emulator.account()
        ...  # a client with account.base_url, account.secret_id and account.secret_password
        account.await_webhook(webhook_code="historical_update")
"""

from importlib.metadata import version

from belvo_emulator._account import Account, Duration
from belvo_emulator._emulator import Emulator
from belvo_emulator._errors import ControlError, StartError
from belvo_emulator._receiver import ReceivedWebhook, Receiver

__version__ = version("belvo-emulator")

__all__ = [
    "Account",
    "ControlError",
    "Duration",
    "Emulator",
    "ReceivedWebhook",
    "Receiver",
    "StartError",
]
