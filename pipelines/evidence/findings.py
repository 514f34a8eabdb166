"""What a verification finds, in words.

Belongs here: the sentences in both languages, for people who have to rely on them. Does not belong here: finding it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pipelines.onboarding.language import Language, Words

# In the order in which things depend on each other: what differs first explains what differs later.
Stage = Literal["source", "landed", "blocks", "log", "register", "publication", "readers", "stranger"]
STAGES: tuple[Stage, ...] = (
    "source",
    "landed",
    "blocks",
    "log",
    "register",
    "publication",
    "readers",
    "stranger",
)

_KINDS = {
    "source": Words("原始文件", "the original file"),
    "landed": Words("落地文件", "the landed file"),
    "quarantine": Words("隔离文件", "the quarantine file"),
    "register": Words("登记文件", "the register file"),
    "event": Words("批次处置记录", "the record of a decision on a batch"),
    "publication": Words("发布记录", "the record of a publication"),
    "published_database": Words("发布文件", "the published file"),
}

TEXTS: dict[str, Words] = {
    "missing": Words(
        "{what} {place} 不见了；{record} 记录它的 SHA-256 为 {expected}。",
        "{what} {place} is missing; {record} records its sha-256 as {expected}.",
    ),
    "altered": Words(
        "{what} {place} 被改动过：它的 SHA-256 是 {actual}，{record} 记录的是 {expected}。",
        "{what} {place} was altered: its sha-256 is {actual}, {record} records {expected}.",
    ),
    "unreadable": Words("{what} {place} 无法读取：{detail}。", "{what} {place} cannot be read: {detail}."),
    "row_altered": Words(
        "{place} 的一行与原始文件不符：{source} 第 {row} 条记录{columns}（共 {count} 条记录不同）。",
        "A row of the landed file {place} is not what the original file says: record {row} of {source}{columns} "
        "(records that differ: {count}).",
    ),
    "row_missing": Words(
        "{place} 缺少一行：原始文件 {source} 的第 {row} 条记录没有了（共 {count} 条记录不同）。",
        "A row of the landed file {place} is gone: record {row} of {source} in the original file has none "
        "(records that differ: {count}).",
    ),
    "row_extra": Words(
        "{place} 多出一行：原始文件 {source} 的第 {row} 条记录读不出这一行（共 {count} 条记录不同）。",
        "The landed file {place} has a row too many: record {row} of {source} in the original file does not give it "
        "(records that differ: {count}).",
    ),
    "root": Words(
        "{place} 的各行算出的哈希根是 {actual}，登记文件 {record} 记录的是 {expected}：有行被改动、增删或调换了顺序。",
        "The rows of {place} give the root {actual}, the register file {record} records {expected}: rows were altered, "
        "added, removed or put in another order.",
    ),
    "log_missing": Words(
        "日志 {place} 不见了；没有它，任何登记都无法证明。",
        "The log {place} is missing; without it nothing on record can be proven.",
    ),
    "log_entry": Words(
        "日志的第 {number} 条被改动过：它的文字与它的哈希不符。",
        "Entry {number} of the log was altered: its text does not give its hash.",
    ),
    "log_sequence": Words(
        "日志的第 {number} 条不在原位：此处是第 {found} 条；有条目被删除、插入或调换。",
        "Entry {number} of the log is not where it should be: entry {found} stands there; entries were removed, "
        "inserted or put in another order.",
    ),
    "log_line": Words(
        "日志第 {after} 条之前有一行不是日志写下的。",
        "A line before entry {after} of the log was not written by the log.",
    ),
    "log_signature": Words(
        "日志第 {first} 至 {last} 条之后的签名无效：签名或钥匙被改动，或用了别的钥匙。",
        "The signature after entries {first} to {last} of the log is not good: it or the key was altered, or another "
        "key was used.",
    ),
    "log_signature_missing": Words(
        "日志第 {number} 条之前的签名被删除了。", "The signature before entry {number} of the log was removed."
    ),
    "log_signature_twice": Words(
        "日志第 {number} 条之后多出一个签名。", "There is a signature too many after entry {number} of the log."
    ),
    "log_root": Words(
        "日志第 {first} 至 {last} 条之后的签名与此前的条目不符：第 {last} 条及以前有条目被改动。",
        "The signature after entries {first} to {last} of the log does not fit the entries before it: entry {last} or "
        "one before it was altered.",
    ),
    "log_unsigned": Words("日志中没有任何签名。", "The log holds no signature at all."),
    "checkpoint_size": Words(
        "日志被截短或整个文件夹被换回旧版本：日志只有 {size} 条，外存的检查点证明曾有 {expected} 条。",
        "The log was cut short, or the folder put back to an older copy: the log has {size} entries, the checkpoint "
        "kept elsewhere proves that there were {expected}.",
    ),
    "checkpoint_root": Words(
        "日志被改写：前 {expected} 条算出的哈希根与外存检查点不同。",
        "The log was rewritten: its first {expected} entries do not give the root of the checkpoint kept elsewhere.",
    ),
    "checkpoint_origin": Words(
        "检查点属于另一个日志：它写的是 {expected}，本文件夹的日志是 {actual}。日志可能被重新开始过。",
        "The checkpoint is of another log: it names {expected}, the log of this folder is {actual}. The log may have "
        "been begun anew.",
    ),
    "checkpoint_signature": Words(
        "检查点的签名不是公钥 {key} 的签名。", "The checkpoint is not signed by the public key {key}."
    ),
    "log_key": Words(
        "日志使用的公钥是 {actual}，应为 {expected}：日志是用别的钥匙签名的。",
        "The log's public key is {actual}, it should be {expected}: the log was signed by another key.",
    ),
    "fields": Words(
        "{what} {place} 被改动过：{fields}（日志第 {entry} 条）。",
        "{what} {place} was altered: {fields} (entry {entry} of the log).",
    ),
    "tables": Words("发布文件 {place} 被改动过：{tables}。", "The published file {place} was altered: {tables}."),
    "tables_same": Words(
        "发布文件 {place} 的字节被改动过，但各表的行都没有变。",
        "The bytes of the published file {place} were altered, though all tables hold the same rows.",
    ),
    "readers": Words(
        "看板读取的发布是 {actual}，记录的是 {expected}：有人绕过 hufu 换了发布。",
        "Readers see {actual}, {expected} is on record: somebody switched the publication without hufu.",
    ),
    "stranger": Words(
        "{place} 没有任何登记：它是后来放进去的文件。", "Nothing on record names {place}: somebody put the file there."
    ),
    # Notes: nothing differs.
    "no_checkpoint": Words(
        "没有给出外存的检查点：能写这个文件夹的人可能连同钥匙一起改写了一切，这次核对发现不了。",
        "No checkpoint kept elsewhere was given: whoever can write this folder could have rewritten everything, the "
        "key included, and this verification would not see it.",
    ),
    "no_log": Words(
        "这个数据文件夹还没有日志：只能与登记文件核对。下一次 hufu run 会开始记日志。",
        "This data folder has no log yet: it was only compared with its register. The next `hufu run` begins one.",
    ),
    "since": Words(
        "日志从 {at} 开始；当时已有的 {count} 条记录从那时起才受保护。",
        "The log vouches for everything since {at}; {count} records were there before and are vouched for only from "
        "then on.",
    ),
    "not_read_again": Words(
        "{place} 不能用这个版本重新读取（{detail}），只核对了它的哈希。",
        "The file {place} cannot be re-read with this version ({detail}); only its hash was compared.",
    ),
    "open": Words(
        "{place} 正在写入或写入被中断，下一次 hufu run 会完成它。",
        "The file {place} was being written, or its writing was cut short; the next `hufu run` completes it.",
    ),
    "unsigned_tail": Words(
        "日志末尾有 {count} 字节从未签名，不作数；下一次写入会把它去掉。",
        "{count} bytes at the end of the log were never signed and count for nothing; the next writing removes them.",
    ),
    "grew": Words(
        "核对期间文件夹有变化；若有差异，请再核对一次。",
        "The folder changed while it was verified; where something differs, verify again.",
    ),
    "truncation": Words(
        "检查点之后写入的 {count} 条日志，不受这个检查点保护。",
        "The {count} entries of the log after the checkpoint are not covered by it.",
    ),
}


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit, or one note. place: the file, table or entry, as the data folder names it."""

    code: str
    place: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    stage: Stage | None = None
    """None for a note."""

    def say(self, language: Language) -> str:
        facts = {
            name: value.say(language) if isinstance(value, Words) else value
            for name, value in {"place": self.place, **self.facts}.items()
        }
        text = TEXTS[self.code].say(language, **facts)
        return text[:1].upper() + text[1:]


def kind_words(kind: str) -> Words:
    return _KINDS[kind]
