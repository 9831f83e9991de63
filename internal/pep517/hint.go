package pep517

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
)

// symptom is a text in a build's log, and what to do about it. $1 in the advice
// stands for the pattern's group.
type symptom struct {
	pattern *regexp.Regexp
	advice  string
}

const addApt = "Add %s to `apt` in [tool.quatrain.build]: build steps get it, the image does not."

func apt(names string) string { return fmt.Sprintf(addApt, names) }

// symptoms are in order: the first that is found counts.
var symptoms = []symptom{
	{regexp.MustCompile(`(?i)exec format error`), step.NotOurs + " A version of $package with a wheel for it takes neither."},
	{regexp.MustCompile(`CERTIFICATE_VERIFY_FAILED|certificate verify failed`), "Pass your company's certificate to the build: --secret id=ca,src=company-ca.pem (compose: build.secrets)."},
	{regexp.MustCompile(`fatal error: Python\.h`), apt(`"python3-dev"`)},
	{regexp.MustCompile(`pg_config executable not found`), apt(`"libpq-dev" and "gcc"`) + " The running image needs \"libpq5\" in `apt` of [tool.quatrain]."},
	{regexp.MustCompile(`mysql_config[^\n]*not found|Can not find valid pkg-config name`), apt(`"default-libmysqlclient-dev", "pkg-config" and "gcc"`)},
	{regexp.MustCompile(`[Cc]an't find Rust compiler|cargo[^\n]*(?:not found|No such file|not installed)|Rust toolchain`), apt(`"cargo"`)},
	{regexp.MustCompile(`(?:g\+\+|c\+\+|clang\+\+)[^\n]*(?:[Nn]ot found|No such file)|No such file or directory: '[^'\n]*\+\+[^'\n]*'`), apt(`"g++"`)},
	{regexp.MustCompile(`(?:gcc|'cc'|\bcc|clang)[^\n]*(?:[Nn]ot found|No such file)|[Uu]nknown compiler|[Nn]o (?:working )?C compiler|No such file or directory: '[^'\n]*(?:cc|clang)(?:-\d+)?'`), apt(`"gcc" and "libc6-dev"`)},
	{regexp.MustCompile(`pkg-config[^\n]*(?:not found|No such file)`), apt(`"pkg-config"`)},
	{regexp.MustCompile(`(?:gfortran|Fortran compiler)`), apt(`"gfortran"`)},
	{regexp.MustCompile(`fatal error: '?((?:[\w+.-]+/)*[\w+.-]+\.h(?:pp)?)(?:: No such file|' file not found)`), headerAdvice},
	{regexp.MustCompile(`cannot find -l(\w+)`), "The library $1 is missing: add its Debian package, often lib$1-dev, to `apt` in [tool.quatrain.build]."},
	{regexp.MustCompile(`No module named '?pkg_resources`), "Newer versions of setuptools have no pkg_resources: set setuptools = \"<81\" in [tool.poetry.build-constraints.$package]."},
	{regexp.MustCompile(`ModuleNotFoundError: No module named '([\w.]+)'`), "Its build needs $1, which it does not name as a build requirement: look for a release that does, or one with a wheel."},
	{regexp.MustCompile(`No matching distribution found for ([^\s]+)|Could not find a version that satisfies the requirement ([^\s]+)`), "A build requirement is on none of the project's primary and supplemental sources, or its versions are excluded by [tool.poetry.build-constraints]."},
	{regexp.MustCompile(`Temporary failure in name resolution|Could not fetch URL|Connection refused|Network is unreachable|Max retries exceeded`), "Build requirements are downloaded in this step: does the builder reach the index? Proxies come as --build-arg HTTPS_PROXY=…"},
}

const headerAdvice = "The header $1 is missing: add the Debian package that has it to `apt` in [tool.quatrain.build]."

// headers are Debian's packages of headers that sdists often want.
var headers = map[string]string{
	"libpq-fe.h": "libpq-dev", "ffi.h": "libffi-dev", "openssl/": "libssl-dev", "mysql.h": "default-libmysqlclient-dev",
	"libxml/": "libxml2-dev", "libxslt/": "libxslt1-dev", "zlib.h": "zlib1g-dev", "jpeglib.h": "libjpeg-dev",
	"ldap.h": "libldap2-dev", "lber.h": "libldap2-dev", "sasl/": "libsasl2-dev", "yaml.h": "libyaml-dev",
	"snappy": "libsnappy-dev", "geos_c.h": "libgeos-dev", "gdal.h": "libgdal-dev", "portaudio.h": "portaudio19-dev",
	"curl/": "libcurl4-openssl-dev", "sqlite3.h": "libsqlite3-dev", "bzlib.h": "libbz2-dev", "lzma.h": "liblzma-dev",
	"librdkafka/": "librdkafka-dev", "cairo.h": "libcairo2-dev", "xmlsec/": "libxmlsec1-dev", "krb5.h": "libkrb5-dev",
	"gssapi": "libkrb5-dev", "sql.h": "unixodbc-dev", "hdf5.h": "libhdf5-dev", "magic.h": "libmagic-dev", "event.h": "libevent-dev",
}

// hint finds what fits a failed build's log, "" where nothing does.
func hint(log, pkg string) string {
	for _, s := range symptoms {
		m := s.pattern.FindStringSubmatch(log)
		if m == nil {
			continue
		}
		found := strings.Join(m[1:], "")
		if s.advice == headerAdvice {
			if name := headerPackage(found); name != "" {
				return apt(fmt.Sprintf("%q", name))
			}
		}
		return strings.NewReplacer("$1", found, "$package", pkg).Replace(s.advice)
	}
	return ""
}

func headerPackage(header string) string {
	var prefixes []string
	for prefix := range headers {
		if strings.HasPrefix(header, prefix) {
			prefixes = append(prefixes, prefix)
		}
	}
	if len(prefixes) == 0 {
		return ""
	}
	return headers[slices.Max(prefixes)]
}
