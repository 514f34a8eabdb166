"""Evidence packs: what proves one violation, for people who do not have the data folder.

Belongs here: making a pack, writing it as JSON and as text, checking it alone. Does not belong here: the log (`log`),
what a violation is (the marts).

The proof of a row goes: the text of its values gives its row hash; the row hash and its record number stand in the
text of a block; the block's hash is a leaf of the batch's tree; the batch's root stands in its register entry; the
entry is a leaf of the log; the log's root is signed. Whoever checks needs the pack and the log's public key, from
different hands.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.evidence.blocks import block_hashes, block_text
from pipelines.evidence.checkpoint import BadCheckpoint, PublicKey, SignedCheckpoint, decoded, encoded
from pipelines.evidence.log import LogContent, read_log
from pipelines.evidence.tree import inclusion_proof, is_included, leaf_hash
from pipelines.files import write_json
from pipelines.onboarding.language import LANGUAGES, Language, Words
from pipelines.settings import DataPaths
from pipelines.sql import ident, literal

if TYPE_CHECKING:
    import duckdb

FORMAT = "hufu-evidence/1"
_SEPARATOR = chr(31)


class PackError(RuntimeError):
    """No pack can be made of it, or a pack does not hold; `words` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(zh.replace("{", "{{").replace("}", "}}"), en.replace("{", "{{").replace("}", "}}"))


@dataclass(frozen=True)
class Checked:
    """A pack that holds. size: entries of the log that its checkpoint covers."""

    rows: int
    size: int


# ----------------------------------------------------------------------------------------------------------- making


def build_pack(paths: DataPaths, violation_id: str, given: SignedCheckpoint | None = None) -> dict[str, Any]:
    """The pack of one published violation, leading to `given` or to the newest checkpoint. Raises PackError."""
    import duckdb

    log = read_log(paths.root)
    if log is None or log.signed is None or log.faults:
        raise PackError(
            "没有完好的日志，无法证明任何一行；请先运行 hufu verify。",
            "There is no sound log, so no row can be proven; run `hufu verify` first.",
        )
    signed = given or log.signed
    if log.root(signed.checkpoint.size) != signed.checkpoint.root:
        raise PackError(
            "日志与给出的检查点不符；请运行 hufu verify。",
            "The log does not fit the given checkpoint; run `hufu verify`.",
        )
    if not paths.current.exists():
        raise PackError("还没有发布任何内容。", "Nothing is published yet.")
    with duckdb.connect(os.path.realpath(paths.current), read_only=True) as con:
        [publication] = _dicts(con, "select * from quality.publication")
        found = _dicts(con, f"from compliance.fct_violations where violation_id = {literal(violation_id)}")
        rows = _dicts(
            con,
            f"from compliance.fct_violation_evidence where violation_id = {literal(violation_id)} "
            "order by role, dataset, record_key, source_file, source_row, row_hash",
        )
    if not found:
        raise PackError(
            f"当前发布中没有违规 {violation_id}。", f"The current publication has no violation {violation_id}."
        )
    builder = _Builder(paths.root, log, signed.checkpoint.size)
    try:
        evidence = [builder.row(row) for row in rows]
    finally:
        builder.close()
    return {
        "format": FORMAT,
        "checkpoint": str(signed),
        "public_key": str(log.public_key),
        "publication": publication,
        "violation": found[0],
        "rows": evidence,
        "blocks": builder.blocks,
        "batches": builder.batches,
    }


def _dicts(con: duckdb.DuckDBPyConnection, statement: str) -> list[dict[str, Any]]:
    cursor = con.execute(statement)
    names = [column for column, *_ in cursor.description or []]
    return [
        {n: v if isinstance(v, int | None) else str(v) for n, v in zip(names, row, strict=True)}
        for row in cursor.fetchall()
    ]


