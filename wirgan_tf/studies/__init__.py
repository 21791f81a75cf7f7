"""Studies: runs that are trained, measured and compared together, and their report."""

from wirgan_tf.studies.plan import LAYOUTS, PlannedRun, Study, check_flagfiles, parse_study, read_study
from wirgan_tf.studies.report import Report, write_report
from wirgan_tf.studies.results import Group, RunResults, grouped, read_run
from wirgan_tf.studies.running import Failure, Job, Runner
from wirgan_tf.studies.statistics import Difference, Summary, paired_difference, summary

__all__ = [
    "LAYOUTS", "Difference", "Failure", "Group", "Job", "PlannedRun", "Report", "RunResults", "Runner", "Study",
    "Summary", "check_flagfiles", "grouped", "paired_difference", "parse_study", "read_run", "read_study", "summary",
    "write_report",
]
