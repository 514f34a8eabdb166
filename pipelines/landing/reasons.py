"""Every reason why a file or a row did not land, in both languages.

Belongs here: codes and their texts. Does not belong here: deciding which reason applies.
"""

from __future__ import annotations

from dataclasses import dataclass

# code -> (Chinese, English); braces are filled with the facts of the case.
FILE_REASONS: dict[str, tuple[str, str]] = {
    "not_recognised": (
        "无法识别：文件名不是 <系统>/<数据集>，也没有映射配置匹配其表头",
        "not recognised: the name is not <system>/<dataset> and no profile fits its header",
    ),
    "not_a_table": (
        "不是可读取的表格格式（支持 csv、tsv、xlsx、xls、ods、html、json、jsonl、parquet，可用 gz 或 zip 压缩）",
        "not a table format that can be read (csv, tsv, xlsx, xls, ods, html, json, jsonl, parquet; also in gz or zip)",
    ),
    "missing_columns": (
        "前 {rows} 行中找不到包含 {dataset} 全部主键列的表头；缺少：{columns}",
        "no header with all key columns of {dataset} among the first {rows} rows; missing: {columns}",
    ),
    "ambiguous_header": (
        "表头中有多列对应同一合同列：{columns}",
        "several header cells stand for the same column: {columns}",
    ),
    "ambiguous_profile": ("多个映射配置同时匹配：{profiles}", "more than one profile fits: {profiles}"),
    "profile_header": (
        "映射配置 {profile} 需要的表头不存在：{columns}",
        "profile {profile} needs headers that the file lacks: {columns}",
    ),
    "profile_sql": ("映射配置 {profile} 的表达式出错：{detail}", "an expression of profile {profile} fails: {detail}"),
    "profile_sheet": (
        "映射配置 {profile} 指定的工作表不存在：{sheet}",
        "profile {profile} names a sheet that the workbook lacks: {sheet}",
    ),
    "period_conflict": (
        "标题中的统计期间（{title}）与文件名中的（{name}）不一致；请改正文件名后重新放入",
        "the period in the title ({title}) and the one in the file's name ({name}) disagree: correct the name",
    ),
    "period_missing": (
        "标题和文件名都没有统计期间（年月日）；请在文件名末尾加上，例如 {example}",
        "neither the title nor the file's name says which days it covers: add them to the name, as in {example}",
    ),
    "encoding": (
        "无法解码：第 {offset} 字节（第 {line} 行）不是有效的 {encoding}",
        "cannot be decoded: byte {offset} (line {line}) is not valid {encoding}",
    ),
    "nul_bytes": (
        "文本文件在第 {offset} 字节含 NUL 字节",
        "the text file holds a NUL byte at byte {offset}",
    ),
    "line_too_long": (
        "第 {line} 行超过 {limit} 字节上限",
        "line {line} is longer than the limit of {limit} bytes",
    ),
    "unclosed_quote": (
        "第 {row} 条记录的引号直到文件末尾都没有闭合",
        "the quote opened in record {row} is never closed",
    ),
    "field_too_long": (
        "第 {row} 条记录有单元格超过 {limit} 字符上限",
        "record {row} has a cell longer than the limit of {limit} characters",
    ),
    "too_many_columns": ("列数至少 {count}，超过上限 {limit}", "at least {count} columns, the limit is {limit}"),
    "empty_file": ("文件为空", "the file is empty"),
    "truncated": ("文件不完整或已损坏：{detail}", "the file is truncated or damaged: {detail}"),
    "bomb": (
        "解压后大小 {size} 字节超出上限或压缩比异常，拒绝读取",
        "refused: unpacks to {size} bytes, above the limit or with an absurd ratio",
    ),
    "unreadable_workbook": ("无法打开工作簿：{detail}", "the workbook cannot be opened: {detail}"),
    "password": (
        "文件有密码保护；请取消密码后重新导出",
        "the file is protected by a password; export it again without one",
    ),
    "entities": (
        "XML 含文档类型声明或自定义实体，拒绝读取",
        "refused: the XML declares a document type or entities of its own",
    ),
    "too_much_memory": (
        "解析需要超过 {megabytes} MB 内存：表格过大，或远离表格处（如 XFD1048576）有单元格；"
        "请拆分文件或删除多余单元格后重新导出",
        "parsing takes more than {megabytes} MB of memory: the table is too large, or a cell stands far away from it "
        "(such as XFD1048576); split the file or delete such cells and export it again",
    ),
    "too_slow": (
        "解析超过 {seconds} 秒仍未完成，已放弃",
        "parsing was given up after {seconds} seconds",
    ),
    "reader_crashed": (
        "文件使解析程序崩溃（{detail}）；请用表格软件打开并另存后重新交付",
        "the file makes its reader crash ({detail}); open it in a spreadsheet program and save it again",
    ),
    "other_archive": (
        "{format} 压缩包无法读取；请改用 zip 压缩后重新交付",
        "a {format} archive cannot be read; deliver it as zip",
    ),
    "damaged_archive": ("压缩包已损坏或不可信：{detail}", "the archive is damaged or not to be trusted: {detail}"),
    "too_many_members": ("压缩包内文件超过 {limit} 个", "more than {limit} files in the archive"),
    "nested_archive": (
        "压缩包嵌套过深；请解压后重新交付",
        "an archive inside an archive inside an archive; unpack it and deliver it again",
    ),
    "unsafe_member": (
        "压缩包内路径指向包外，拒绝读取",
        "refused: its path leads out of the archive",
    ),
    "bad_member_name": (
        "压缩包内文件名为空或含控制字符",
        "its name in the archive is empty, too long or holds control characters",
    ),
    "duplicate_member": (
        "压缩包内有多个同名文件，无法判断以哪个为准",
        "the archive holds several files of this name, and nothing says which of them counts",
    ),
    "json_shape": (
        "JSON 文件须为对象列表，或只含一个对象列表的对象：{detail}",
        "a JSON file must be a list of objects, or an object that holds exactly one: {detail}",
    ),
    "unreadable_parquet": ("无法读取 Parquet：{detail}", "the Parquet file cannot be read: {detail}"),
    "changing": (
        "读取期间文件仍在变化，下次运行会再试",
        "the file changed while it was read; the next run tries again",
    ),
    "unreadable": ("无法读取文件：{detail}", "the file cannot be read: {detail}"),
    "engine": ("处理引擎无法处理此文件：{detail}", "the engine cannot process the file: {detail}"),
    "symlink": ("符号链接，不跟随", "a symbolic link, not followed"),
    "not_regular": ("不是普通文件", "not a regular file"),
    "bad_name": ("文件名不是有效的 UTF-8", "the file name is not valid UTF-8"),
    "no_header": (
        "前 {rows} 行中找不到像表头的一行",
        "nothing among the first {rows} rows looks like a header",
    ),
    "tag": (
        "隐藏工作表 {sheet} 被改动或清空，无法得知此工作簿的用途；请重新导出模板或更正表",
        "the hidden sheet {sheet} was altered or emptied, so the workbook no longer says what it is; "
        "write the template or the workbook of corrections again",
    ),
    "correction_unknown": (
        "此更正表对应的交付不在记录中：{file}",
        "the delivery that this workbook corrects is not on record here: {file}",
    ),
    "temporary": ("系统或编辑器的临时文件", "a temporary file of the system or an editor"),
}

