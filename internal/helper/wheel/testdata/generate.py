"""Write installed.json: what pypa/installer makes of small wheels, for TestAgainstInstaller.

    pip install installer==1.1.0 && python generate.py

Each case has the archive's entries and the installed tree. The destination is
set up as Poetry does it (poetry/installation/wheel_installer.py): existing files
are overwritten, headers go below include/site. INSTALLER is Quatrain's.
"""
import json
import os
import stat
import tempfile
import warnings
import zipfile

from installer import install
from installer.destinations import SchemeDictionaryDestination
from installer.sources import WheelFile

warnings.simplefilter("ignore")
VENV = "/opt/venv"


def wheel(purelib="true"):
    return "Wheel-Version: 1.0\nRoot-Is-Purelib: %s\nTag: py3-none-any\n" % purelib


def case(name, *entries, purelib="true", dist_info="demo-1.0.dist-info"):
    files = [list(e) + [0] * (3 - len(e)) for e in entries]
    files += [[dist_info + "/METADATA", "Name: demo\n", 0], [dist_info + "/WHEEL", wheel(purelib), 0], [dist_info + "/RECORD", "", 0]]
    return {"wheel": name, "entries": files}


def points(text):
    return ("demo-1.0.dist-info/entry_points.txt", text)


PY3 = "demo-1.0-py3-none-any.whl"
CASES = [
    case(PY3, ("demo/__init__.py", "x = 1\n", 0o100644), ("demo/run", "", 0o100744), ("demo/noregular", "", 0o755)),
    case(PY3, ("b.py", ""), ("B.py", ""), ("a,b.py", ""), ('q"q.py', ""), ("ümlaut.py", ""), ("a b.py", ""), ("z/", "", 0o40755)),
    case(PY3, ("demo-1.0.data/scripts/s1", "#!python -E\nx\n", 0o100755), ("demo-1.0.data/scripts/s2", "#!pythonw\r\nx\r\n"),
         ("demo-1.0.data/scripts/s3", "#!python"), ("demo-1.0.data/scripts/s4", "#!/usr/bin/env python\n", 0o100755),
         ("demo-1.0.data/scripts/s5", "#!pyth"), ("demo-1.0.data/scripts/sub/s6", "")),
    case(PY3, ("demo-1.0.data/headers/demo.h", ""), ("demo-1.0.data/headers/sub/x.h", ""), ("demo-1.0.data/data/etc/x.conf", ""),
         ("demo-1.0.data/purelib/pure.py", ""), ("demo-1.0.data/platlib/plat.py", ""), ("other-1.0.data/data/x", "")),
    case("demo-1.0-cp312-cp312-linux_x86_64.whl", ("demo-1.0.data/purelib/pure.py", ""), ("demo.so", ""), purelib="false"),
    case("De.mo-1.0-2-py3-none-any.whl", ("De.mo-1.0.data/headers/x.h", ""), ("de_mo-1.0.data/headers/y.h", ""), dist_info="de_mo-1.0.dist-info"),
    case(PY3, points("[console_scripts]\nOne = demo:main\ntwo=demo.sub : obj.attr [extra]\n; note\n\n[gui_scripts]\nthree = demo:gui\n[other]\nfour = x\n")),
    case(PY3, points("# first\n[console_scripts]\r\ncolon:name = demo:main\r\n  # indented note\r\ndash-ed.py = demo:main\r\n")),
    case(PY3, points("[console_scripts]\n  indented = demo:main\n  second = demo:main\n")),
    case(PY3, ("demo/__pycache__/x.pyc", ""), ("demo/x.py", ""), ("__pycache__", "")),
    case(PY3, ("demo-1.0.dist-info/RECORD.jws", "{}"), ("demo-1.0.dist-info/licenses/LICENSE", "free"), ("demo-1.0.dist-info/direct_url.json", "{}")),
]


def tree(root):
    files = {}
    for folder, _, names in os.walk(root):
        for n in names:
            p = os.path.join(folder, n)
            with open(p, newline="", encoding="utf-8") as f:
                mode = stat.S_IMODE(os.stat(p).st_mode)
                files[os.path.relpath(p, root)] = "%o %s" % (mode, f.read())
    return dict(sorted(files.items()))


def installed(c, tmp):
    path = os.path.join(tmp, c["wheel"])
    with zipfile.ZipFile(path, "w") as z:
        for name, text, mode in c["entries"]:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            z.writestr(info, text)
            z.filelist[-1].external_attr = mode << 16  # writestr puts 0600 for 0
    root = os.path.join(tmp, "venv")
    site = os.path.join(root, "lib/python3.12/site-packages")
    with WheelFile.open(path) as source:
        schemes = {
            "purelib": site, "platlib": site, "scripts": os.path.join(root, "bin"), "data": root,
            "headers": os.path.join(root, "include/site/python3.12", source.distribution),
        }
        destination = SchemeDictionaryDestination(schemes, VENV + "/bin/python", "posix", overwrite_existing=True)
        install(source, destination, {"INSTALLER": b"quatrain"})
    return tree(root)


os.umask(0o022)
for c in CASES:
    with tempfile.TemporaryDirectory() as tmp:
        c["installed"] = installed(c, tmp)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "installed.json"), "w") as f:
    json.dump(CASES, f, indent=1, ensure_ascii=False)
    f.write("\n")