class _Builder:
    def __init__(self, root: Path, log: LogContent, size: int) -> None:
        import duckdb

        self.root = root
        self.con = duckdb.connect()
        self.con.execute("set TimeZone = 'UTC'")
        self.hashes = log.hashes[:size]
        self.blocks: dict[str, dict[str, Any]] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self._entries = {
            entry.document["path"]: entry
            for entry in log.entries
            if entry.document["kind"] == "register" and entry.number < size
        }
        self._block_hashes: dict[str, list[bytes]] = {}

    def close(self) -> None:
        self.con.close()

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        for entry in self._entries.values():
            batch = entry.document["document"]
            if batch.get("dataset") != row["dataset"] or not batch.get("batch_root"):
                continue
            if row["source_file"].partition("#")[0] != batch["source_file"].partition("#")[0]:
                continue
            place = self._place(batch, row)
            if place is None:
                continue
            self._add_batch(entry, batch)
            return {**row, **self._proof(batch, place), **self._content(batch, place, row["row_hash"])}
        raise PackError(
            f"{row['source_file']} 第 {row['source_row']} 条记录不在任何有哈希根的批次里。",
            f"Record {row['source_row']} of {row['source_file']} is in no batch that has a root.",
        )

    def _relation(self, batch: Mapping[str, Any]) -> str:
        path = self.root / batch["landed_path"]
        return f"read_parquet({literal(str(path))}, file_row_number = true)"

    def _place(self, batch: Mapping[str, Any], row: Mapping[str, Any]) -> int | None:
        """The row's number among the landed rows of the batch."""
        first = batch.get("first_source_row")
        number = "_source_row" if first is None else f"file_row_number + {first}"
        found = self.con.execute(
            f"select file_row_number from {self._relation(batch)} where _row_hash = {literal(row['row_hash'])} "
            f"and {number} = {int(row['source_row'])} order by 1 limit 1"
        ).fetchone()
        return found[0] if found else None

    def _add_batch(self, entry: Any, batch: Mapping[str, Any]) -> None:
        if batch["batch_id"] not in self.batches:
            self.batches[batch["batch_id"]] = {
                "number": entry.number,
                "entry": entry.text,
                "proof": _coded(inclusion_proof(self.hashes, entry.number)),
            }

    def _proof(self, batch: Mapping[str, Any], place: int) -> dict[str, Any]:
        number = place // batch["block_rows"]
        name = f"{batch['batch_id']}/{number}"
        if name not in self.blocks:
            facts = (self.con, self.root / batch["landed_path"], batch["source_file"], batch.get("first_source_row"))
            if batch["batch_id"] not in self._block_hashes:
                self._block_hashes[batch["batch_id"]] = block_hashes(*facts, batch["block_rows"])
            leaves = [leaf_hash(hashed) for hashed in self._block_hashes[batch["batch_id"]]]
            self.blocks[name] = {
                "batch_id": batch["batch_id"],
                "number": number,
                "text": block_text(*facts, number, batch["block_rows"]),
                "proof": _coded(inclusion_proof(leaves, number)),
            }
        return {"batch_id": batch["batch_id"], "block": name, "line": place % batch["block_rows"]}

    def _content(self, batch: Mapping[str, Any], place: int, row_hash: str) -> dict[str, Any]:
        """The row's values and the very text whose hash the row hash is, as the contract of its landing wrote it."""
        from pipelines.contract import load_contract

        dataset = next(d for d in load_contract() if (d.system, d.name) == (batch["system"], batch["dataset"]))
        names = [*dataset.column_names, "_ts_offsets"]
        listed = ", ".join(f"{ident(name)}::varchar" for name in names)
        values = self.con.execute(
            f"select {listed} from {self._relation(batch)} where file_row_number = {place}"
        ).fetchone()
        assert values is not None
        text = _SEPARATOR.join(value or "" for value in values).rstrip(_SEPARATOR)
        if hashlib.sha256(text.encode()).hexdigest() != row_hash:
            raise PackError(
                f"{batch['source_file']} 的一行的值不再给出它的哈希；请运行 hufu verify。",
                f"The values of a row of {batch['source_file']} do not give its hash any more; run `hufu verify`.",
            )
        return {"content": text, "columns": names}