# What somebody should know about a file that did land.
FILE_NOTICES: dict[str, tuple[str, str]] = {
    "layout_inferred": (
        "映射配置 {profile} 的版式是推断的，未见过真实导出；请用 `hufu inspect` 核对",
        "the layout of profile {profile} is inferred, no real export was seen: check with `hufu inspect`",
    ),
}

ROW_REASONS: dict[str, tuple[str, str]] = {
    "required": ("必填列为空", "a required value is missing"),
    "type": ("不是有效的{type_zh}", "not a valid {type_en}"),
    "scale": ("金额小数超过两位", "more than two decimals in an amount"),
    "precision": (
        "编号被写成科学计数，位数已丢失",
        "an identifier written in scientific notation: its digits are lost",
    ),
    "domain": ("不在允许值之内：{domain}", "not one of: {domain}"),
    "pattern": ("格式不符：{pattern}", "does not match {pattern}"),
    "range": ("超出范围 {range}", "outside {range}"),
    "field_count": ("列数与表头不符", "the number of cells differs from the header"),
    "quoting": ("引号使用错误", "wrong use of quotes"),
    "json": ("不是有效的 JSON 对象", "not a valid JSON object"),
    "correction_mark": (
        "找不到此行要更正的原始行：行标记缺失、重复或被改动",
        "the row that this one corrects cannot be found: its mark is missing, repeated or altered",
    ),
    "unmapped": (
        "映射配置没有说明如何处理这条记录",
        "the profile does not say what to do with this record",
    ),
}

TYPE_NAMES: dict[str, tuple[str, str]] = {
    "text": ("文本", "text"),
    "int": ("整数", "whole number"),
    "num": ("数字", "number"),
    "money": ("金额", "amount"),
    "date": ("日期", "date"),
    "ts": ("时间", "time stamp"),
    "bool": ("是/否", "yes or no"),
}


@dataclass(frozen=True)
class Reason:
    """Why something did not land: a stable code and its text in both languages."""

    code: str
    zh: str
    en: str


def file_reason(code: str, **facts: object) -> Reason:
    zh, en = FILE_REASONS[code]
    return Reason(code, zh.format(**facts), en.format(**facts))


def file_notice(code: str, **facts: object) -> Reason:
    zh, en = FILE_NOTICES[code]
    return Reason(code, zh.format(**facts), en.format(**facts))


def row_reason(code: str, **facts: object) -> Reason:
    zh, en = ROW_REASONS[code]
    return Reason(code, zh.format(**facts), en.format(**facts))


class SetAside(Exception):
    """The file as a whole cannot land. Carries the reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.en)
        self.reason = reason


def set_aside(code: str, **facts: object) -> SetAside:
    return SetAside(file_reason(code, **facts))
