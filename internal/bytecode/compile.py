"""Compile a list of sources; run by package bytecode with -s -S -B -c.

Arguments: IN OUT CHUNK WORKERS. Standard input: paths below IN, each ended by NUL.

Byte code must not depend on what was compiled before it in the same process
(CPython before 3.11 marks shared constants by their reference counts). So the
list is cut into chunks of fixed size, whatever the number of workers, and each
chunk is compiled in a process forked from this one, which never compiles anything.
"""
import sys

sys.path = [p for p in sys.path if p]  # "-c" puts the working folder first

import importlib.util
import os
import py_compile
import warnings

warnings.simplefilter("ignore")


def compile_file(source_root, out_root, path):
    target = importlib.util.cache_from_source(out_root + path, optimization="")
    try:
        py_compile.compile(
            source_root + path,
            cfile=target,
            dfile=path,
            doraise=True,
            optimize=0,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    except OSError:
        raise
    except Exception:
        return  # templates, Python 2: as importing them would, they just do not compile
    os.chmod(target, 0o644)


def fork_chunk(source_root, out_root, paths):
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        for path in paths:
            compile_file(source_root, out_root, path)
        status = 0
    except BaseException as e:
        print("compile:", e, file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(status)


def main():
    source_root, out_root, chunk, workers = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    paths = [os.fsdecode(p) for p in sys.stdin.buffer.read().split(b"\0") if p]
    running = {}

    def wait():
        pid, status = os.wait()
        first = running.pop(pid)
        if status:
            sys.exit("compile: the process for %s and what follows it ended with status %d" % (first, status))

    for i in range(0, len(paths), chunk):
        if len(running) == workers:
            wait()
        part = paths[i : i + chunk]
        running[fork_chunk(source_root, out_root, part)] = part[0]
    while running:
        wait()


main()
