"""Signed checkpoints of the log, and the key that signs them.

Belongs here: the text of a checkpoint (C2SP tlog-checkpoint), its signature (C2SP signed note, Ed25519), keys on disk.
Does not belong here: the log itself.

A checkpoint says: this log, at this size, had this root hash. It is a few lines of text, so that it can be kept where
nobody who can write the data folder can write: in the mail, on paper, in another company's hands. Tools that know these
formats read it as it is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.files import sync

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_DASH = "\u2014"
_ED25519 = b"\x01"
_KEY_BYTES, _ID_BYTES, _SIGNATURE_BYTES = 32, 4, 64


class BadCheckpoint(ValueError):
    """The text is no checkpoint, no key, or its signature is not that key's; the message says which."""


@dataclass(frozen=True)
class PublicKey:
    """Who signs. The name is the log's, made of the key itself: two data folders never share it."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encoded(_ED25519 + self.raw)}"

    @classmethod
    def of(cls, raw: bytes) -> PublicKey:
        return cls(f"hufu/{hashlib.sha256(raw).hexdigest()[:16]}", raw)

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """Raises BadCheckpoint."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        material = decoded(encoded)
        key = cls(name, material[1:])
        if not name or material[:1] != _ED25519 or len(key.raw) != _KEY_BYTES or key.id.hex() != key_id:
            raise BadCheckpoint(f"{text.strip()[:80]!r} is no public key of a log")
        return key

    def has_signed(self, text: str, signature: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Checkpoint:
    """A log's state at one time. origin: the log's name."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n"


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint with the signatures found under it: key name, key id, signature."""

    checkpoint: Checkpoint
    signatures: tuple[tuple[str, bytes, bytes], ...]

    def __str__(self) -> str:
        lines = [f"{_DASH} {name} {encoded(key_id + signature)}\n" for name, key_id, signature in self.signatures]
        return f"{self.checkpoint.text}\n{''.join(lines)}"

    def is_signed_by(self, key: PublicKey) -> bool:
        return any(
            (name, key_id) == (key.name, key.id) and key.has_signed(self.checkpoint.text, signature)
            for name, key_id, signature in self.signatures
        )

    @classmethod
    def parse(cls, text: str) -> SignedCheckpoint:
        """Raises BadCheckpoint. Mail programs change line ends and add blank lines at the end; that is put right."""
        text = text.replace("\r\n", "\n").strip("\n") + "\n"
        body, _, under = text.rpartition("\n\n")
        lines = body.split("\n")
        try:
            origin, size, root = lines[:3]
            if not origin or not size.isascii() or str(int(size)) != size or int(size) < 0 or len(lines) != 3:
                raise ValueError
        except ValueError:
            raise BadCheckpoint("the text is no checkpoint: it has no name, size and hash") from None
        checkpoint = Checkpoint(origin, int(size), decoded(root))
        signatures = []
        for line in under.splitlines():
            dash, _, rest = line.partition(" ")
            name, _, encoded = rest.rpartition(" ")
            material = decoded(encoded)
            if dash != _DASH or not name or len(material) <= _ID_BYTES:
                raise BadCheckpoint(f"{line[:80]!r} is no signature of a checkpoint")
            signatures.append((name, material[:_ID_BYTES], material[_ID_BYTES:]))
        if not signatures or len(checkpoint.root) != _KEY_BYTES:
            raise BadCheckpoint("the checkpoint is not signed or its hash is not whole")
        return cls(checkpoint, tuple(signatures))


@dataclass(frozen=True)
class SigningKey:
    """The private key of one data folder."""

    private: Ed25519PrivateKey
    public: PublicKey

    def sign(self, checkpoint: Checkpoint) -> SignedCheckpoint:
        signature = self.private.sign(checkpoint.text.encode())
        return SignedCheckpoint(checkpoint, ((self.public.name, self.public.id, signature),))

    @classmethod
    def load_or_make(cls, path: Path) -> SigningKey:
        """The key in `path`, readable by its owner only; made if there is none. Raises BadCheckpoint."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}-{os.getpid()}.tmp")
            beside.unlink(missing_ok=True)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
                stream.write(Ed25519PrivateKey.generate().private_bytes_raw().hex() + "\n")
            sync(beside)
            os.replace(beside, path)
            sync(path.parent)
        try:
            private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii").strip()))
        except (ValueError, OSError) as error:
            raise BadCheckpoint(f"{path} is not the key of a log: {error}") from error
        return cls(private, PublicKey.of(private.public_key().public_bytes_raw()))


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def decoded(text: str) -> bytes:
    """One spelling only, so that no byte of a proof or a signed text can be altered unseen. Raises BadCheckpoint."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadCheckpoint(f"{text[:80]!r} is not Base64") from error
    if encoded(data) != text:
        raise BadCheckpoint(f"{text[:80]!r} is not Base64 in its one spelling")
    return data
