"""Nothing is judged by incomplete rules or by a policy with faults, whoever starts it, and nothing is checked twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from click.testing import CliRunner

from pipelines.assets.raw import build_landing_asset
from pipelines.cli import main
from pipelines.contract import load_contract
from pipelines.definitions import build_definitions
from pipelines.policy import admission, rule_files
from pipelines.policy.admission import Refused, admitted_policy, own_policy
from pipelines.policy.check import check_settings
from pipelines.progress import SilentReporter, Steps
from pipelines.run import run
from pipelines.settings import Settings
from pipelines.warehouse.dbt import DbtFailure, DbtProjectRunner
from pipelines.workspace import Workspace

FLOORS = "role_code,floor,valid_from,valid_to\nsales_rep,{floor},2026-01-01,\n"
FAULT = {"zh": "第2行“floor”列:", "en": "role_discount_floors.csv, line 2, column floor: "}
LACKING = "rule GIFT-01 (models/rules/gift/_gift__rules.yml): it has no family; add config.meta.family"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "inbox").mkdir()
    return Settings.load({"LANG": "en_GB.UTF-8"}, data_dir=tmp_path)


@pytest.fixture
def keep(settings: Settings) -> Callable[[str], None]:
    """Puts a table of the company's own into the policy folder."""

    def write(floor: str) -> None:
        settings.policy_dir.mkdir(exist_ok=True)
        (settings.policy_dir / "role_discount_floors.csv").write_text(FLOORS.format(floor=floor), encoding="utf-8")

    return write


@pytest.fixture
def incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_files, "incomplete_rules", lambda: (LACKING,))


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """The folders whose tables were checked, in order."""
    seen: list[Path | None] = []

    def check(settings: Settings, masters: Any = None) -> Any:
        seen.append(settings.policy_dir)
        return check_settings(settings, masters)

    monkeypatch.setattr(admission, "check_settings", check)
    return seen


def land(settings: Settings, policy: Any = None) -> dg.ExecuteInProcessResult:
    """The landing step as Dagster's own pages start it."""
    workspace = Workspace(settings, load_contract(), DbtProjectRunner(settings.paths), Steps(SilentReporter()), policy)
    resource = dg.ResourceDefinition.hardcoded_resource(workspace)
    return dg.materialize(
        [build_landing_asset(load_contract())],
        resources={"workspace": resource},
        instance=dg.DagsterInstance.ephemeral(),
        raise_on_error=False,
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_faults_are_said_in_either_language(settings: Settings, keep: Callable[[str], None], language: str) -> None:
    keep("2")
    with pytest.raises(Refused) as refusal:
        own_policy(settings, language)
    [sentence] = refusal.value.sentences
    assert FAULT[language] in sentence
    assert str(refusal.value) == sentence


def test_incomplete_rules_are_refused_before_any_table_is_looked_at(
    settings: Settings, incomplete: None, checks: list[Path | None]
) -> None:
    with pytest.raises(Refused) as refusal:
        admitted_policy(settings, "en")
    assert refusal.value.sentences == (LACKING,)
    assert checks == []


def test_a_run_checks_once_and_hands_on_what_was_checked(
    settings: Settings, keep: Callable[[str], None], checks: list[Path | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_on = []

    def build(settings: Settings, reporter: object, policy: Any) -> dg.Definitions:
        handed_on.append(policy)
        raise DbtFailure("far enough")

    monkeypatch.setattr("pipelines.definitions.build_definitions", build)
    keep("0.9")
    assert run(settings, SilentReporter()).reasons == ("far enough",)
    assert checks == [settings.policy_dir]
    assert [row["floor"] for row in handed_on[0]["role_discount_floors"]] == ["0.9"]
    assert land(settings, handed_on[0]).success
    assert checks == [settings.policy_dir]


def test_a_run_names_every_fault_as_a_reason(settings: Settings, keep: Callable[[str], None]) -> None:
    keep("2,2026-01-01,\nno_such_role,0.9")
    outcome = run(settings, SilentReporter())
    assert outcome.status == "failed"
    assert [reason.split(":")[0] for reason in outcome.reasons] == [
        "role_discount_floors.csv, line 2, column floor",
        "role_discount_floors.csv, line 3, column role_code",
    ]


def test_the_landing_step_refuses_a_faulty_policy_by_itself(settings: Settings, keep: Callable[[str], None]) -> None:
    keep("2")
    result = land(settings)
    assert not result.success
    [failure] = [event for event in result.all_events if event.is_step_failure]
    assert FAULT["en"] in failure.event_specific_data.error.cause.message
    assert not settings.paths.working_database.exists()


def test_the_landing_step_refuses_incomplete_rules_by_itself(settings: Settings, incomplete: None) -> None:
    result = land(settings)
    [failure] = [event for event in result.all_events if event.is_step_failure]
    assert LACKING in failure.event_specific_data.error.cause.message


def test_the_code_location_does_not_load_with_incomplete_rules(settings: Settings, incomplete: None) -> None:
    with pytest.raises(Refused, match="it has no family"):
        build_definitions(settings)


@pytest.mark.parametrize("command", [("rules", "preview", "RED-03"), ("policy", "diff")])
def test_no_trial_is_made_with_incomplete_rules(command: tuple[str, ...], settings: Settings, incomplete: None) -> None:
    done = CliRunner().invoke(main, [*command, "--data", str(settings.paths.root)])
    assert (done.exit_code, done.stderr) == (1, LACKING + "\n")
