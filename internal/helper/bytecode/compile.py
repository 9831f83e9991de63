"""Compile a list of sources; run by package bytecode with -s -S -B -c.

Arguments: IN OUT CHUNK WORKERS KIND. Standard input: paths below IN, each ended by NUL.
Standard output: what is left without byte code though it may be fine Python, as pairs of
a path and a reason, each ended by NUL.

Byte code must not depend on what was compiled before it in the same process
(CPython before 3.11 marks shared constants by their reference counts). So the
list is cut into chunks of fixed size, whatever the number of workers, and each
chunk is compiled in a process forked from this one, which never compiles anything.
Where a source crashes the interpreter, each source of its chunk gets a separate process.
"""
import sys

sys.path = [p for p in sys.path if p]  # "-c" puts the working folder first

import errno
import importlib.util
import marshal
import os
import signal
import warnings

try:
    import resource
except ImportError:  # not every Debian package of an interpreter has it
    resource = None

warnings.simplefilter("ignore")

KINDS = {"unchecked-hash": 0b01, "checked-hash": 0b11}  # PEP 552
MAX_SOURCE = 8 << 20  # bytes: the compiler takes some hundred times as much memory
MAX_SECONDS = 120  # of the processor, for one source
MAX_NAME = 255  # bytes, of one file


def note(path, reason):
    os.write(1, os.fsencode(path) + b"\0" + reason.encode() + b"\0")


def is_limited():
    """Report whether the memory of this process has a limit. Then a MemoryError may be the
    builder's fault, and the layer must not depend on the builder."""
    limits = (resource.RLIMIT_AS, resource.RLIMIT_DATA) if resource else ()
    return any(resource.getrlimit(limit)[0] != resource.RLIM_INFINITY for limit in limits)


def make_code(path, source):
    """Return the code of a source, or None for one that has none."""
    try:
        return compile(source, path, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, LookupError):
        return None  # templates, Python 2, no text: as importing them would, they just do not compile


def make_pyc(path, source, kind):
    """Return the contents of a pyc, or None."""
    if len(source) > MAX_SOURCE:
        note(path, "it has more than %d MiB" % (MAX_SOURCE >> 20))
        return None
    try:
        code = make_code(path, source)
        if code is None:
            return None
        head = importlib.util.MAGIC_NUMBER + KINDS[kind].to_bytes(4, "little")
        return head + importlib.util.source_hash(source) + marshal.dumps(code)
    except Exception as e:  # MemoryError and RecursionError for what is nested too deep, among others
        if isinstance(e, MemoryError) and is_limited():
            raise
        note(path, "its compilation ended with " + type(e).__name__)
        return None


def compile_file(source_root, out_root, path, kind):
    target = importlib.util.cache_from_source(out_root + path, optimization="")
    if len(os.fsencode(os.path.basename(target))) > MAX_NAME:
        note(path, "the name of its byte code has more than %d bytes" % MAX_NAME)
        return
    try:
        with open(source_root + path, "rb") as f:
            source = f.read(MAX_SOURCE + 1)
        pyc = make_pyc(path, source, kind)
        if pyc is None:
            return
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as f:
            f.write(pyc)
    except OSError as e:
        if e.errno != errno.ENAMETOOLONG:
            raise
        note(path, "the path of its byte code is too long")
        return
    os.chmod(target, 0o644)


def fork_chunk(source_root, out_root, paths, kind):
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        for path in paths:
            signal.setitimer(signal.ITIMER_VIRTUAL, MAX_SECONDS)  # ends the process
            compile_file(source_root, out_root, path, kind)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        status = 0
    except BaseException as e:
        print("compile:", repr(e), file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(status)


def why(number):
    if number == signal.SIGVTALRM:
        return "its compilation took more than %d seconds" % MAX_SECONDS
    return "the interpreter crashed over it (signal %d)" % number


def main():
    source_root, out_root, chunk, workers, kind = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
    paths = [os.fsdecode(p) for p in sys.stdin.buffer.read().split(b"\0") if p]
    waiting = [paths[i : i + chunk] for i in range(0, len(paths), chunk)]
    waiting.reverse()
    running = {}

    def wait():
        pid, status = os.wait()
        part = running.pop(pid)
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if status and number in (0, signal.SIGKILL, signal.SIGTERM):  # not the source's fault
            sys.exit("compile: the process for %s and what follows it ended with status %d" % (part[0], status))
        if number and len(part) == 1:
            note(part[0], why(number))
        elif number:
            waiting.extend([path] for path in reversed(part))

    while waiting or running:
        if not waiting or len(running) == workers:
            wait()
            continue
        part = waiting.pop()
        running[fork_chunk(source_root, out_root, part, kind)] = part


main()
