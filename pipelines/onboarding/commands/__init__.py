"""The commands of `hufu` for bringing exports in.

Belongs here: their arguments, what they print, exit codes; the work is imported when a command runs, so that `hufu`
itself starts fast. Does not belong here: doing the work; every command calls the module that does it.
"""

from pipelines.onboarding.commands.batches import batches
from pipelines.onboarding.commands.inspect_file import inspect
from pipelines.onboarding.commands.profiles import profile
from pipelines.onboarding.commands.quarantine import quarantine
from pipelines.onboarding.commands.template import template

COMMANDS = (template, inspect, profile, quarantine, batches)
