"""What decides how files land, beside the files: contract, profiles, manifest, and their identity.

Belongs here: versions and fingerprints, delivery stamps. Does not belong here: reading files, tables.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import yaml

from pipelines.contract import Contract, Dataset, load_contract
from pipelines.contract.model import MEANING_FIELDS
from pipelines.contract.profile import PROFILE_DIR, Profile, ProfileError, load_profiles, read_texts
from pipelines.landing.storage import MANIFEST, PROFILES_FOLDER, InboxFile, LandingError

# Raise it when the same bytes would land differently than before: every file is then landed anew.
LANDING_VERSION = 2


@dataclass(frozen=True)
class Rules:
    """One landing's contract, profiles and delivery stamps."""

    contract: Contract
    own_profiles: tuple[Profile, ...]
    shipped_profiles: Iterable[Profile]
    manifest: dict[str, str]

    @classmethod
    def load(cls, inbox: Path, profiles: Sequence[Profile] | None) -> Rules:
        """Raises LandingError where a profile or the manifest cannot be used."""
        return cls(
            contract=load_contract(),
            own_profiles=_own_profiles(inbox, profiles),
            shipped_profiles=_ShippedProfiles(),
            manifest=read_manifest(inbox),
        )

    def delivered_at(self, file: InboxFile, profile: Profile | None) -> str:
        """The delivery's own stamp as UTC text: the profile's, else the manifest's, else the file's time."""
        stamp = _profile_stamp(file.meaning, profile) if profile else None
        if stamp is not None:
            return stamp
        # What is said of an archive holds for its members.
        names = [name for name in (file.relative, file.archive) if name is not None]
        for pattern, text in self.manifest.items():
            if any(name == pattern or fnmatchcase(name, pattern) for name in names):
                return text
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=file.mtime_ns // 1000)
        return moment.isoformat(timespec="microseconds")


@dataclass(frozen=True)
class RulesOnRecord(Rules):
    """The same for bytes that landed before: delivered when the register says they were."""

    stamps: Mapping[str | None, str]
    """By profile."""

    @classmethod
    def of(cls, rules: Rules, stamps: Mapping[str | None, str]) -> RulesOnRecord:
        return cls(rules.contract, rules.own_profiles, rules.shipped_profiles, rules.manifest, stamps)

    def delivered_at(self, file: InboxFile, profile: Profile | None) -> str:
        return self.stamps.get(profile.name if profile else None) or next(iter(self.stamps.values()))


class _ShippedProfiles:
    """Read when they are first asked for: an inbox of canonical names never does."""

    def __iter__(self) -> Iterator[Profile]:
        return iter(_load_shipped())


@cache
def _load_shipped() -> tuple[Profile, ...]:
    return load_profiles([PROFILE_DIR])


def read_manifest(inbox: Path) -> dict[str, str]:
    """`<inbox>/manifest.yml`: path (or glob) -> delivery stamp as UTC text. Raises LandingError when malformed."""
    path = inbox / MANIFEST
    if not path.is_file():
        return {}
    try:
        document = read_texts(path)
        entries = document.get("delivered_at", document) if isinstance(document, dict) else document
        if entries in (None, ""):
            return {}
        return {str(name): parse_stamp(str(stamp)) for name, stamp in entries.items()}
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, AttributeError) as error:
        raise LandingError(f"{path}: every line must be `<path>: <time stamp>` ({error})") from error


def parse_stamp(text: str) -> str:
    """A delivery stamp as UTC text; without an offset it is UTC."""
    stamp = datetime.fromisoformat(text.strip())
    stamp = stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)
    return stamp.isoformat(timespec="microseconds")


def _own_profiles(inbox: Path, profiles: Sequence[Profile] | None) -> tuple[Profile, ...]:
    try:
        found = (*(profiles or ()), *load_profiles([inbox / PROFILES_FOLDER]))
    except ProfileError as error:
        raise LandingError(f"profile {inbox / PROFILES_FOLDER}/{error}") from error
    names = [p.name for p in found]
    if len(set(names)) != len(names):
        raise LandingError(f"profile names must be unique: {', '.join(sorted(names))}")
    return found


def fingerprint(inbox: Path, profiles: Sequence[Profile] | None) -> str:
    """Everything beside the files that decides how they land."""
    digest = hashlib.sha256(f"{LANDING_VERSION}\n".encode())
    for dataset in load_contract():
        digest.update(_dataset_version(dataset).encode())
        # Labels decide how headers are recognised.
        digest.update("|".join(c.label.zh if c.label else "" for c in dataset.columns).encode())
    for profile in profiles or ():
        digest.update(profile.content_hash.encode())
    own = sorted((inbox / PROFILES_FOLDER).glob("*.y*ml"))
    for path in [*sorted(PROFILE_DIR.glob("*.y*ml")), *own, inbox / MANIFEST]:
        if path.is_file():
            digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _dataset_version(dataset: Dataset) -> str:
    """Changes when the same texts would be judged or stored differently."""
    columns = [c.model_dump(exclude=set(MEANING_FIELDS)) for c in dataset.columns]
    text = json.dumps([dataset.system, dataset.name, columns], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def profile_version(profile: Profile | None, datasets: Sequence[Dataset]) -> str:
    declared = f"v{profile.version}" if profile else "c"
    content = profile.content_hash if profile else ""
    parts = f"{LANDING_VERSION}\n{content}\n{[_dataset_version(d) for d in datasets]}"
    return f"{declared}-{hashlib.sha256(parts.encode()).hexdigest()[:8]}"


def _profile_stamp(relative: str, profile: Profile) -> str | None:
    """The delivery stamp that the profile names; None when the path does not carry it."""
    rule = profile.delivered_at
    if rule is None:
        return None
    try:
        if rule.at is not None:
            return parse_stamp(rule.at)
        found = re.search(rule.path or "", relative)
        if found is None:
            return None
        stamp = datetime.strptime(found["stamp"], rule.format)
        return stamp.replace(tzinfo=stamp.tzinfo or UTC).astimezone(UTC).isoformat(timespec="microseconds")
    except (ValueError, IndexError, re.error) as error:
        raise LandingError(f"profile {profile.name}: delivered_at does not fit {relative}: {error}") from error
