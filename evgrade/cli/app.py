"""The commands and their options. Each command imports its modules when it runs, to keep start-up fast.

Annotations are not postponed here: typer reads them all, and would have to compile each of them twice.
"""

import sys
from collections.abc import Callable
from copy import copy
from typing import Annotated

import typer
from typer.models import CommandInfo

from evgrade._version import __version__
from evgrade.cli.destinations import (
    GRADED_EXPORTS,
    ExportFormat,
    PlotKind,
    ReportFormat,
    batch_plan,
    check_alone,
    output_plan,
    plot_format,
    report_files,
    report_plan,
)
from evgrade.cli.exits import Commands
from evgrade.cli.files import refuse_inputs
from evgrade.cli.options import (
    AsOfOption,
    BatchFormatOption,
    CacheOption,
    ColorOption,
    DossierArgument,
    DossierArguments,
    ExecutorName,
    ExecutorOption,
    ExportFormatOption,
    FindingsFormatOption,
    GroupBy,
    JobsOption,
    NoCacheOption,
    NotingRubricsOption,
    OutputOption,
    OutputsOption,
    ProgressOption,
    QuietOption,
    RankingRubricsOption,
    ReportFormatOption,
    ReportsOption,
    RetractionsOption,
    RowsOption,
    RubricOption,
    RubricsOption,
    SchedulerOption,
    SchemaName,
    ScoreFormatOption,
    TemplateOption,
    TimeoutOption,
    WatchOption,
    chosen_codes,
    chosen_day,
    refuse_nan,
)
from evgrade.exporting.bias_tool import BiasTool