def write_pack(pack: Mapping[str, Any], folder: Path) -> list[Path]:
    """The pack as JSON, and what it says in Chinese and in English."""
    name = f"evidence-{pack['violation']['violation_id']}"
    document = folder / f"{name}.json"
    write_json(document, pack)
    written = [document]
    for language in LANGUAGES:
        path = folder / f"{name}.{language}.txt"
        path.write_text(readable(pack, language), encoding="utf-8")
        written.append(path)
    return written


_LINES: dict[str, Words] = {
    "title": Words("违规 {id} 的证据", "Evidence of violation {id}"),
    "published": Words("发布：{id}（{at} UTC）", "Publication: {id} of {at} UTC"),
    "row": Words(
        "{number}. {role}：{file} 第 {row} 条记录（{dataset}，{key}）",
        "{number}. {role}: record {row} of {file} ({dataset}, {key})",
    ),
    "source": Words("   原始文件的 SHA-256：{sha256}", "   SHA-256 of the original file: {sha256}"),
    "hash": Words("   这一行的 SHA-256：{sha256}", "   SHA-256 of the row: {sha256}"),
    "proof": Words(
        "   证明：批次 {batch} 第 {block} 块第 {line} 行；批次登记是日志第 {entry} 条。",
        "   Proof: line {line} of block {block} of batch {batch}; the batch's register entry is entry {entry} of the "
        "log.",
    ),
    "checkpoint": Words("日志的检查点（{size} 条）：", "Checkpoint of the log ({size} entries):"),
    "how": Words(
        "核对：hufu evidence --check {name}.json --key 公钥文件。公钥应当从另外的渠道取得，不要用本证据包里的。",
        "To check: hufu evidence --check {name}.json --key FILE. Have the key from elsewhere, not from this pack.",
    ),
}


def readable(pack: Mapping[str, Any], language: Language) -> str:
    def line(which: str, /, **facts: object) -> str:
        return _LINES[which].say(language, **facts)

    violation = pack["violation"]
    publication = pack["publication"]
    lines = [
        line("title", id=violation["violation_id"]),
        line("published", id=publication["publication_id"], at=publication["published_at"]),
        "",
        *(f"{name}: {value}" for name, value in violation.items() if value is not None),
        "",
    ]
    for number, row in enumerate(pack["rows"], start=1):
        batch = pack["batches"][row["batch_id"]]
        document = json.loads(batch["entry"])["document"]
        lines += [
            line(
                "row",
                number=number,
                role=row["role"],
                file=row["source_file"],
                row=row["source_row"],
                dataset=row["dataset"],
                key=row["record_key"],
            ),
            *(
                f"   {name}: {value}"
                for name, value in zip(row["columns"], row["content"].split(_SEPARATOR), strict=False)
                if value
            ),
            line("source", sha256=document["source_sha256"]),
            line("hash", sha256=row["row_hash"]),
            line(
                "proof",
                batch=row["batch_id"],
                block=pack["blocks"][row["block"]]["number"],
                line=row["line"],
                entry=batch["number"],
            ),
            "",
        ]
    size = SignedCheckpoint.parse(pack["checkpoint"]).checkpoint.size
    name = f"evidence-{violation['violation_id']}"
    return "\n".join([*lines, line("checkpoint", size=size), pack["checkpoint"], line("how", name=name), ""])


# ----------------------------------------------------------------------------------------------------------- checking


def read_pack(path: Path) -> dict[str, Any]:
    try:
        pack = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise PackError(f"{path} 不是证据包：{error}", f"{path} is no evidence pack: {error}") from error
    if not isinstance(pack, dict) or pack.get("format") != FORMAT:
        raise PackError(f"{path} 不是这个版本的证据包。", f"{path} is no evidence pack of this version.")
    return pack


def check_pack(pack: Mapping[str, Any], key: PublicKey, given: SignedCheckpoint | None = None) -> Checked:
    """Prove every row of the pack anew, from nothing but the pack and the key. Raises PackError.

    `given` is a checkpoint that was kept elsewhere; the pack must have been made for it.
    """
    try:
        return _check(pack, key, given)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise PackError(f"证据包不完整：{error!r}", f"The pack is not whole: {error!r}") from error


