"""The command line: `glabella COMMAND`. Each command reads, calls the core and prints."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from glabella import __version__, chart, facts
from glabella.chart.validation_figure import ShownRow, validation_svg
from glabella.errors import GlabellaError, InputError
from glabella.plan import Plan, forecast, plan_schema, read_plan, report
from glabella.plan.basis import basis
from glabella.plan.correct import correct
from glabella.plan.corrections import correction_text
from glabella.plan.corrections.case import case_schema, read_case, refuse_tomorrow
from glabella.plan.droplets.droplets import droplets
from glabella.plan.droplets.region import read_region, region_schema
from glabella.plan.droplets.text import as_text as droplet_text
from glabella.plan.goals.goal import Goal, goal_schema, read_goal
from glabella.plan.optimise import optimise
from glabella.plan.plan import refuse_what_is_yet_to_come
from glabella.plan.reference import faces as reference
from glabella.plan.reference import text as reference_text
from glabella.plan.search import proposal_text
from glabella.plan.search.front import PLANS, front
from glabella.plan.search.titrate import titrate
from glabella.trials import calibrate, calibration_file, laws, trial, trial_text, validate
from glabella.trials.spec import read_trial, trial_schema

if TYPE_CHECKING:
    # argparse gives it no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

SCHEMAS = {
    "plan": plan_schema,
    "goal": goal_schema,
    "case": case_schema,
    "region": region_schema,
    "trial": trial_schema,
}
BAR = 40
# A front of more plans than this has hardly one that differs from its neighbours.
MOST_PLANS = 200
# What fits beside a row of the validation figure.
LABEL_LETTERS = 48
CALIBRATION_FILE = Path(facts.__file__).with_name("calibration.toml")


# Commands of the clinic's record; Django reads the words behind them.
CLINIC = {
    "verify-records": "whether what was signed and done is still as it was",
    "export": "all of a clinic as one archive that any program can read",
    "import": "an archive back, into an empty installation",
    "export-patient": "all that is held on one patient",
    "erase-patient": "take away who a patient is, where nothing keeps the record",
    "retention": "whose record need not be kept any longer",
    "backup": "a verified copy of the whole installation, while it runs",
    "restore": "a backup back in place, the present record kept aside",
    "data-dictionary": "every field that is kept, and what it gives away",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; errors are printed without a traceback and fix the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given and given[0] in CLINIC:
        return _in_the_clinic(given)
    arguments = _parser().parse_args(given)
    try:
        arguments.run(arguments)
    except GlabellaError as error:
        print(f"glabella: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="glabella",
        description="Plan botulinum toxin treatment: forecast, facts, calibration, validation.",
        epilog="For licensed injectors. A forecast supports judgement; it does not replace it.",
    )
    parser.add_argument("--version", action="version", version=f"glabella {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _of_planning(commands)
    _of_facts(commands)
    _of_trials(commands)
    for name, words in CLINIC.items():
        commands.add_parser(name, help=words, add_help=False)
    return parser


def _in_the_clinic(given: list[str]) -> int:
    from glabella.clinic.__main__ import run  # noqa: PLC0415 - Django only when it is needed

    return run([given[0].replace("-", "_"), *given[1:]])


def _of_planning(commands: Commands) -> None:
    command = commands.add_parser("forecast", help="what a plan will do, day by day")
    command.add_argument("plan", type=Path, metavar="PLAN.json")
    command.add_argument("--json", action="store_true", help="everything, as JSON")
    command.add_argument("--svg", type=Path, metavar="FILE", help="write the face and the curves")
    command.set_defaults(run=_forecast)

    command = commands.add_parser("optimise", help="the fewest units that reach a goal, and where")
    command.add_argument("goal", type=Path, metavar="GOAL.json")
    command.add_argument("--json", action="store_true", help="everything, as JSON")
    command.add_argument(
        "--front",
        type=_plans,
        default=0,
        metavar="N",
        help="also what more units buy and cost, in N plans",
    )
    command.add_argument("--svg", type=Path, metavar="FILE", help="write the face and the curves")
    command.set_defaults(run=_optimise)

    command = commands.add_parser("correct", help="what to do at a review: add, where, or wait")
    command.add_argument("case", type=Path, metavar="CASE.json")
    command.add_argument("--json", action="store_true", help="everything, as JSON")
    command.set_defaults(run=_correct)

    command = commands.add_parser("droplets", help="droplets in the skin: grid, units, forecast")
    command.add_argument("region", type=Path, metavar="REGION.json")
    command.add_argument("--json", action="store_true", help="everything, as JSON")
    command.add_argument("--svg", type=Path, metavar="FILE", help="write the face and the curves")
    command.set_defaults(run=_droplets)

    command = commands.add_parser("faces", help="reference faces: what is expected and answered")
    command.add_argument("name", nargs="?", default="", help="one of them, with its reasoning")
    command.add_argument("--json", action="store_true", help="as JSON")
    command.set_defaults(run=_faces)


def _of_facts(commands: Commands) -> None:
    command = commands.add_parser("cite", help="the sources behind a plan's forecast")
    command.add_argument("plan", type=Path, metavar="PLAN.json")
    command.set_defaults(run=_cite)

    command = commands.add_parser("facts", help="every fact with its source")
    command.add_argument("prefix", nargs="?", default="", help="only facts below this path")
    command.add_argument("--assumptions", action="store_true", help="those that stand on no source")
    command.add_argument("--json", action="store_true", help="as JSON")
    command.set_defaults(run=_facts)

    command = commands.add_parser("schema", help="the JSON schema of a file that Glabella reads")
    command.add_argument("what", choices=list(SCHEMAS))
    command.set_defaults(run=lambda arguments: _print_json(SCHEMAS[arguments.what]()))


def _of_trials(commands: Commands) -> None:
    command = commands.add_parser("trial", help="a virtual trial: arms, population, end points")
    command.add_argument("spec", type=Path, metavar="SPEC.json")
    command.add_argument("--json", action="store_true", help="as JSON")
    command.add_argument("--parquet", type=Path, metavar="FILE", help="also as one long table")
    command.add_argument(
        "--jobs", type=_jobs, default=1, metavar="N", help="processes that share it (default: 1)"
    )
    command.set_defaults(run=_trial)

    command = commands.add_parser("calibrate", help="fit the model to the published rows")
    command.add_argument("--out", type=Path, metavar="FILE", help="default: the facts' own file")
    command.set_defaults(run=_calibrate)

    command = commands.add_parser(
        "validate", help="every published row beside the prediction, and the laws"
    )
    command.add_argument("--json", action="store_true", help="as JSON")
    command.add_argument("--svg", type=Path, metavar="FILE", help="write the figure of all rows")
    command.set_defaults(run=_validate)


def _read(path: Path) -> Plan:
    plan = read_plan(_bytes(path))
    refuse_what_is_yet_to_come(plan, today=datetime.now().astimezone().date())
    return plan


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}. Check the name.") from error


def _forecast(arguments: argparse.Namespace) -> None:
    plan = _read(arguments.plan)
    found = forecast(plan)
    if arguments.svg:
        _write(arguments.svg, chart.plan_svg(plan, found))
        print(f"Wrote {arguments.svg}", file=sys.stderr)
    if arguments.json:
        _print_json(found)
    else:
        print(report.as_text(found), end="")


def _optimise(arguments: argparse.Namespace) -> None:
    goal = _goal(arguments.goal)
    found = optimise(goal)
    traded = front(goal, arguments.front) if arguments.front else ()
    titration = titrate(goal, found)
    if arguments.svg:
        _write(arguments.svg, chart.plan_svg(found.plan, forecast(found.plan)))
        print(f"Wrote {arguments.svg}", file=sys.stderr)
    if arguments.json:
        _print_json({"proposal": found, "front": traded, "titration": titration})
    else:
        print(proposal_text.as_text(found, traded, titration), end="")


def _goal(path: Path) -> Goal:
    """A goal whose history is not yet to come; its own day may be."""
    goal = read_goal(_bytes(path))
    if goal.treatments:
        past = Plan(patient=goal.patient, treatments=goal.treatments, reviews=goal.reviews)
        refuse_what_is_yet_to_come(past, today=datetime.now().astimezone().date())
    return goal


def _correct(arguments: argparse.Namespace) -> None:
    case = read_case(_bytes(arguments.case))
    refuse_tomorrow(case, today=datetime.now().astimezone().date())
    told = correct(case)
    if arguments.json:
        _print_json(told)
    else:
        print(correction_text.as_text(told), end="")


def _droplets(arguments: argparse.Namespace) -> None:
    region = read_region(_bytes(arguments.region))
    planned = droplets(region)
    refuse_what_is_yet_to_come(planned.plan, today=datetime.now().astimezone().date())
    if arguments.svg:
        _write(arguments.svg, chart.plan_svg(planned.plan, forecast(planned.plan)))
        print(f"Wrote {arguments.svg}", file=sys.stderr)
    if arguments.json:
        _print_json(planned)
    else:
        print(droplet_text(planned), end="")


def _faces(arguments: argparse.Namespace) -> None:
    names = [arguments.name] if arguments.name else reference.names()
    answered = [reference.answered(name) for name in names]
    if arguments.json:
        shown = [reference_text.as_json(one, whole=bool(arguments.name)) for one in answered]
        _print_json(shown[0] if arguments.name else shown)
    elif arguments.name:
        print(reference_text.as_text(answered[0]), end="")
    else:
        print(reference_text.list_text(answered), end="")


def _cite(arguments: argparse.Namespace) -> None:
    for key, citation in basis(_read(arguments.plan)).sources.items():
        source = facts.load().sources[key]
        print(f"{key}\n    {citation}" + (f"\n    {source.url}" if source.url else ""))


def _facts(arguments: argparse.Namespace) -> None:
    chosen = [
        (path, fact)
        for path, fact in facts.walk(facts.load())
        if path.startswith(arguments.prefix)
        and (fact.kind == "assumption" or not arguments.assumptions)
    ]
    if not chosen:
        raise InputError(f"No fact below `{arguments.prefix}`. `glabella facts` lists all paths.")
    if arguments.json:
        _print_json(dict(chosen))
        return
    for path, fact in chosen:
        basis_of = fact.reason if fact.kind == "assumption" else f"{fact.source}, {fact.locator}"
        print(f"{path} = {_value(fact.value)} {fact.unit}  [{fact.kind}: {basis_of}]")


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_value(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no number of processes: give 1 or more")
    return int(text)


def _plans(text: str) -> int:
    if not text.isdecimal() or int(text) not in range(2, MOST_PLANS + 1):
        raise argparse.ArgumentTypeError(
            f"{text} is no number of plans: give 2 to {MOST_PLANS}, such as {PLANS}"
        )
    return int(text)


def _trial(arguments: argparse.Namespace) -> None:
    spec = read_trial(_bytes(arguments.spec))
    write_parquet = _parquet_writer() if arguments.parquet else None
    start = time.perf_counter()
    result = trial.run_trial(spec, jobs=arguments.jobs, progress=_progress)
    seconds = time.perf_counter() - start
    treated = spec.population.n * len(spec.arms)
    print(
        f"{spec.population.n:,} patients in each of {len(spec.arms)} arms: {seconds:.1f} s of wall "
        f"time, {treated / seconds:,.0f} patients/s",
        file=sys.stderr,
    )
    if write_parquet:
        try:
            write_parquet(arguments.parquet, result)
        except OSError as error:
            raise InputError(f"Cannot write {arguments.parquet}: {error.strerror}.") from error
        print(f"Wrote {arguments.parquet}", file=sys.stderr)
    if arguments.json:
        for note in result.notes:
            print(f"Note: {note}", file=sys.stderr)
        _print_json({name: getattr(result, name) for name in trial.TABLES})
    else:
        print(trial_text.as_text(result), end="")


def _parquet_writer() -> Callable[[Path, trial.TrialResult], None]:
    """What writes Parquet; asked for before a long trial starts, not after it."""
    try:
        from glabella.trials import trial_parquet  # noqa: PLC0415 - an extra, often not there
    except ModuleNotFoundError as error:
        raise InputError(
            "Parquet needs the package pyarrow, which is not installed: "
            "pip install 'glabella[parquet]' or pip install pyarrow."
        ) from error
    return trial_parquet.write


def _progress(share: float) -> None:
    """A bar on the terminal, nothing when the output goes to a file."""
    if sys.stderr.isatty():
        bar = "#" * round(BAR * share)
        end = "\r" if share < 1 else "\n"
        print(f"[{bar:<{BAR}}] {share:4.0%}", end=end, file=sys.stderr, flush=True)


def _calibrate(arguments: argparse.Namespace) -> None:
    found = calibrate.calibrate()
    target: Path = arguments.out or CALIBRATION_FILE
    _write(target, calibration_file.as_toml(found))
    print(calibration_file.as_text(found), end="")
    print(f"Wrote {target}", file=sys.stderr)


def _validate(arguments: argparse.Namespace) -> None:
    compared, tried = validate.validate(), laws.laws()
    if arguments.svg:
        _write(arguments.svg, validation_figure(compared))
        print(f"Wrote {arguments.svg}", file=sys.stderr)
    if arguments.json:
        _print_json({**validate.as_json(compared), "laws": laws.as_json(tried)})
    else:
        print(validate.as_text(compared), laws.as_text(tried), sep="\n", end="")


def validation_figure(compared: Sequence[validate.Comparison]) -> str:
    """The figure of all rows that have a prediction, as SVG."""
    return validation_svg([row for one in compared if (row := _shown(one))])


def _shown(compared: validate.Comparison) -> ShownRow | None:
    """A row for the figure; None where there is no prediction."""
    row, end = compared.row, compared.row.endpoint
    if compared.predicted is None or compared.low is None or compared.high is None:
        return None
    named = facts.load().products.get(row.product)
    units = "" if named is None or row.units is None else f" {row.units:g} U"
    when = "" if row.day is None or row.unit == "d" else f", day {row.day:g}"
    who = "" if end.rater == "investigator" else f", {end.rater}"
    rest = ", at rest" if end.at == "rest" and end.area != "eyelid" else ""
    what = f"{named.name if named else row.product}{units}{when}{who}{rest}"
    return ShownRow(
        group=f"{end.area}, {end.rule.replace('_', ' ')}",
        label=f"{what} · {row.study}"[:LABEL_LETTERS],
        unit=row.unit,
        use=compared.use,
        published=row.value,
        predicted=compared.predicted,
        low=compared.low,
        high=compared.high,
    )


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"Cannot write {path}: {error.strerror}.") from error


def _print_json(value: object) -> None:
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