app = typer.Typer(
    cls=Commands,
    name="evgrade",
    help="Grade the evidence for a therapy, and show the reasons for every grade.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
rubrics = typer.Typer(
    cls=Commands,
    help="List, show, check and test the grading systems.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(rubrics, name="rubric")


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it
    if wanted:
        typer.echo(f"evgrade {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options that come before a command."""


def _run(run: Callable[[], int], paths: list[str], rubrics: list[str] | None, *, watch: bool) -> int:
    if not watch:
        return run()
    from evgrade.cli.watch import run_again

    return run_again(run, paths, rubrics or [])


@app.command(short_help="Grade dossiers, with reasons and a recommendation.")
def score(
    paths: DossierArguments,
    rubrics: RubricsOption = None,
    form: ScoreFormatOption = None,
    outputs: ReportsOption = None,
    fail_under: Annotated[
        float | None,
        typer.Option(min=0, max=100, metavar="N", callback=refuse_nan, help="Exit with code 1 if a score is below N."),
    ] = None,
    as_of: AsOfOption = None,
    retractions: RetractionsOption = None,
    quiet: QuietOption = False,
    color: ColorOption = None,
    watch: WatchOption = False,
) -> None:
    """Grade dossiers and print the grades, the reasons and the recommendation."""
    from evgrade.cli.score import run_score

    day = chosen_day(as_of)
    refuse_inputs(report_files(outputs), paths, rubrics or (), [retractions])
    plan = report_plan(form, outputs)

    def run() -> int:
        return run_score(paths, rubrics or [], plan, fail_under, day, retractions, quiet=quiet, color=color)

    raise typer.Exit(_run(run, paths, rubrics, watch=watch))


@app.command(short_help="Write a report page, or the draft of an article.")
def report(
    path: DossierArgument,
    rubrics: RubricsOption = None,
    form: ReportFormatOption = ReportFormat.HTML,
    output: OutputOption = None,
    as_of: AsOfOption = None,
    retractions: RetractionsOption = None,
    templates: TemplateOption = None,
    csl: Annotated[
        str | None,
        typer.Option("--csl", metavar="STYLE.csl", help="Citation style of a journal, in the Citation Style Language."),
    ] = None,
) -> None:
    """Write one self-contained page for patients, clinicians and panels, or the draft of a review article to edit."""
    from evgrade.cli.report import run_report

    day = chosen_day(as_of)
    refuse_inputs([output], [path], rubrics or (), [retractions, csl])
    if templates is not None and form is not ReportFormat.HTML:
        raise typer.BadParameter(f"templates are for html, not for {form}", param_hint="--template")
    raise typer.Exit(run_report(path, rubrics or [], form, output, day, retractions, templates, csl))


@app.command(short_help="Draw one plot, for slides and papers.")
def plot(
    kind: Annotated[PlotKind, typer.Argument(metavar="KIND", help=f"Kind of plot: {', '.join(PlotKind)}.")],
    path: DossierArgument,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="File to write: .svg, .png or .pdf.", show_default="SVG to -"
        ),
    ] = None,
    outcome: Annotated[
        str | None, typer.Option(metavar="ID", help="Draw only this outcome, by id or name; for forest and funnel.")
    ] = None,
    rubrics: RubricsOption = None,
    as_of: AsOfOption = None,
    retractions: RetractionsOption = None,
) -> None:
    """Draw a plot of a dossier, as on the page of `evgrade report`.

    PNG and PDF need the extra `plots`: pip install 'evgrade[plots]'.
    """
    from evgrade.cli.plot import run_plot

    day = chosen_day(as_of)
    if outcome is not None and kind not in (PlotKind.FOREST, PlotKind.FUNNEL):
        raise typer.BadParameter("only forest and funnel plots show a single outcome", param_hint="--outcome")
    if rubrics and kind is not PlotKind.GRADES:
        raise typer.BadParameter("only the plot of grades uses a grading system", param_hint="--rubric")
    refuse_inputs([output], [path], rubrics or (), [retractions])
    form = plot_format(output)
    raise typer.Exit(run_plot(kind, path, form, output, outcome, rubrics or [], day, retractions))


@app.command(short_help="Write dossiers for other programs.")
def export(
    paths: DossierArguments,
    form: ExportFormatOption,
    output: OutputOption = None,
    tool: Annotated[
        BiasTool | None,
        typer.Option(metavar="TOOL", help=f"Tool for risk-of-bias-csv, if several were used: {', '.join(BiasTool)}."),
    ] = None,
    rubrics: RubricsOption = None,
) -> None:
    """Write references for Zotero, EndNote or LaTeX, tables for R (metafor, meta, robvis), and data for the web.

    Fields that a format has no place for are listed on standard error.
    """
    from evgrade.cli.export import run_export

    if tool is not None and form is not ExportFormat.RISK_OF_BIAS_CSV:
        raise typer.BadParameter(f"only {ExportFormat.RISK_OF_BIAS_CSV} is for a single tool", param_hint="--tool")
    if rubrics and form not in GRADED_EXPORTS:
        raise typer.BadParameter(f"only {' and '.join(GRADED_EXPORTS)} contain verdicts", param_hint="--rubric")
    refuse_inputs([output], paths, rubrics or ())
    raise typer.Exit(run_export(paths, form, output, tool, rubrics or ()))


@app.command(short_help="Grade folders of dossiers and rank them.")
def batch(
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH", help="Folders of dossiers, or dossiers.")] = None,
    rubrics: RankingRubricsOption = None,
    sort: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Sort by a column; -COLUMN reverses the order.", show_default="rank"),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=VALUE", help="Keep matching rows. Operators: = != < <= > >=. Repeatable."),
    ] = None,
    condition: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Keep rows whose condition contains TEXT.")
    ] = None,
    min_score: Annotated[
        float | None,
        typer.Option(min=0, max=100, metavar="N", callback=refuse_nan, help="Keep rows with a score of at least N."),
    ] = None,
    group_by: Annotated[
        GroupBy | None, typer.Option(metavar="condition", help="Print a table for each condition.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Keep the first N rows.")] = None,
    robust: Annotated[
        bool, typer.Option("--robust", help="Also show how firm each verdict is, and its rank under other weights.")
    ] = False,
    changed_since: Annotated[
        str | None, typer.Option(metavar="REV", help="Show what changed in git since REV, before and after.")
    ] = None,
    jobs: JobsOption = None,
    timeout: TimeoutOption = None,
    executor: ExecutorOption = ExecutorName.LOCAL,
    scheduler: SchedulerOption = None,
    form: BatchFormatOption = None,
    outputs: RowsOption = None,
    progress: ProgressOption = None,
    cache: CacheOption = None,
    no_cache: NoCacheOption = False,
    quiet: QuietOption = False,
    color: ColorOption = None,
) -> None:
    """Grade every dossier in some folders and print them ranked. A bad file does not stop the run.

    With --changed-since, grade only what changed in git, before and after; PATH then defaults to the current folder.
    """
    plan = batch_plan(form, outputs)
    refuse_inputs([one.path for one in plan], paths or ["."], rubrics or ())
    if changed_since is not None:
        others = {"--sort": sort, "--where": where, "--condition": condition, "--min-score": min_score}
        others |= {"--group-by": group_by, "--limit": limit, "--jobs": jobs, "--timeout": timeout}
        others |= {"--robust": robust or None}
        others |= {"--executor": None if executor is ExecutorName.LOCAL else executor, "--scheduler": scheduler}
        others |= {"--progress": progress or None, "--color": color or None}
        check_alone("--changed-since", others, plan)
        from evgrade.cli.changes import run_changes

        raise typer.Exit(run_changes(paths or ["."], changed_since, rubrics or [], plan, quiet=quiet))
    if not paths:
        raise typer.BadParameter("name a folder or a dossier", param_hint="PATH")
    from evgrade.cli.batch import RowOptions, run_batch
    from evgrade.cli.execution import CacheOptions, Execution

    wanted = RowOptions(
        sort=sort,
        where=where or (),
        condition=condition,
        min_score=min_score,
        grouped=group_by is not None,
        limit=limit,
        robust=robust,
    )
    place = Execution(executor=executor, scheduler=scheduler, jobs=jobs, seconds=timeout)
    caching = CacheOptions(wanted=not no_cache, folder=cache)
    code = run_batch(paths, rubrics or [], plan, wanted, place, caching, progress=progress, quiet=quiet, color=color)
    raise typer.Exit(code)


