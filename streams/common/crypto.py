"""Sealing of what must not lie open in the database, and the secret links of askers."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@cache
def _fernet() -> MultiFernet:
    # Any long random string serves as a key: Fernet's own form is derived from it.
    digests = [hashlib.sha256(key.encode()).digest() for key in settings.FIELD_KEYS]
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])


def seal(text: str) -> bytes:
    return _fernet().encrypt(text.encode())


def unseal(sealed: bytes) -> str:
    """Raises cryptography.fernet.InvalidToken where no key of FIELD_KEYS fits."""
    return _fernet().decrypt(bytes(sealed)).decode()


def question_secret(reception_id: int, client_id: str) -> str:
    """The secret of an asker's link: the same for the same submission, so a repeat gets it again."""
    mac = hmac.digest(
        _secrets_key(settings.SECRET_KEY), f"{reception_id}:{client_id}".encode(), "sha256"
    )
    return urlsafe_b64encode(mac[:18]).decode()


@cache
def _secrets_key(secret_key: str) -> bytes:
    """As `django.utils.crypto.salted_hmac` derives it for the salt, which would do so every time."""
    return hashlib.sha256(b"liveqa.question" + secret_key.encode()).digest()


def fingerprint(secret: str) -> str:
    """What the database keeps of a secret or token."""
    return hashlib.sha256(secret.encode()).hexdigest()
