"""One run, from inbox to publication, as `hufu run` does it.

Belongs here: deciding whether there is anything to do, executing the Dagster job in this process, and the outcome.
Does not belong here: the steps (`pipelines.assets`) and how a terminal shows them (`pipelines.progress`).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.garbage import seldom_collected
from pipelines.progress import Reporter, Steps
from pipelines.settings import Settings, disable_telemetry
from pipelines.state import run_fingerprint, write_last_run
from pipelines.warehouse.dbt import DbtFailure

# Ways in which a step fails because of a verdict: the verdict is what a person wants to read, not the step.
VERDICT_ERRORS = frozenset({"DagsterAssetCheckFailedError", "PublicationRefused"})


@dataclass(frozen=True)
class RunOutcome:
    """status: published, unchanged or failed. reasons: why it failed, one sentence each."""

    status: str
    publication_id: str | None
    reasons: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        return 1 if self.status == "failed" else 0


def unchanged_publication(settings: Settings) -> str | None:
    """Id of the current publication if a run would only repeat it."""
    from pipelines.landing import inbox_unchanged
    from pipelines.publish import current_publication

    current = current_publication(settings.paths)
    if current is None or not inbox_unchanged(settings.inbox, settings.paths.root):
        return None
    return current.publication_id if current.fingerprint == run_fingerprint(settings) else None


def _fail(settings: Settings, reasons: list[str], failing: tuple[dict[str, str], ...] = ()) -> RunOutcome:
    from pipelines.publish import current_publication

    current = current_publication(settings.paths)
    kept = current.publication_id if current else None
    write_last_run(settings.paths, "failed", "; ".join(reasons[:5]), publication_id=kept, failing=failing)
    return RunOutcome("failed", kept, tuple(reasons))


def _preload_in_background() -> threading.Thread:
    """Great Expectations takes seconds to import; landing leaves the interpreter free for most of that time."""
    from pipelines.checks import preload

    thread = threading.Thread(target=preload, name="preload-checks", daemon=True)
    thread.start()
    return thread


def _refusals(settings: Settings) -> tuple[list[str], tuple[dict[str, str], ...]]:
    """Failed blocking checks: in words, and as records for the last run's note."""
    from pipelines.warehouse.dbt import NOT_REACHED
    from pipelines.warehouse.working import read_checks

    if not settings.paths.working_database.exists():
        return [], ()
    failing = [c for c in read_checks(settings.paths.working_database) if c.severity == "blocking" and not c.passed]
    return [c.sentence for c in failing if c.detail_en != NOT_REACHED], tuple(
        {"layer": c.layer, "dataset": c.dataset, "check_name": c.check_name, "detail": c.detail_en} for c in failing
    )


def _first_cause(error: Any) -> Any:
    while error.cause is not None:
        error = error.cause
    return error


def _message(error: Any) -> str:
    """The words of the exception that started it, without Dagster's wrapping and without the stack."""
    return _first_cause(error).message.strip().split("\n\nStack Trace")[0]


def _is_verdict(event: Any) -> bool:
    return _first_cause(event.event_specific_data.error).cls_name in VERDICT_ERRORS


def run(settings: Settings, reporter: Reporter) -> RunOutcome:
    """Land, build, check, publish. A failed run leaves the old publication where it is."""
    from pipelines.evidence.log import LogError, complete_log
    from pipelines.onboarding.language import language_of
    from pipelines.policy.admission import Refused, admitted_policy

    disable_telemetry()
    if not settings.inbox.is_dir():
        return _fail(settings, [f"the inbox {settings.inbox} does not exist; create it and put exports into it"])
    try:
        # Here rather than in the landing step, so that nobody waits for the libraries to be told.
        policy = admitted_policy(settings, language_of(settings.environment))
    except Refused as refusal:
        return _fail(settings, list(refusal.sentences))
    try:
        # What a killed command announced decides whether anything is new.
        complete_log(settings.paths.root, settle=False)
        if (same := unchanged_publication(settings)) is not None:
            complete_log(settings.paths.root, settle=True)
    except LogError as error:
        return _fail(settings, [str(error)])
    if same is not None:
        write_last_run(settings.paths, "unchanged", "nothing new", publication_id=same)
        return RunOutcome("unchanged", same)

    steps = Steps(reporter)
    try:
        with steps.step("start (libraries, project)"), seldom_collected():
            import dagster as dg

            from pipelines.definitions import JOB_NAME, build_definitions

            definitions = build_definitions(settings, reporter, policy)
    except DbtFailure as failure:
        return _fail(settings, [str(failure)])
    preload = _preload_in_background()
    job = definitions.resolve_job_def(JOB_NAME)
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.ephemeral() as instance, seldom_collected():
        result = job.execute_in_process(instance=instance, run_config=quiet, raise_on_error=False)
    preload.join()
    if not result.success:
        crashes = [
            f"{event.step_key}: {_message(event.event_specific_data.error)}"
            for event in result.all_events
            if event.is_step_failure and event.event_specific_data.error and not _is_verdict(event)
        ]
        refusals, failing = _refusals(settings)
        return _fail(settings, crashes + refusals or ["the checks did not run to their end; see the log"], failing)
    from pipelines.publish import current_publication

    current = current_publication(settings.paths)
    if current is None:
        return _fail(settings, ["the run ended without a publication"])
    write_last_run(settings.paths, "published", "published", publication_id=current.publication_id)
    _discard_working_database(settings.paths.working_database)
    return RunOutcome("published", current.publication_id)


def _discard_working_database(database: Path) -> None:
    """It is rebuilt by every run; a failed run's stays for whoever looks for the cause."""
    database.unlink(missing_ok=True)