@app.command(short_help="Make a website for a folder of dossiers.")
def site(
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="Folder of dossiers.")],
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="DIR", help="Folder to write the site to. Only the site's own files are changed."
        ),
    ],
    rubrics: RubricsOption = None,
    title: Annotated[str, typer.Option(metavar="TEXT", help="Title of the site.")] = "Therapies, graded",
    as_of: AsOfOption = None,
    retractions: RetractionsOption = None,
    templates: TemplateOption = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Public address of the site, for links in its feed.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="REV", help="Show what changed in git since REV.", show_default="the last 20 commits"),
    ] = None,
    jobs: JobsOption = None,
    quiet: QuietOption = False,
) -> None:
    """Make a static site: an index, a page for each therapy and grade, changes with a feed, and due reviews.

    Only files that changed are written. A dossier with errors is reported and left out; the exit code is then 1.
    """
    from evgrade.cli.site import run_site

    day = chosen_day(as_of)
    today = day or chosen_day("today")
    assert today is not None  # noqa: S101 - for mypy
    code = run_site(
        folder,
        output,
        rubrics or [],
        title,
        as_of=day,
        today=today,
        retractions=retractions,
        templates=templates,
        base_url=base_url,
        since=since,
        jobs=jobs,
        quiet=quiet,
    )
    raise typer.Exit(code)


@app.command(short_help="Show every rule that was tried, and why.")
def explain(
    path: DossierArgument,
    domain: Annotated[
        str | None,
        typer.Argument(metavar="DOMAIN", help="Only this domain, by name or title; or `recommendation`; or `numbers`."),
    ] = None,
    rubric: RubricOption = "evgrade-default",
    output: OutputOption = None,
) -> None:
    """Show how every grade was reached: each rule that was tried, and the evidence it used.

    `numbers` shows what evgrade computed from arms and effects, with methods and formulas.
    """
    from evgrade.cli.score import run_explain

    refuse_inputs([output], [path], [rubric])
    raise typer.Exit(run_explain(path, domain, rubric, output))


@app.command(short_help="Compare a few dossiers side by side.")
def compare(
    paths: Annotated[list[str], typer.Argument(metavar="FILE FILE", help="Two or more dossiers; one may be -.")],
    rubric: RubricOption = "evgrade-default",
    form: ScoreFormatOption = None,
    outputs: ReportsOption = None,
) -> None:
    """Compare a few dossiers, domain by domain, with the reasons for each grade."""
    from evgrade.cli.compare import run_compare

    refuse_inputs(report_files(outputs), paths, [rubric])
    raise typer.Exit(run_compare(paths, rubric, report_plan(form, outputs)))


