# Downloads requirements without running code of any package: download.py PIP OPTION….
# Standard input: a JSON list of requirements. PIP is pip's wheel, OPTIONs are pip's.
#
# pip would build an sdist to learn what it depends on, and run git for a repository. Both
# take a program, and no program is started here. An sdist's dependencies are those in its
# PKG-INFO; whoever builds it finds out whether that is all.
import json
import sys
from urllib.parse import urlsplit

PROGRAMS = {
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system", "pty.spawn", "subprocess.Popen",
}


def refuse_programs(event, args):
    if event in PROGRAMS:
        raise PermissionError("build requirements are downloaded without running any program")


sys.addaudithook(refuse_programs)
sys.path.insert(0, sys.argv[1])

from pip._internal.cli.main import main
from pip._internal.distributions.sdist import SourceDistribution
from pip._internal.index.package_finder import _extract_version_from_fragment
from pip._internal.metadata import get_metadata_distribution
from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
from pip._vendor.packaging.utils import canonicalize_name


def prepare_distribution_metadata(self, *args, **kwargs):
    pass


def get_metadata_distribution_of_sdist(self):
    link, name = self.req.link, canonicalize_name(self.req.name)
    try:
        with open(self.req.unpacked_source_directory + "/PKG-INFO", "rb") as f:
            metadata = f.read()
    except OSError:
        version = _extract_version_from_fragment(link.splitext()[0], name)
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    return get_metadata_distribution(metadata, link.filename, name)


SourceDistribution.prepare_distribution_metadata = prepare_distribution_metadata
SourceDistribution.get_metadata_distribution = get_metadata_distribution_of_sdist

requirements = json.load(sys.stdin)
for text in requirements:
    try:
        url = Requirement(text).url
    except InvalidRequirement as e:
        sys.exit(f"the build requirement {text!r} cannot be read: {e}")
    if url and urlsplit(url).scheme not in ("http", "https"):
        sys.exit(f"the build requirement {text!r} is not a file on the web: repositories and local paths are not supported here")
sys.exit(main(["download", *sys.argv[2:], "--", *requirements]))