def _check(pack: Mapping[str, Any], key: PublicKey, given: SignedCheckpoint | None) -> Checked:
    try:
        signed = SignedCheckpoint.parse(pack["checkpoint"])
    except BadCheckpoint as error:
        raise PackError(f"检查点无法读取：{error}", f"The checkpoint cannot be read: {error}") from error
    state = signed.checkpoint
    if not signed.is_signed_by(key) or state.origin != key.name:
        raise PackError(f"检查点不是公钥 {key} 签名的。", f"The checkpoint is not signed by the public key {key}.")
    if given is not None and (given.checkpoint != state or not given.is_signed_by(key)):
        raise PackError(
            "证据包不是为给出的检查点制作的；请用 hufu evidence --checkpoint 重新制作。",
            "The pack was not made for the given checkpoint; have it made again with `hufu evidence --checkpoint`.",
        )
    documents: dict[str, Mapping[str, Any]] = {}
    for batch_id, batch in pack["batches"].items():
        entry, number = batch["entry"], batch["number"]
        if not is_included(leaf_hash(entry.encode()), number, state.size, _decoded(batch["proof"]), state.root):
            raise PackError(
                f"批次 {batch_id} 的登记不在检查点证明的日志里。",
                f"The register entry of batch {batch_id} is not in the log that the checkpoint proves.",
            )
        leaf = json.loads(entry)
        if leaf["kind"] != "register" or leaf["document"]["batch_id"] != batch_id:
            raise PackError(f"日志条目不是批次 {batch_id} 的登记。", f"The entry is not that of batch {batch_id}.")
        documents[batch_id] = leaf["document"]
    for name, block in pack["blocks"].items():
        document = documents[block["batch_id"]]
        blocks = -(-document["landed_count"] // document["block_rows"])
        hashed = leaf_hash(hashlib.sha256(block["text"].encode()).digest())
        root = bytes.fromhex(document["batch_root"])
        if name != f"{block['batch_id']}/{block['number']}" or not is_included(
            hashed, block["number"], blocks, _decoded(block["proof"]), root
        ):
            raise PackError(f"块 {name} 不属于它的批次。", f"Block {name} does not belong to its batch.")
    if not pack["rows"]:
        raise PackError("证据包里没有任何行。", "The pack holds no row.")
    for row in pack["rows"]:
        _check_row(pack, row, documents)
    return Checked(len(pack["rows"]), state.size)


def _check_row(pack: Mapping[str, Any], row: Mapping[str, Any], documents: Mapping[str, Mapping[str, Any]]) -> None:
    where_zh, where_en = (
        f"{row['source_file']} 第 {row['source_row']} 条记录",
        (f"Record {row['source_row']} of {row['source_file']}"),
    )
    document, block = documents[row["batch_id"]], pack["blocks"][row["block"]]
    if hashlib.sha256(row["content"].encode()).hexdigest() != row["row_hash"]:
        raise PackError(f"{where_zh}：文字与它的哈希不符。", f"{where_en}: its text does not give its hash.")
    lines = block["text"].split("\n")
    number, row_hash, *sheet = lines[row["line"]].split("\t")
    of_batch = sheet[0] if sheet else document["source_file"]
    facts = (int(number), row_hash, document["dataset"], of_batch, block["batch_id"])
    if facts != (row["source_row"], row["row_hash"], row["dataset"], row["source_file"], row["batch_id"]):
        raise PackError(f"{where_zh}：不在它的块里。", f"{where_en} is not in its block.")
    if row["violation_id"] != pack["violation"]["violation_id"]:
        raise PackError(f"{where_zh}：属于另一个违规。", f"{where_en} is of another violation.")


def _coded(proof: list[bytes]) -> list[str]:
    return [encoded(node) for node in proof]


def _decoded(proof: list[str]) -> list[bytes]:
    return [decoded(node) for node in proof]