@app.command(short_help="Show what changed between two versions.")
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Dossier; - for standard input.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="A later version of it.")],
    rubric: RubricOption = "evgrade-default",
    form: ScoreFormatOption = None,
    outputs: ReportsOption = None,
) -> None:
    """Show what changed in the evidence between two versions, and how it moved the grades.

    The exit code is 0 whether or not anything changed.
    """
    from evgrade.cli.compare import run_diff

    refuse_inputs(report_files(outputs), [old, new], [rubric])
    raise typer.Exit(run_diff(old, new, rubric, report_plan(form, outputs)))


@app.command(short_help="Show how firm a verdict is, and what it depends on.")
def robustness(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Dossiers, or folders of them; one may be -.")],
    rubrics: RubricsOption = None,
    form: ScoreFormatOption = None,
    outputs: ReportsOption = None,
    jobs: JobsOption = None,
    timeout: TimeoutOption = None,
    executor: ExecutorOption = ExecutorName.LOCAL,
    scheduler: SchedulerOption = None,
    progress: ProgressOption = None,
    cache: CacheOption = None,
    no_cache: NoCacheOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show what each grade and the recommendation depend on: evidence, judgements and missing facts.

    Remove each piece of evidence and change each judgement by one step, one at a time, and grade again.

    For a folder, print a table of how firm each verdict is and what it depends on. The options after
    --output apply only to folders.
    """
    from evgrade.cli.robustness import run_robust_folder, run_robustness
    from evgrade.discover import is_folder

    refuse_inputs(report_files(outputs), paths, rubrics or ())
    plan = report_plan(form, outputs)
    if not any(map(is_folder, paths)):
        others = {"--jobs": jobs, "--timeout": timeout, "--scheduler": scheduler, "--progress": progress or None}
        others |= {"--executor": None if executor is ExecutorName.LOCAL else executor}
        for option in (name for name, value in others.items() if value is not None):
            raise typer.BadParameter("it applies only to folders", param_hint=option)
        raise typer.Exit(run_robustness(paths, rubrics or [], plan))
    from evgrade.cli.execution import CacheOptions, Execution

    place = Execution(executor=executor, scheduler=scheduler, jobs=jobs, seconds=timeout, slow=True)
    caching = CacheOptions(wanted=not no_cache, folder=cache)
    code = run_robust_folder(paths, rubrics or [], plan, place, caching, progress=progress, quiet=quiet)
    raise typer.Exit(code)


@app.command(short_help="List the references, and what they lack.")
def refs(
    paths: Annotated[list[str], typer.Argument(metavar="FILE", help="Dossiers; - for standard input.")],
    form: ScoreFormatOption = None,
    outputs: ReportsOption = None,
    retractions: RetractionsOption = None,
) -> None:
    """List the references as numbered on the report page: what cites each, what it lacks, and whether it was retracted.

    A DOI or a PMID counts as missing if sources of that type usually have one. References with the same identifier are
    duplicates; those with the same title and year may be.
    """
    from evgrade.cli.refs import run_refs

    refuse_inputs(report_files(outputs), paths, (), [retractions])
    raise typer.Exit(run_refs(paths, report_plan(form, outputs), retractions))


@app.command(short_help="Check dossiers for mistakes.")
def validate(
    paths: DossierArguments,
    form: FindingsFormatOption = None,
    outputs: OutputsOption = None,
    select: Annotated[
        list[str] | None, typer.Option(metavar="CODES", help="Show only warnings and notes with these codes.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="CODES", help="Hide warnings and notes with these codes.")
    ] = None,
    rubrics: NotingRubricsOption = None,
    as_of: AsOfOption = None,
    retractions: RetractionsOption = None,
    quiet: QuietOption = False,
    fix: Annotated[bool, typer.Option("--fix", help="Print a patch of the fixes that are certain.")] = False,
    write: Annotated[bool, typer.Option("--write", help="With --fix: apply the fixes, then check.")] = False,
    watch: WatchOption = False,
) -> None:
    """Check dossiers: YAML syntax, the schema, references, and consistency.

    CODES are finding codes or prefixes of them, separated by commas. Errors are always shown.
    Settings are read from evgrade.toml, or from [tool.evgrade] in pyproject.toml.
    """
    plan = output_plan(form, outputs)
    refuse_inputs([one.path for one in plan], paths, rubrics or (), [retractions])
    _apply_fixes(paths, fix=fix, write=write, quiet=quiet, alone=form is None and not outputs and not watch)
    from evgrade.cli.validate import run_validate

    selection = chosen_codes(select, ignore)
    day = chosen_day(as_of)

    def run() -> int:
        return run_validate(paths, plan, selection, rubrics or [], day, retractions, quiet=quiet)

    raise typer.Exit(_run(run, paths, rubrics, watch=watch))


def _apply_fixes(paths: list[str], *, fix: bool, write: bool, quiet: bool, alone: bool) -> None:
    """Print the fixes and exit, or apply them before the check."""
    if write and not fix:
        raise typer.BadParameter("--write needs --fix.", param_hint="--write")
    if fix and write:
        from evgrade.cli.fix import make_fixes

        make_fixes(paths, quiet=quiet)
    elif fix:
        from evgrade.cli.fix import show_fixes

        if not alone:
            raise typer.BadParameter(
                "--fix prints a patch and takes no other option; use --fix --write.", param_hint="--fix"
            )
        raise typer.Exit(show_fixes(paths, quiet=quiet))


@app.command(short_help="Write a dossier to start from.")
def new(
    path: Annotated[str, typer.Argument(metavar="FILE", help="File to write; - for standard output.")] = "-",
    therapy: Annotated[str, typer.Option(metavar="NAME", help="Name of the therapy.")] = "Name of the therapy",
    condition: Annotated[str, typer.Option(metavar="NAME", help="Name of the condition.")] = "Name of the condition",
    kind: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="Kind of therapy, such as drug or behavioural; adapts the examples to it."),
    ] = None,
    sections: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Show only these sections, separated by commas.")
    ] = None,
    with_schema: Annotated[bool, typer.Option("--schema", help="Also write the JSON Schema for your editor.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Write a new dossier: valid, with every section explained in comments."""
    from evgrade.cli.new import run_new

    raise typer.Exit(run_new(path, therapy, condition, kind, sections, with_schema=with_schema, quiet=quiet))


@app.command(short_help="Add a trial, a reference, a harm or another entry to a dossier.")
def add(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="Kind of entry: trial, reference, harm, claim, outcome, …")
    ],
    path: Annotated[str, typer.Argument(metavar="FILE", help="Dossier to add it to.")],
    fields: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="FIELD=VALUE", help="A field of the entry; `dose.unit` is a nested one. Repeatable."
        ),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Add an entry to a dossier at its place and leave everything else as it is.

    In a terminal, it prompts for each field. Otherwise give the fields with --set, or YAML on standard input.
    """
    from evgrade.cli.add import run_add

    raise typer.Exit(run_add(kind, path, fields or [], quiet=quiet))


@app.command("import", short_help="Read registry records, references and tables into a dossier.")
def import_records(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE",
            help="Files, folders of them, - for standard input, or numbers: NCT01234567, PMID:123, PMC123, a DOI.",
        ),
    ],
    into: Annotated[
        str | None, typer.Option("--into", metavar="DOSSIER", help="Show additions to this dossier as a patch.")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="With --into: write the dossier.")] = False,
    bases: Annotated[
        list[str] | None,
        typer.Option("--base", metavar="OLD", help="Earlier version of a source that is not in git. Repeatable."),
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="List everything that was not imported, and why.")] = False,
    measure: Annotated[
        str | None, typer.Option("--measure", metavar="MEASURE", help="Effect measure of a table: OR, RR, MD …")
    ] = None,
    outcome: Annotated[
        str | None, typer.Option("--outcome", metavar="NAME", help="Outcome of a table of effects.")
    ] = None,
    tool: Annotated[
        str | None, typer.Option("--tool", metavar="TOOL", help="Tool of a risk-of-bias table: RoB 2, ROBINS-I …")
    ] = None,
    time_unit: Annotated[
        str | None, typer.Option("--time-unit", metavar="UNIT", help="Unit of person-time: years …")
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="SHEET", help="Sheet of a workbook.")] = None,
    mapping: Annotated[str | None, typer.Option("--map", metavar="FILE", help="Mapping of a table's columns.")] = None,
    guess: Annotated[bool, typer.Option("--guess", help="Propose a mapping for a table, and import nothing.")] = False,
    keep: Annotated[
        str | None, typer.Option("--keep", metavar="DIR", help="Save registry records in this folder, and reuse them.")
    ] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Request records again even if they are saved.")] = False,
    addresses: Annotated[
        list[str] | None,
        typer.Option("--address", metavar="NAME=URL", help="Another address of ctgov, ncbi or crossref."),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Read trials, results, harms and references from other files, and print them as entries of a dossier.

    With --into, add what the dossier lacks, and apply changes made only in the source since its earlier version.
    What you wrote stays; if both changed, both values are shown and the exit code is 1.
    """
    from evgrade.cli.import_sources import Online
    from evgrade.cli.importing import mapping_of, run_guess, run_import
    from evgrade.importing.content import Options

    options = Options(measure, outcome, tool, time_unit, sheet, mapping_of(mapping))
    if guess:
        raise typer.Exit(run_guess(sources, options))
    online = Online(keep, refresh, addresses or ())
    raise typer.Exit(
        run_import(sources, into, options, online, bases=bases or (), write=write, explain=explain, quiet=quiet)
    )


