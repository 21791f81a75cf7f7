"""The commands that the documents show, in their order and in the blocks that they stand in."""

import pathlib
import re
import shlex

ROOT = pathlib.Path(__file__).parents[1]
DOCUMENTS = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "export/README.md")),
             *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "wirgan_tf" / "pretrained").glob("*/card.md"))]
FENCED = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
PROGRAMS = ("python -m wirgan_tf.main ", ".venv/bin/python -m wirgan_tf.main ", "wirgan_tf ")
_BEGINNINGS = (*PROGRAMS, "python ", "python3 ", ".venv/bin/", "pip ", "docker ", "kubectl ", "curl ", "(printf ",
               "bash ", "make ", "tfds ", "tensorboard ", "jupyter ", "git clone ", "export TF_CONFIG")
_VARIABLES = re.compile(r"([A-Z_]+=('[^']*'|\S+) )*")  # for one command, before its name
_FLAGS_ALONE = re.compile(r"--(mode|model|flagfile)=\S+ --?\w")  # the program's, in a sentence that is about it
_CODE = re.compile(FENCED.pattern + r"|^ {4}(wirgan_tf [^\n]*)$|(?<!`)`([^`]+)`(?!`)", re.DOTALL | re.MULTILINE)
# What stands for something that only the reader knows.
PLACEHOLDERS = ("...", "SETTINGS")
# Blocks of no language that are no commands, by their beginnings.
NO_COMMANDS = ("pictures/", "facades/", '{"cluster"', "labels = ", "import pathlib", "measure  ")


def without_variables(command: str) -> str:
    """The command from its name on."""
    return command[_VARIABLES.match(command).end():]


def is_command(text: str) -> bool:
    return without_variables(text).startswith(_BEGINNINGS)


def command_blocks(path: pathlib.Path) -> list[list[str]]:
    """The commands of each block; one in a sentence is a block by itself. The program's have its name first.

    What `<name>` stands for is written `name`. Raises `ValueError` for a block that is not known as one of commands or
    of something else.
    """
    found = []
    for language, block, indented, inline in _CODE.findall(path.read_text()):
        if block and language in ("", "sh", "bash"):
            found.append(_of_block(language, block, path))
        elif indented or inline:
            text = " ".join((indented or inline).split())
            if _FLAGS_ALONE.match(text):
                text = f"wirgan_tf {text}"
            found.append([text] if is_command(text) and " " in text else [])
    return [[re.sub(r"<(\w+)>", r"\1", command) for command in block] for block in found if block]


def _of_block(language: str, block: str, path: pathlib.Path) -> list[str]:
    if language == "bash":
        return [block]
    lines = [line.strip() for line in block.replace("\\\n", " ").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if lines[0].startswith(NO_COMMANDS):
        return []
    if unknown := [line for line in lines if not is_command(line)]:
        raise ValueError(f"{path}: is this a command? {unknown[0]}; add its beginning to _BEGINNINGS or NO_COMMANDS")
    return lines


def words_of(command: str) -> list[str]:
    """The flags of a command of the program."""
    program = next(name for name in PROGRAMS if command.startswith(name))
    return shlex.split(command.removeprefix(program), comments=True)


def is_program(command: str) -> bool:
    """Whether it is of the program, and whole."""
    return command.startswith(PROGRAMS) and not any(placeholder in command for placeholder in PLACEHOLDERS)


def program_commands(path: pathlib.Path) -> list[str]:
    """The commands of the program in a document that are whole."""
    return [command for block in command_blocks(path) for command in block if is_program(command)]