@app.command(short_help="List the consistency checks, or explain one.")
def checks(
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="A code, or a prefix of codes.")] = None,
    output: OutputOption = None,
) -> None:
    """List the consistency checks, or explain one: why it matters, how it works, and an example."""
    from evgrade.cli.checks import run_checks

    raise typer.Exit(run_checks(code, output))


@app.command(short_help="Print a JSON Schema.")
def schema(
    name: Annotated[SchemaName, typer.Argument(help="Name of the schema.")], output: OutputOption = None
) -> None:
    """Print the JSON Schema of dossiers, of rubrics, or of an output format."""
    from evgrade.cli.streams import write_payload
    from evgrade.schema.store import schema_text

    write_payload(schema_text(name.value), output)


@rubrics.command("list")
def rubric_list() -> None:
    """List the rubrics that evgrade ships."""
    from evgrade.cli.rubric import run_list

    raise typer.Exit(run_list())


@rubrics.command("show")
def rubric_show(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="Rubric, by name or as a file.")] = "evgrade-default",
    output: OutputOption = None,
) -> None:
    """Print a rubric: its scales, its rules and their sources."""
    from evgrade.cli.rubric import run_show

    refuse_inputs([output], rubrics=[name])
    raise typer.Exit(run_show(name, output))


@rubrics.command("check")
def rubric_check(
    names: Annotated[list[str], typer.Argument(metavar="NAME|FILE", help="Rubrics, by name or as files.")],
    form: FindingsFormatOption = None,
    outputs: OutputsOption = None,
    quiet: QuietOption = False,
) -> None:
    """Check rubrics for mistakes: unknown fields and values, rules that can never apply."""
    from evgrade.cli.rubric import run_check

    plan = output_plan(form, outputs)
    refuse_inputs([one.path for one in plan], rubrics=names)
    raise typer.Exit(run_check(names, plan, quiet=quiet))


@rubrics.command("test")
def rubric_test(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME|FILE", help="Rubrics; every shipped one by default.")
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Run the worked cases of rubrics."""
    from evgrade.cli.rubric import run_test

    raise typer.Exit(run_test(names or [], quiet=quiet))


def main() -> None:
    """Run the command line and exit.

    typer builds all commands before it runs one, which takes half as long as checking a dossier. So all but the
    requested command are removed, and all of them for `--version`.
    """
    words = sys.argv[1:]
    requested = next((word for word in words if not word.startswith("-")), None)
    commands = [one for one in app.registered_commands if _name(one) == requested]
    groups = [one for one in app.registered_groups if one.name == requested]
    program = copy(app)
    if commands or groups or words == ["--version"]:
        program.registered_commands, program.registered_groups = commands, groups
    program()


def _name(command: CommandInfo) -> str | None:
    return command.name or (command.callback.__name__ if command.callback is not None else None)
